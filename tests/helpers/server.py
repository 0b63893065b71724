"""Start the server and call its API."""

import contextlib
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import uvicorn

from tests.helpers.paths import ROOT

START_TIMEOUT = 120  # Seconds. The limit is high: on a busy machine, importing TensorFlow alone takes ten seconds.
# Without this shared context, httpx would create a new context for each request. Creating a context takes longer than
# most requests.
SSL_CONTEXT = ssl.create_default_context()


@dataclass
class Server:
    """A process that serves a page on a port of this machine.

    module: the program that serves the page and prints the page's address.
    environment: additional environment variables.
    folder: the folder of the program; without it, this repository.
    """

    port: int
    module: str = "demo"
    environment: dict[str, str] = field(default_factory=dict)
    folder: Path = ROOT
    process: subprocess.Popen | None = None
    log: Path | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def megabytes(self) -> float:
        """The resident memory of the process (Linux)."""
        [kilobytes] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(kilobytes) / 1024

    @property
    def open_files(self) -> int:
        """The number of open files and sockets of the process (Linux)."""
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())

    def launch(self, *options: str) -> None:
        """Start the process, and do not wait. options: further options of the program."""
        handle, name = tempfile.mkstemp(suffix=".log")
        self.log = Path(name)
        command = [sys.executable, "-m", self.module, *options, "--host", "127.0.0.1", "--port", str(self.port)]
        environment = os.environ | self.environment
        self.process = subprocess.Popen(
            command, cwd=self.folder, env=environment, stdout=handle, stderr=subprocess.STDOUT
        )
        os.close(handle)

    def wait_until_ready(self) -> None:
        """Wait until the process has printed the address of the page. The networks are then loaded."""
        deadline = time.monotonic() + START_TIMEOUT
        while self.address not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.module} did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Kill the process with SIGKILL, to save time: after SIGTERM, it would wait up to 5 s for open connections."""
        self.process.kill()
        self.process.wait(timeout=20)
        self.log.unlink()


@dataclass
class UvicornServer(Server):
    """The page, served by uvicorn's own command. options: options of uvicorn."""

    module: str = "uvicorn"
    options: tuple[str, ...] = ()

    def launch(self) -> None:
        super().launch("--factory", "demo:app", *self.options)

    def wait_until_ready(self) -> None:
        """Wait until the networks are loaded."""
        wait_until_ready(self.address)

    def stop(self) -> None:
        """End the process with SIGTERM, so that it ends the processes that it has started."""
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.unlink()


@contextlib.contextmanager
def serving(module: str = "demo", environment: dict[str, str] | None = None, folder: Path = ROOT) -> Iterator[Server]:
    """Yield a running server, and stop the server at the end."""
    with _running(Server(free_port(), module, environment or {}, folder)) as server:
        yield server


@contextlib.contextmanager
def serving_with_uvicorn(*options: str, environment: dict[str, str] | None = None) -> Iterator[UvicornServer]:
    """Yield a running server that uvicorn's own command has started with these options, and stop it at the end."""
    with _running(UvicornServer(free_port(), environment=environment or {}, options=options)) as server:
        yield server


@contextlib.contextmanager
def _running(server: Server) -> Iterator[Server]:
    server.launch()
    try:
        server.wait_until_ready()
        yield server
    finally:
        server.stop()


@contextlib.contextmanager
def serving_in_thread(app: object, **settings: object) -> Iterator[str]:
    """Serve an ASGI application in a thread of this process, and yield its address.

    settings: keyword arguments of `uvicorn.Config`.
    """
    config = uvicorn.Config(app, host="127.0.0.1", port=free_port(), log_level="warning", **settings)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{config.port}"
    server.should_exit = True
    thread.join(timeout=20)


def wait_until_ready(address: str, timeout: float = START_TIMEOUT) -> list[int]:
    """Request /health until the status is 200. Return all statuses; a request without an answer has the status 0."""
    statuses, deadline = [], time.monotonic() + timeout
    while statuses[-1:] != [200]:
        assert time.monotonic() < deadline, statuses
        try:
            statuses.append(get(f"{address}/health").status_code)
        except httpx.TransportError:
            statuses.append(0)
        time.sleep(0.05)
    return statuses


def free_port() -> int:
    """Return a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url: str, timeout: float = 60) -> httpx.Response:
    """Send a GET request to a URL, and return the response."""
    return httpx.get(url, timeout=timeout, verify=SSL_CONTEXT)


def post(url: str, **body: object) -> httpx.Response:
    """Send a POST request to a URL, and return the response. body: keyword arguments of `httpx.post`."""
    return httpx.post(url, timeout=60, verify=SSL_CONTEXT, **body)


def call(address: str, endpoint: str, **fields: object) -> httpx.Response:
    """Call an endpoint as the page does. fields: the fields of the request."""
    return post(f"{address}/api/{endpoint}", json=fields)
