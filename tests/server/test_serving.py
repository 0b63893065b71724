"""The server as a whole: start, shutdown, several processes, corrections over HTTP."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from model.corrections.store import CorrectionStore
from tests.helpers.drawings import SEVEN
from tests.helpers.paths import ROOT
from tests.helpers.server import call, free_port, serving


def wait_until_ready(address: str, timeout: float = 120) -> list[int]:
    """Request /health until the status is 200. Return all statuses, 0 for no answer."""
    statuses, deadline = [], time.monotonic() + timeout
    while statuses[-1:] != [200]:
        assert time.monotonic() < deadline, statuses
        try:
            statuses.append(httpx.get(f"{address}/health", timeout=30).status_code)
        except httpx.TransportError:
            statuses.append(0)
        time.sleep(0.05)
    return statuses


@pytest.fixture
def own_server(tmp_path):
    """A server for one test, which stores corrections."""
    with serving(environment={"CORRECTIONS": str(tmp_path / "corrections.sqlite")}) as running:
        yield running


def start(address: str) -> subprocess.Popen:
    """Start `python demo.py` at an address."""
    command = [sys.executable, "demo.py", "--host", "127.0.0.1", "--port", address.rpartition(":")[2]]

    def accept_ctrl_c() -> None:
        # Shells let background jobs ignore SIGINT, and the server would inherit that from the tests.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=ROOT, preexec_fn=accept_ctrl_c, **output)


def test_the_page_is_served_while_the_network_loads_and_ctrl_c_ends_it_without_a_message():
    address = f"http://127.0.0.1:{free_port()}"
    process = start(address)
    try:
        assert 503 in wait_until_ready(address)  # Served, but not ready.
        assert httpx.get(f"{address}/health").json() == {"ready": True}
        assert process.stdout.readline().strip().endswith(address)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() == ""
    finally:
        process.kill()
        process.wait()


def test_on_sigterm_requests_in_progress_are_answered_and_no_traceback_is_logged(own_server):
    answers = []
    callers = [
        threading.Thread(target=lambda: answers.append(call(own_server.address, "compare", SEVEN))) for _ in range(2)
    ]
    for thread in callers:
        thread.start()
    time.sleep(0.5)  # The requests have arrived, but the models of the comparison are still loading.
    own_server.process.send_signal(signal.SIGTERM)
    assert own_server.process.wait(timeout=30) == 0
    for thread in callers:
        thread.join()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert "Traceback" not in own_server.log.read_text()


def test_a_correction_is_on_the_disk_when_it_is_acknowledged(own_server, tmp_path):
    answer = call(own_server.address, "correct", SEVEN, "1")
    assert answer.status_code == 200 and answer.json()["data"][0]["label"] == "1"
    own_server.process.kill()
    own_server.process.wait()
    [stored] = CorrectionStore(tmp_path / "corrections.sqlite")
    assert (stored.label, stored.number, stored.verdict) == ("1", "7", "digit")
    notes = json.loads((ROOT / "model" / "checkpoints" / "digits.json").read_text())
    assert stored.model == notes["sha256"]
    assert json.loads(stored.strokes)["strokes"][0][0] == pytest.approx(SEVEN["strokes"][0][0], abs=1e-4)


def test_an_invalid_label_gets_an_error_message(own_server):
    for label in ("10", "", "seven", None, 7, ["7"], "<b>7</b>"):
        answer = call(own_server.address, "correct", SEVEN, label)
        assert answer.status_code == 422 and "is one of" in answer.json()["error"], label


@contextlib.contextmanager
def two_processes(environment: dict[str, str]) -> Iterator[tuple[str, int]]:
    """Yield the address that two processes serve, and the process id of their parent."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "--factory", "demo:app", "--workers", "2", "--port", str(port)]
    server = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.terminate()
        server.wait(timeout=30)


def workers(parent: int) -> list[int]:
    """Return the ids of the processes that serve. The parent also has a child for resource tracking."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def test_several_processes_serve_one_page_and_store_corrections_in_one_file(tmp_path):
    with two_processes({"CORRECTIONS": str(tmp_path / "corrections.sqlite")}) as (address, _):
        answers = [call(address, "predict", SEVEN) for _ in range(20)]
        assert {answer.status_code for answer in answers} == {200}
        assert {answer.json()["data"][0]["number"] for answer in answers} == {"7"}
        assert [call(address, "correct", SEVEN, "1").status_code for _ in range(20)] == [200] * 20
    assert CorrectionStore(tmp_path / "corrections.sqlite").count() == {"1": 20}


def test_if_one_of_two_processes_is_killed_under_load_the_other_answers():
    requests = {"answered": 0, "lost": 0}
    stop = threading.Event()

    def visit(address: str) -> None:
        while not stop.is_set():
            try:
                requests["answered" if call(address, "predict", SEVEN).status_code == 200 else "lost"] += 1
            except httpx.TransportError:
                requests["lost"] += 1  # The killed process had received it. The page would retry.

    with two_processes({}) as (address, parent):
        visitors = [threading.Thread(target=visit, args=[address]) for _ in range(6)]
        for visitor in visitors:
            visitor.start()
        time.sleep(2)
        before = requests["answered"]
        victim, survivor = workers(parent)
        os.kill(victim, signal.SIGKILL)
        time.sleep(4)
        stop.set()
        for visitor in visitors:
            visitor.join()
        assert before > 0 and requests["answered"] > before + 20
        assert requests["lost"] <= len(visitors)
        assert survivor in workers(parent)
        assert call(address, "predict", SEVEN).status_code == 200
