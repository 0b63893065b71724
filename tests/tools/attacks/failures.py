"""Failures that must end in a sentence: a full disk, Ctrl+C while a command starts, and a link that is too long."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Error, sync_playwright

from tests.helpers.browser import draw, launch
from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN
from tests.helpers.paths import ROOT
from tests.helpers.server import Server, call, free_port, wait_until_ready
from tests.tools.attacks.attack import Outcome, attack

# A drawing of one stroke with 650,001 points, as link.js encodes it: the number of points, the point (0.5, 0.5), and
# the steps to the further points, in both directions.
LONG_LINK = "/#drawing=" + "ix1nB" + 2 * "of" + "CCBB" * 325_000
MAX_LINK_SECONDS = 10
DELAYS = (0.2, 0.5, 1, 2, 3, 5)
# The shell gets an own view of the mounted disks, with a small disk in memory. The arguments are the folder to mount
# at, the size, and the command to run.
ON_SMALL_DISK = 'mount -t tmpfs -o size="$2" tmpfs "$1" || exit 99; shift 2; exec "$@"'
SMALL_DISKS = ("12k", "60k", "140k")


@attack(13, "fill the disk, press Ctrl+C during the start, and open a link of 1.3 MB")
def fail(server: Server) -> Outcome:
    seconds, sentence = open_link(server.address, LONG_LINK)
    with tempfile.TemporaryDirectory() as name:
        training = ("train.py", "--recipe", "softmax", "--epochs", "1", "--output", name)
        serving = ("demo.py", "--port", str(free_port()))
        tracebacks = sum(interrupted(command, delay) for command in (serving, training) for delay in DELAYS)
        crashes = [train_on_small_disk(Path(name), size) for size in SMALL_DISKS]
        status, answer = correct_on_full_disk(Path(name))
    holds = seconds < MAX_LINK_SECONDS and sentence and not tracebacks and not any(crashes)
    return Outcome(
        f"a link of {len(LONG_LINK) / 1e6:.1f} MB, disks of {', '.join(SMALL_DISKS)}",
        f"first drawing read after {seconds:.1f} s ({sentence or 'no sentence'}); {tracebacks} of {2 * len(DELAYS)} "
        f"interrupted starts print a traceback; {sum(crashes)} of {len(crashes)} trainings crash on a full disk; a "
        f"correction on a full disk gets {status}: {answer}",
        bool(holds and status == 503),
    )


def open_link(address: str, link: str) -> tuple[float, str]:
    """Open a link and draw a digit. Return the seconds until it is read, at most a minute, and the page's sentence."""
    with sync_playwright() as playwright:
        page = launch(playwright).new_page()
        page.set_default_timeout(60_000)
        start = time.monotonic()
        with contextlib.suppress(Error):
            page.goto(address + link)
            page.locator("#sketchpad .invitation:not(:empty)").wait_for()
            draw(page, DIGIT_DRAWINGS[7])
            page.locator("#answer .number", has_text="7").wait_for()
        seconds = time.monotonic() - start
        alerts = page.get_by_role("alert").all_inner_texts() if seconds < 60 else []
        return seconds, " ".join(alerts)


def interrupted(command: tuple[str, ...], delay: float) -> bool:
    """Start a command, and send SIGINT after some seconds. Return whether the command prints a traceback."""
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, text=True, **pipes)
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    # Before Python runs the first line of the command, the command cannot handle the signal.
    return "Traceback" in errors and str(ROOT) in errors


def small_disk(folder: Path, size: str, command: list) -> list:
    """Return a command that runs `command` with a small disk mounted at `folder`."""
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", ON_SMALL_DISK, "sh", folder, size, *command]


def train_on_small_disk(folder: Path, size: str) -> bool:
    """Return whether a training on a small disk ends without a sentence."""
    command = [sys.executable, "train.py", "--recipe", "softmax", "--epochs", "2", "--output", folder]
    done = subprocess.run(small_disk(folder, size, command), cwd=ROOT, capture_output=True, text=True, timeout=120)
    if done.returncode == 99:
        raise RuntimeError(f"This attack needs the right to mount a disk: {done.stderr}")
    return done.returncode != 1 or done.stderr.count("\n") != 1


def correct_on_full_disk(folder: Path) -> tuple[int, str]:
    """Send a correction to a server whose disk is full. Return the status, or 0 without an answer, and the sentence."""
    with serving_on_small_disk(folder) as (address, disk):
        first = call(address, "corrections", **SEVEN, label="7").status_code
        assert first == 200, first
        with open(disk / "rest", "wb", buffering=0) as file, contextlib.suppress(OSError):
            for size in (4096, 1):
                while file.write(bytes(size)):
                    pass
        try:
            response = call(address, "corrections", **SEVEN, label="1")
            alive = httpx.get(f"{address}/health").status_code == 200
        except httpx.TransportError:
            return 0, "The server does not answer."
        return response.status_code if alive else 0, response.json().get("detail", "")


@contextlib.contextmanager
def serving_on_small_disk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the address of a server that stores corrections on a small disk, and the path of that disk."""
    port = free_port()
    command = [sys.executable, "demo.py", "--port", str(port), "--corrections", folder / "corrections.sqlite"]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(small_disk(folder, "200k", command), cwd=ROOT, env=os.environ, **silent)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}")
        # The mounted disk is visible to the server only. /proc shows its files.
        yield f"http://127.0.0.1:{port}", Path(f"/proc/{process.pid}/root{folder}")
    finally:
        process.kill()
        process.wait()
