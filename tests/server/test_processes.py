"""Several processes serve one page and share a file of corrections. The tests kill some of the processes."""

import json
import os
import re
import signal
import subprocess
import threading
from pathlib import Path

import httpx
import pytest

from model.corrections.store import CorrectionStore
from tests.helpers.corrections import NO_LIMITS
from tests.helpers.drawings import SEVEN
from tests.helpers.paths import ROOT
from tests.helpers.server import call, get, serving_with_uvicorn
from tests.helpers.waiting import wait_until

pytestmark = pytest.mark.slow
VISITORS = 6


@pytest.fixture(scope="module")
def two_processes(tmp_path_factory):
    """A server with two processes that serve the page and store corrections in one file."""
    file = tmp_path_factory.mktemp("two") / "corrections.sqlite"
    with serving_with_uvicorn("--workers", "2", environment={"CORRECTIONS": str(file), **NO_LIMITS}) as server:
        yield server


@pytest.fixture
def corrections(two_processes) -> Path:
    return Path(two_processes.environment["CORRECTIONS"])


@pytest.fixture
def parent(two_processes) -> subprocess.Popen:
    """The parent process. It starts two processes that serve the page, and replaces a process that is killed."""
    return two_processes.process


@pytest.fixture
def address(two_processes) -> str:
    """The address that the two processes serve."""
    return two_processes.address


def workers(parent: int) -> list[int]:
    """Return the ids of the processes that serve the page. The parent has a further child, a resource tracker."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


def seven(number: int) -> dict:
    """Return the strokes of a 7, which differ for each number. The same drawing would be stored only once."""
    return {"strokes": [[[x + number / 1000, y] for x, y in stroke] for stroke in SEVEN["strokes"]]}


def test_every_process_serves_the_files_below_the_same_address(address):
    documents = [get(address).text for _ in range(6)]
    [files] = {tuple(re.findall(r'(?:src|href)="(static/[^"]+)"', document)) for document in documents}
    responses = [get(f"{address}/{file}") for file in files]
    assert len(files) > 3
    assert {response.headers["cache-control"] for response in responses} == {"public, max-age=31536000, immutable"}


def test_several_processes_serve_one_page_and_store_corrections_in_one_file(address, corrections):
    before = CorrectionStore(corrections).count().get("1", 0)
    answers = [call(address, "predict", **SEVEN) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["number"] for answer in answers} == {"7"}
    stored = [call(address, "corrections", **seven(number), label="1") for number in range(20)]
    assert [answer.status_code for answer in stored] == [200] * 20
    assert CorrectionStore(corrections).count() == {"1": before + 20}


def test_if_one_of_two_processes_is_killed_under_load_the_other_answers(address, parent):
    requests = {"answered": 0, "lost": 0}
    stop = threading.Event()

    def visit() -> None:
        while not stop.is_set():
            try:
                requests["answered" if call(address, "predict", **SEVEN).status_code == 200 else "lost"] += 1
            except httpx.TransportError:
                requests["lost"] += 1  # The killed process did not answer. The page would retry.

    visitors = [threading.Thread(target=visit) for _ in range(VISITORS)]
    try:
        for visitor in visitors:
            visitor.start()
        wait_until(lambda: requests["answered"] > 20)
        before = requests["answered"]
        victim, survivor = workers(parent.pid)
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: requests["answered"] > before + 100 and replaced(victim, parent.pid))
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()
    assert requests["lost"] <= VISITORS
    assert survivor in workers(parent.pid)
    assert call(address, "predict", **SEVEN).status_code == 200


def replaced(victim: int, parent: int) -> bool:
    """Return whether the parent has replaced the killed process `victim` by a new process."""
    running = workers(parent)
    return victim not in running and len(running) == 2


def test_a_correction_is_on_the_disk_when_it_is_acknowledged(address, parent, corrections):
    before = list(CorrectionStore(corrections))
    answer = call(address, "corrections", **seven(100), label="1")
    for worker in workers(parent.pid):
        os.kill(worker, signal.SIGKILL)
    assert answer.status_code == 200 and answer.json()["label"] == "1"
    *earlier, stored = CorrectionStore(corrections)
    assert earlier == before
    assert (stored.label, stored.number, stored.verdict) == ("1", "7", "digit")
    notes = json.loads((ROOT / "model" / "checkpoints" / "digits.json").read_text())
    assert stored.model == notes["sha256"]
    assert json.loads(stored.strokes)["strokes"][0][0] == pytest.approx(seven(100)["strokes"][0][0], abs=1e-4)
