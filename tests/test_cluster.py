"""The page on Ray Serve: two replicas share the requests, and one that is killed is not missed."""

import contextlib
import json
import os
import signal
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
import ray
from browser import ROOT, free_port
from hand import DIGITS
from ray import serve

SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}


@pytest.fixture
def address():
    """Of the page, served by two replicas on this machine."""
    port = free_port()
    ray.init(num_cpus=2, include_dashboard=False, runtime_env={"env_vars": {"PYTHONPATH": str(ROOT)}})
    serve.start(http_options={"host": "127.0.0.1", "port": port})
    from web import cluster

    serve.run(cluster.page, name="page")
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


def test_two_replicas_serve_the_page_and_one_of_them_killed_is_not_missed(address):
    assert read(address) == "7"
    with urllib.request.urlopen(f"{address}/", timeout=60) as page:
        assert b"Draw a digit" in page.read()
    victim, _ = replicas()
    os.kill(victim, signal.SIGKILL)
    answered = lost = 0
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            answered += read(address) == "7"
        except (urllib.error.HTTPError, TimeoutError, ConnectionError):
            lost += 1
    assert answered > 20 and lost <= 2
