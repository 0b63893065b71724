"""The server as a whole: whether it is ready, how it goes, several processes, corrections over HTTP."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import browser
import pytest
from browser import ROOT, free_port
from hand import DIGITS

from model.corrections.store import CorrectionStore

SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}


def get(address: str) -> tuple[int, object]:
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def call(address: str, endpoint: str, *data) -> tuple[int, dict]:
    body = json.dumps({"data": data}).encode()
    request = urllib.request.Request(f"{address}/gradio_api/run/{endpoint}", body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def until_ready(address: str, within: float = 120) -> list[int]:
    """Ask for /health until it is 200; the statuses on the way, 0 for no answer."""
    statuses, deadline = [], time.monotonic() + within
    while statuses[-1:] != [200]:
        assert time.monotonic() < deadline, statuses
        try:
            statuses.append(get(f"{address}/health")[0])
        except OSError:
            statuses.append(0)
        time.sleep(0.05)
    return statuses


@pytest.fixture
def own_server(tmp_path):
    """A server of the test's own, that keeps corrections."""
    with browser.serving(environment={"CORRECTIONS": str(tmp_path / "corrections.sqlite")}) as running:
        yield running


def test_the_page_is_served_before_the_network_is_loaded_and_health_says_so():
    port = free_port()
    command = [sys.executable, "demo.py", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    address = f"http://127.0.0.1:{port}"
    try:
        statuses = until_ready(address)
        assert 503 in statuses  # Served, and not ready.
        assert get(f"{address}/health") == (200, {"ready": True})
        assert process.stdout.readline().strip().endswith(address)
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_on_sigterm_what_is_under_way_is_answered_and_the_server_goes_quietly(own_server):
    answers = []
    asking = [threading.Thread(target=lambda: answers.append(call(own_server.address, "compare", SEVEN))) for _ in "ab"]
    for thread in asking:
        thread.start()
    time.sleep(0.5)  # Long enough to have come, too short for seven models to be loaded.
    own_server.process.send_signal(signal.SIGTERM)
    assert own_server.process.wait(timeout=30) == 0
    for thread in asking:
        thread.join()
    assert [status for status, _ in answers] == [200, 200]
    assert "Traceback" not in own_server.log.read_text()


def test_a_correction_is_kept_when_it_is_acknowledged(own_server, tmp_path):
    status, answer = call(own_server.address, "correct", SEVEN, "1")
    assert status == 200 and answer["data"][0]["label"] == "1"
    own_server.process.kill()
    own_server.process.wait()
    [kept] = CorrectionStore(tmp_path / "corrections.sqlite")
    assert (kept.label, kept.number, kept.verdict) == ("1", "7", "digit")
    notes = json.loads((ROOT / "model" / "checkpoints" / "digits.json").read_text())
    assert kept.model == notes["sha256"]
    assert json.loads(kept.strokes)["strokes"][0][0] == pytest.approx(SEVEN["strokes"][0][0], abs=1e-4)


def test_what_is_no_label_is_refused_in_words(own_server):
    for label in ("10", "", "seven", None, 7, ["7"], "<b>7</b>"):
        status, answer = call(own_server.address, "correct", SEVEN, label)
        assert status == 422 and "is one of" in answer["error"], label


@contextlib.contextmanager
def two_processes(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """(The address that two processes serve, the number of their parent.)"""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "demo:app", "--workers", "2", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def workers(parent: int) -> list[int]:
    """The processes that serve; the parent has another child, which only keeps the accounts."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_several_processes_serve_one_page_and_keep_corrections_in_one_file(tmp_path):
    with two_processes({"CORRECTIONS": str(tmp_path / "corrections.sqlite")}) as (address, _):
        answers = [call(address, "predict", SEVEN) for _ in range(20)]
        assert {status for status, _ in answers} == {200}
        assert {answer["data"][0]["number"] for _, answer in answers} == {"7"}
        assert [call(address, "correct", SEVEN, "1")[0] for _ in range(20)] == [200] * 20
    assert CorrectionStore(tmp_path / "corrections.sqlite").count() == {"1": 20}


def test_when_one_of_two_processes_is_killed_under_load_visitors_go_on():
    asked = {"answered": 0, "lost": 0}
    gone = threading.Event()

    def visit(address: str) -> None:
        while not gone.is_set():
            try:
                asked["answered" if call(address, "predict", SEVEN)[0] == 200 else "lost"] += 1
            except OSError:
                asked["lost"] += 1  # It was under way in the process that died; the page asks again.

    with two_processes({}) as (address, parent):
        visitors = [threading.Thread(target=visit, args=[address]) for _ in range(6)]
        for visitor in visitors:
            visitor.start()
        time.sleep(2)
        before = asked["answered"]
        victim, survivor = workers(parent)
        os.kill(victim, signal.SIGKILL)
        time.sleep(4)
        gone.set()
        for visitor in visitors:
            visitor.join()
        assert before > 0 and asked["answered"] > before + 20
        assert asked["lost"] <= len(visitors)
        assert survivor in workers(parent)
        assert call(address, "predict", SEVEN)[0] == 200
