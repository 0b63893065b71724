"""A real server and a real Chromium, for the tests, for the measurement of latency and for the README's pictures."""

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

from playwright.sync_api import Browser, Page, Playwright

ROOT = Path(__file__).parent.parent
START_WITHIN = 120  # Seconds; TensorFlow alone takes ten on a busy machine.

# No sandbox, so that it runs as root in a container; nothing that would look for hosts out of reach.
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
    """`python demo.py` on a port of this machine, as a process of its own.

    script: another program that serves a page and prints its address. environment: variables of its own.
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
        """The memory that it holds now (resident; Linux)."""
        [kilobytes] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.process.pid}/status").read_text())
        return int(kilobytes) / 1024

    @property
    def open_files(self) -> int:
        """How many files and sockets it holds open now (Linux)."""
        return sum(1 for _ in Path(f"/proc/{self.process.pid}/fd").iterdir())

    def start(self) -> None:
        """Start, and return when it answers."""
        handle, name = tempfile.mkstemp(suffix=".log")
        self.log = Path(name)
        command = [sys.executable, self.script, "--host", "127.0.0.1", "--port", str(self.port)]
        environment = os.environ | self.environment
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=handle, stderr=subprocess.STDOUT)
        os.close(handle)
        deadline = time.monotonic() + START_WITHIN
        while self.address not in self.log.read_text():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.script} did not start:\n{self.log.read_text()}")
            time.sleep(0.05)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


@contextlib.contextmanager
def serving(script: str = "demo.py", environment: dict[str, str] | None = None) -> Iterator[Server]:
    server = Server(free_port(), script, environment or {})
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.log.unlink()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def chromium_path() -> str | None:
    """Where Chromium is, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_OPTIONS)


def ready(page: Page, address: str) -> Page:
    """Go to the page and wait until it can be drawn on."""
    page.goto(address)
    page.locator("#sketchpad .invitation:not(:empty)").wait_for()
    return page


def on_pad(page: Page, *points: tuple[float, float]) -> list[tuple[float, float]]:
    """Points in fractions of the pad → their places in the window, in CSS pixels."""
    box = page.locator("#sketchpad canvas").bounding_box()
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]


def draw(page: Page, strokes: list) -> None:
    """Draw with the mouse, which is left where the last stroke ends."""
    for stroke in strokes:
        start, *rest = on_pad(page, *stroke)
        page.mouse.move(*start)
        page.mouse.down()
        for point in rest:
            page.mouse.move(*point)
        page.mouse.up()
