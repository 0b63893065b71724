"""Start the server and Chromium, call the API, and draw on the page. For the tests and the measuring tools."""

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).parent.parent
START_TIMEOUT = 120  # Seconds. On a busy machine TensorFlow alone takes ten.

# No sandbox, so that it runs as root in a container. No requests to other hosts.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Server:
    """A process that serves a page on a port of this machine.

    script: the program; it prints its address. environment: additional environment variables.
    """

    port: int
    script: str = "demo.py"
    environment: dict[str, str] = field(default_factory=dict)
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

    def start(self) -> None:
        """Start the process, and wait until it has printed its address."""
        handle, name = tempfile.mkstemp(suffix=".log")
        self.log = Path(name)
        command = [sys.executable, self.script, "--host", "127.0.0.1", "--port", str(self.port)]
        environment = os.environ | self.environment
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=handle, stderr=subprocess.STDOUT)
        os.close(handle)
        deadline = time.monotonic() + START_TIMEOUT
        while self.address not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.script} did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the process with SIGTERM."""
        self.process.terminate()
        self.process.wait(timeout=20)


@contextlib.contextmanager
def serving(script: str = "demo.py", environment: dict[str, str] | None = None) -> Iterator[Server]:
    """Yield a running server, then stop it."""
    server = Server(free_port(), script, environment or {})
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.log.unlink()


def free_port() -> int:
    """Return a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def call(address: str, endpoint: str, *data: object) -> httpx.Response:
    """Call an endpoint as the page does."""
    return httpx.post(f"{address}/gradio_api/run/{endpoint}", json={"data": data}, timeout=60)


def chromium_path() -> str | None:
    """Return the path of Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def launch(playwright: Playwright) -> Browser:
    """Start Chromium."""
    return playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_OPTIONS)


def ready(page: Page, address: str) -> Page:
    """Open the page, and wait until one can draw on it."""
    page.goto(address)
    page.locator("#sketchpad .invitation:not(:empty)").wait_for()
    return page


def on_pad(page: Page, *points: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the positions of points of the pad in the window, in CSS pixels."""
    box = page.locator("#sketchpad canvas").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw(page: Page, strokes: list) -> None:
    """Draw with the mouse. It stays at the end of the last stroke."""
    for stroke in strokes:
        start, *rest = on_pad(page, *stroke)
        page.mouse.move(*start)
        page.mouse.down()
        for point in rest:
            page.mouse.move(*point)
        page.mouse.up()
