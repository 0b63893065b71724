"""Load generator: simulate visitors who draw. Like the page, a visitor sends one request at a time.

    python -m tests.tools.visitors http://127.0.0.1:7860 --visitors 50 --seconds 30

Every 5 s, each visitor draws a digit, which takes 1.5 s. Each request contains the newest state of the drawing. With
--inside, the section "Inside the network" is open: while a visitor draws, a second connection asks for activations ten
times a second, and after a refusal a second later. The command prints a tally as JSON. The load generator runs in its
own process, so that it does not slow the server down.
"""

import argparse
import asyncio
import base64
import contextlib
import functools
import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.tools.connection import Connection

DRAWING_SECONDS, INTERVAL = 1.5, 5.0
"""Duration of a drawing, and time from the start of one drawing to the start of the next drawing, in seconds."""

FRAME = 1 / 60
INSIDE_INTERVAL, RETRY_AFTER = 0.1, 1.0
"""Seconds from one request for activations to the next, and after a refusal, as in assets/page/inside.js."""
TIMEOUT = 10.0  # Seconds until a request fails. The page, in assets/page/api_client.js, also waits for 10 s.
POINTS = 90  # Points of one drawing, because a mouse reports 60 points per second and a drawing takes 1.5 s.


@dataclass
class Tally:
    """The results of all visitors' requests.

    seconds: the response time of each /predict request. errors: the number of errors of each kind.
    aborted: the number of requests for which a visitor closed the connection early.
    shown, shed: the numbers of requests for activations that the server answered and refused.
    """

    seconds: list[float] = field(default_factory=list)
    errors: Counter = field(default_factory=Counter)
    aborted: int = 0
    shown: int = 0
    shed: int = 0


@dataclass
class Visitor:
    """A visitor who draws digits on the page at `address`.

    seed: the seed of the visitor's random choices.
    aborts: the fraction of requests for which the visitor closes the connection early.
    explains: whether the visitor also calls /explain once per drawing, as the page does when the pen rests.
    inside: whether the visitor also calls /activations while drawing, as the page does if the section is open.
    """

    address: str
    seed: int
    tally: Tally
    aborts: float = 0.0
    explains: bool = False
    inside: bool = False

    def __post_init__(self):
        self.random = random.Random(self.seed)
        self.connection, self.second = Connection(self.address), Connection(self.address)

    async def stay(self, start: float, end: float) -> None:
        """Draw one digit after another. `start` and `end` are times in seconds, as `time.monotonic()` returns them."""
        while start < end:
            await asyncio.sleep(start - time.monotonic())
            digit = self.random.randrange(10)
            watching = asyncio.create_task(self.watch(digit)) if self.inside else None
            await self.draw(digit)
            if watching:
                watching.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await watching
                self.second.close()  # A canceled request may have left a part of its answer.
            start = max(start + INTERVAL, time.monotonic())
        self.connection.close()

    async def draw(self, digit: int) -> None:
        """Draw a digit point by point. After each answer, send the newest state of the drawing in the next request."""
        start, progress = time.monotonic(), 0.0
        while progress < 1:
            frame = time.monotonic()
            progress = min(1.0, (frame - start) / DRAWING_SECONDS)
            drawing = {"strokes": partial_strokes(digit, progress)}
            await self.request("predict", **drawing)
            await asyncio.sleep(frame + FRAME - time.monotonic())
        if self.explains:
            await self.request("explain", **drawing, digit=digit)

    async def watch(self, digit: int) -> None:
        """Ask for activations again and again, until the task is canceled."""
        while True:
            start = time.monotonic()
            try:
                status = await self.second.post("/api/activations", {"image": image_of(digit)})
            except (OSError, EOFError) as error:
                self.second.close()
                status, self.tally.errors = 0, self.tally.errors + Counter([f"activations: {type(error).__name__}"])
            self.tally.shown += status == 200
            self.tally.shed += status == 503
            wait = INSIDE_INTERVAL if status == 200 else RETRY_AFTER
            await asyncio.sleep(start + wait - time.monotonic())

    async def request(self, endpoint: str, **fields: object) -> None:
        """Call an endpoint. Record the response time of /predict, and any error."""
        aborts = self.random.random() < self.aborts
        start = time.monotonic()
        try:
            async with asyncio.timeout(self.random.uniform(0.0005, 0.02) if aborts else TIMEOUT):
                status = await self.connection.post(f"/api/{endpoint}", fields)
            if status != 200:
                self.tally.errors[f"{endpoint}: {status}"] += 1
        except (OSError, EOFError) as error:  # TimeoutError is an OSError.
            self.connection.close()
            if not aborts:
                self.tally.errors[f"{endpoint}: {type(error).__name__}"] += 1
        if aborts:  # As a closed tab does.
            self.connection.close()
            self.tally.aborted += 1
        elif endpoint == "predict":
            self.tally.seconds.append(time.monotonic() - start)


def partial_strokes(digit: int, progress: float) -> list[list[list[float]]]:
    """Return the part of a digit's strokes that is already drawn. progress: the fraction of drawn points, 0 to 1."""
    left = max(1, round(progress * POINTS))
    strokes = []
    for stroke in resampled_strokes(digit):
        strokes.append(stroke[:left])
        left -= len(stroke)
        if left <= 0:
            break
    return strokes


@functools.cache
def image_of(digit: int) -> str:
    """Return the normalized image of a digit's drawing, as base64 text."""
    image = normalize(rasterize([np.array(stroke) for stroke in DIGIT_DRAWINGS[digit]]))
    return base64.b64encode(np.rint(255 * image).astype(np.uint8).tobytes()).decode()


@functools.cache
def resampled_strokes(digit: int) -> list[list[list[float]]]:
    """Return the strokes of a digit with about POINTS points in all. Coordinates have four decimals, as on the page."""
    strokes = DIGIT_DRAWINGS[digit]
    pieces = sum(len(stroke) - 1 for stroke in strokes)
    counts = [max(2, round(POINTS * (len(stroke) - 1) / pieces)) for stroke in strokes]
    return [
        [_point_at(stroke, step / (count - 1)) for step in range(count)]
        for stroke, count in zip(strokes, counts, strict=True)
    ]


def _point_at(stroke: list[tuple[float, float]], position: float) -> list[float]:
    """Return an interpolated point of the stroke. position: 0 for the start of the stroke, 1 for the end."""
    piece, part = divmod(position * (len(stroke) - 1), 1)
    start, end = stroke[int(piece)], stroke[min(int(piece) + 1, len(stroke) - 1)]
    return [round(a + part * (b - a), 4) for a, b in zip(start, end, strict=True)]


async def crowd(
    address: str, visitors: int, seconds: float, aborts: float = 0.0, explains: bool = False, inside: bool = False
) -> Tally:
    """Let `visitors` visitors draw for `seconds`, and return the tally of all visitors.

    The visitors start one after the other, spread evenly over the first INTERVAL seconds.
    """
    tally, now = Tally(), time.monotonic()
    stays = [
        Visitor(address, i, tally, aborts, explains, inside).stay(now + INTERVAL * i / visitors, now + seconds)
        for i in range(visitors)
    ]
    await asyncio.gather(*stays)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description="Load a running page with visitors who draw.")
    parser.add_argument("address", help="address of a running page")
    parser.add_argument("--visitors", type=int, default=10, help="default: 10")
    parser.add_argument("--seconds", type=float, default=30, help="default: 30")
    parser.add_argument("--explain", action="store_true", help="also call /explain once per drawing")
    parser.add_argument("--inside", action="store_true", help="also call /activations while drawing")
    options = parser.parse_args()
    tally = asyncio.run(
        crowd(options.address, options.visitors, options.seconds, explains=options.explain, inside=options.inside)
    )
    print(json.dumps(vars(tally)))


if __name__ == "__main__":
    main()
