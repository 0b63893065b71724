"""Visitors who draw, as the page's own script does it: a growing drawing, one request at a time, the newest only.

    python tests/visitors.py http://127.0.0.1:7860 --visitors 50 --seconds 30

Each draws a digit for 1.5 s in every 5 s, in a process of their own, so that the server is not slowed by them more than
by other work on the machine. Prints what they met with, as JSON.
"""

import argparse
import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Awaitable, Iterator
from dataclasses import asdict, dataclass, field

import httpx
from hand import DIGITS

DRAWS_FOR, EVERY = 1.5, 5.0
"""Seconds that a visitor draws, and from the beginning of one drawing to that of the next."""

FRAME = 1 / 60
PATIENCE = 10.0  # As page/ask.js.
POINTS = 90  # Of a digit drawn in DRAWS_FOR: a mouse tells one a frame.


@dataclass
class Tally:
    """What visitors met with. seconds: how long each answer took; errors: how often each kind came."""

    seconds: list[float] = field(default_factory=list)
    errors: Counter = field(default_factory=Counter)
    aborted: int = 0


@dataclass
class Visitor:
    """One who draws digits on the page at `address`.

    aborts: the share of requests that are given up in their middle, and their connection with them.
    wonders: also asks which ink decided, once each drawing, as the page does when the pen rests.
    """

    address: str
    number: int
    tally: Tally
    aborts: float = 0.0
    wonders: bool = False

    def __post_init__(self):
        self.chance = random.Random(self.number)
        self.client = self._come()

    def _come(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=self.address, timeout=PATIENCE, limits=httpx.Limits(max_connections=1))

    async def stay(self, start: float, end: float) -> None:
        """Draw one digit after the other from `start` to `end`, in seconds of time.monotonic()."""
        while start < end:
            await asyncio.sleep(start - time.monotonic())
            await self.draw(self.chance.randrange(10))
            start = max(start + EVERY, time.monotonic())
        await self.client.aclose()

    async def draw(self, digit: int) -> None:
        began, share = time.monotonic(), 0.0
        while share < 1:
            frame = time.monotonic()
            share = min(1.0, (frame - began) / DRAWS_FOR)
            drawing = {"strokes": begun(digit, share)}
            await self.ask("predict", drawing)
            await asyncio.sleep(frame + FRAME - time.monotonic())
        if self.wonders:
            await self.ask("explain", drawing, digit, None)

    async def ask(self, endpoint: str, *data: object) -> None:
        request = self.client.post(f"/gradio_api/run/{endpoint}", json={"data": data})
        if self.chance.random() < self.aborts:
            await self._abort(request)
            return
        asked = time.monotonic()
        try:
            response = await request
            if response.status_code != 200:
                self.tally.errors[f"{endpoint}: {response.status_code}"] += 1
        except httpx.HTTPError as error:
            self.tally.errors[f"{endpoint}: {type(error).__name__}"] += 1
        if endpoint == "predict":
            self.tally.seconds.append(time.monotonic() - asked)

    async def _abort(self, request: Awaitable) -> None:
        """As when a tab is closed and another opened: a new client, as httpx loses a connection whose request was
        cancelled while its answer came."""
        with contextlib.suppress(TimeoutError, httpx.HTTPError):
            await asyncio.wait_for(request, self.chance.uniform(0.0005, 0.02))
        self.tally.aborted += 1
        await self.client.aclose()
        self.client = self._come()


def begun(digit: int, share: float) -> list[list[list[float]]]:
    """The strokes of a digit so far as they are drawn: `share` of POINTS points."""
    left = max(1, round(share * POINTS))
    strokes = []
    for stroke in even(digit):
        strokes.append(stroke[:left])
        left -= len(stroke)
        if left <= 0:
            break
    return strokes


def even(digit: int) -> Iterator[list[list[float]]]:
    """The strokes of a digit with points at even distances, some POINTS in all, rounded as the sketchpad's are."""
    strokes = DIGITS[digit]
    pieces = sum(len(stroke) - 1 for stroke in strokes)
    for stroke in strokes:
        steps = max(2, round(POINTS * (len(stroke) - 1) / pieces))
        yield [_along(stroke, step / (steps - 1)) for step in range(steps)]


def _along(stroke: list[tuple[float, float]], share: float) -> list[float]:
    piece, part = divmod(share * (len(stroke) - 1), 1)
    here, there = stroke[int(piece)], stroke[min(int(piece) + 1, len(stroke) - 1)]
    return [round(a + part * (b - a), 4) for a, b in zip(here, there, strict=True)]


async def crowd(address: str, visitors: int, seconds: float, aborts: float = 0.0, wonders: bool = False) -> Tally:
    """So many visitors for so long, who come one after the other within the first EVERY seconds."""
    tally, now = Tally(), time.monotonic()
    stays = [
        Visitor(address, i, tally, aborts, wonders).stay(now + EVERY * i / visitors, now + seconds)
        for i in range(visitors)
    ]
    await asyncio.gather(*stays)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw on a running page, as many visitors at once.")
    parser.add_argument("address", help="of a running page")
    parser.add_argument("--visitors", type=int, default=10, help="default: 10")
    parser.add_argument("--seconds", type=float, default=30, help="default: 30")
    parser.add_argument("--wonders", action="store_true", help="also ask /explain once each drawing")
    options = parser.parse_args()
    tally = asyncio.run(crowd(options.address, options.visitors, options.seconds, wonders=options.wonders))
    print(json.dumps(asdict(tally)))


if __name__ == "__main__":
    main()
