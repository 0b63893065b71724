"""The page on Ray Serve: two replicas share the visitors, and one that is killed is not missed."""

import asyncio
import contextlib
import json
import os
import signal
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
import ray
from browser import ROOT, free_port
from hand import DIGITS
from loops import finish
from ray import serve
from visitors import Tally, crowd

VISITORS = 6
SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}


@pytest.fixture
def address():
    """Of the page, served by two replicas on this machine."""
    port = free_port()
    ray.init(num_cpus=2, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}})
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    from web import ray_serve

    serve.run(ray_serve.page, name="page")
    yield f"http://127.0.0.1:{port}"
    serve.shutdown()
    ray.shutdown()


def read(address: str) -> str:
    body = json.dumps({"data": [SEVEN]}).encode()
    request = urllib.request.Request(f"{address}/gradio_api/run/predict", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)["data"][0]["number"]


def replicas() -> list[int]:
    """The processes of the replicas, by the name that Ray gives them."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # It has ended meanwhile.
            if process.read_bytes().startswith(b"ray::ServeReplica:page:Page"):
                found.append(int(process.parent.name))
    return found


async def drawing(address: str, seconds: float, then: Callable = lambda: None) -> Tally:
    """What visitors meet with who draw for so long; `then` is done in the middle of it."""
    visits = asyncio.create_task(crowd(address, VISITORS, seconds))
    await asyncio.sleep(seconds / 2)
    then()
    return await visits


def test_two_replicas_serve_the_page_and_one_of_them_killed_is_not_missed(address):
    assert read(address) == "7"
    with urllib.request.urlopen(f"{address}/", timeout=60) as page:
        assert b"Draw a digit" in page.read()
    victim, _ = replicas()
    met = finish(drawing(address, 12, lambda: os.kill(victim, signal.SIGKILL)))
    # What the killed one had in hand, and what was sent to it until that was noticed, is lost; the page asks anew.
    assert len(met.seconds) > 100 and met.errors.total() <= 3 * VISITORS, met.errors
    later = finish(drawing(address, 6))
    assert len(later.seconds) > 50 and not later.errors, later.errors
