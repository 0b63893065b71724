"""The page on Ray Serve: two replicas answer requests. If one replica is killed, the other answers all requests."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.helpers.coroutines import finish
from tests.helpers.drawings import SEVEN
from tests.helpers.paths import ROOT
from tests.helpers.server import call, free_port, get
from tests.tools.visitors import Tally, crowd

VISITORS = 6


@pytest.fixture(scope="module")
def address():
    """The address of the page, served by two replicas on this machine."""
    import ray  # Imported here because the import takes seconds, and most test runs do not use this fixture.
    from ray import serve

    import demo

    port = free_port()
    ray.init(num_cpus=2, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}})
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    serve.run(demo.cluster({}), name="page")
    yield f"http://127.0.0.1:{port}"
    serve.shutdown()
    ray.shutdown()


def replicas() -> list[int]:
    """Return the process ids of the replicas. Ray replaces the command line of each replica by a name."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # The process has already ended.
            if process.read_bytes().startswith(b"ray::ServeReplica:page:Page"):
                found.append(int(process.parent.name))
    return found


async def load(address: str, seconds: float, halfway: Callable = lambda: None) -> Tally:
    """Let visitors draw for `seconds`, and return their tally. halfway: a function to call after half of the time."""
    visits = asyncio.create_task(crowd(address, VISITORS, seconds))
    await asyncio.sleep(seconds / 2)
    halfway()
    return await visits


@pytest.mark.slow
def test_two_replicas_serve_the_page_and_if_one_is_killed_the_other_answers(address):
    assert call(address, "predict", **SEVEN).json()["number"] == "7"
    assert "Draw a digit" in get(f"{address}/").text
    victim, _ = replicas()
    during = finish(load(address, 12, lambda: os.kill(victim, signal.SIGKILL)))
    # Requests to the killed replica fail until Ray notices that the replica is gone. The page would send them again.
    assert len(during.seconds) > 100 and during.errors.total() <= 3 * VISITORS, during.errors
    later = finish(load(address, 6))
    assert len(later.seconds) > 50 and not later.errors, later.errors
