"""Attack 4: drawings that take as much processor time as possible."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np

from tests.helpers.server import Server, post, wait_until_ready
from tests.tools.attacks.attack import Outcome, attack

MAX_SECONDS = 0.1  # processor time of one call
REPEATS = 3  # the smallest of several measurements counts, because other programs disturb each one
RANDOM = 40  # number of random drawings
POINTS, STROKES, BYTES = 12_000, 500, 256_000  # limits of the API

Drawing = list[np.ndarray]


@attack(4, "drawings that are slow to read")
def draw_slowly(server: Server) -> Outcome:
    """Send slow drawings to each endpoint that reads drawings, and measure the server's processor time."""
    wait_until_ready(server.address)
    usual = processor_time(server, "predict", [np.array([[0.3, 0.2], [0.7, 0.2], [0.5, 0.8]])])
    post(f"{server.address}/api/compare", json={"strokes": [[[0, 0], [1, 1]]]})  # Load the models.
    slowest, name = 0.0, ""
    for title, drawing in drawings(np.random.default_rng(4)):
        for endpoint in ("predict", "steps", "explain", "compare"):
            seconds = processor_time(server, endpoint, drawing)
            if seconds > slowest:
                slowest, name = seconds, f"{endpoint}: {title}"
    return Outcome(
        f"{1000 * usual:.0f} ms of processor time for a 7",
        f"{1000 * slowest:.0f} ms for the slowest drawing ({name})",
        slowest <= MAX_SECONDS,
    )


def processor_time(server: Server, endpoint: str, drawing: Drawing) -> float:
    """Return the server's processor time for a call, in seconds. Raises RuntimeError if the call has no answer."""
    fields = {"strokes": [np.round(stroke, 4).tolist() for stroke in drawing]}
    body = json.dumps(fields | ({"digit": 3} if endpoint == "explain" else {}), separators=(",", ":"))
    assert len(body) <= BYTES, endpoint
    measured = []
    for _ in range(REPEATS):
        before = seconds_of(server.process.pid)
        response = post(f"{server.address}/api/{endpoint}", content=body, headers={"Content-Type": "application/json"})
        if response.status_code != httpx.codes.OK:
            raise RuntimeError(f"{endpoint}: {response.text}")
        time.sleep(0.01)  # TensorFlow's threads look for more work for a short time.
        measured.append(seconds_of(server.process.pid) - before)
    return min(measured)


def seconds_of(process: int) -> float:
    """Return the processor time of a process and its running threads, in seconds.

    The kernel's files in /proc/<process>/task have nanoseconds, but /proc/<process>/stat has hundredths of a second.
    """
    total = 0
    for task in Path(f"/proc/{process}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def drawings(rng: np.random.Generator) -> Iterator[tuple[str, Drawing]]:
    """Yield titles and drawings. All drawings are within the limits of the API."""
    for count in (1, 10, 20, 40, 64, STROKES):
        points = POINTS // count
        for width in (0.01, 0.3, 1.5):
            yield f"{count} zigzags of width {width}", side_by_side(count, points, width, width * 1.1 + 0.01, rng)
    for count in (40, 64, STROKES):
        yield f"{count} dots far apart", [np.array([[1.5 * i, 0.0]]) for i in range(count)]
        yield f"{count} crossing lines", [rng.random((2, 2)) for _ in range(count)]
        yield f"{count} bars", side_by_side(count, 2, 0.02, 0.1, rng)
    yield "random points", [rng.random((POINTS, 2))]
    yield "a diagonal, again and again", [np.array([[0, 0], [1, 1]] * (POINTS // 2))]
    yield "the same point", [np.full((POINTS, 2), 0.5)]
    yield "two columns of strokes", [rng.random((300, 2)) + [1.1 * (i % 2), 0] for i in range(40)]
    yield "a line from end to end", [np.array([[-1000, -1000], [1000, 1000]] * (POINTS // 2))]
    for number in range(RANDOM):  # Unsure scribbles side by side need most groups and all views of each group.
        count, points, width = rng.integers(10, 41), rng.integers(2, 30), rng.uniform(0.02, 0.6)
        gap = rng.choice([0.03, 0.08, 0.11])
        yield f"{count} scribbles, random drawing {number}", side_by_side(count, points, width, width + gap, rng)


def side_by_side(count: int, points: int, width: float, distance: float, rng: np.random.Generator) -> Drawing:
    """Return `count` strokes with random points, each of a width and of height 1, at a horizontal distance."""
    return [rng.random((points, 2)) * [width, 1] + [i * distance, 0] for i in range(count)]
