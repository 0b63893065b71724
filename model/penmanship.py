"""A form in a few numbers → the strokes of somebody's pen: curves, and what a hand and a device make of them.

Forms are written in *units*: a digit is about 100 high. A stroke is a text of items, parted by commas, that the pen
passes in order:

    20 35                a point: x right, y down; the pen's way through points is a smooth curve (Catmull–Rom)
    20 35!               a corner: the pen stops there and goes on in another direction
    @30 50 25 48 -90 -350  a part of an ellipse: centre x y, radii x y, where it starts and how far it goes, in degrees
                         clockwise from the right; with ! its end is a corner
    20..35               a number between two, drawn anew for each writing
    20/35                a number between two that goes along with the form's other such numbers: a proportion
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

Stroke = np.ndarray
"""float (P, 2), x right, y down."""

SPACING = 4.0
"""Units between two points of a written curve: 3 pixels of the 80 that `ink` draws."""
ARC_STEP = 30.0
"""Degrees of an ellipse from one control point to the next: the curve is off by 2 % at most, far less than any hand."""

_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)(?:(\.\.|/)(-?\d+(?:\.\d+)?))?")


@dataclass(frozen=True)
class Form:
    """A text of strokes, read. Control point i lies at centre + radius · (cos, sin)(start + along · sweep)."""

    low: np.ndarray  # (N,) every number's lower and upper end; the last is a constant 0
    high: np.ndarray
    together: np.ndarray  # bool (N,): moves with the form's proportion
    places: np.ndarray  # int (P, 6): which numbers are centre x y, radius x y, start and sweep of each control point
    along: np.ndarray  # (P,) 0 … 1
    curve: np.ndarray  # (S, P): control points → points of the curves, all strokes one after another
    ends: tuple[int, ...]  # where among the S points a new stroke begins

    def strokes(self, rng: np.random.Generator, unsteadiness: float = 0.0) -> list[Stroke]:
        """One writing of the form, in units. `unsteadiness` is by how much each number is missed (units, degrees)."""
        chance = rng.random(len(self.low))
        chance[self.together] = rng.random()
        numbers = self.low + chance * (self.high - self.low)
        numbers[:-1] += unsteadiness * rng.standard_normal(len(numbers) - 1)
        return np.split(self.curve @ _control_points(numbers[self.places], self.along), self.ends)


@cache
def read(*strokes: str) -> Form:
    """Strokes in the notation above → a form. Raises ValueError for an item that is neither point nor ellipse."""
    numbers, places, along, corners, lengths = [], [], [], [], []
    for stroke in strokes:
        before = len(along)
        for item in stroke.split(","):
            found = _numbers(item)
            steps = _steps(found)
            first, missing = len(numbers), [-1] * (6 - len(found))
            places += [[*range(first, first + len(found)), *missing]] * len(steps)
            along += steps
            corners += [False] * (len(steps) - 1) + [item.rstrip().endswith("!")]
            numbers += found
        corners[before] = corners[-1] = True
        lengths.append(len(along) - before)
    # Where a point has no radius, start and sweep, its places (-1) say 0, the last number.
    low, high, together = (np.array(column) for column in zip(*numbers, (0.0, 0.0, False), strict=True))
    places, along = np.array(places), np.array(along)
    curve, ends = _curves(_control_points(((low + high) / 2)[places], along), corners, lengths)
    return Form(low, high, together, places, along, curve, ends)


def _control_points(places: np.ndarray, along: np.ndarray) -> np.ndarray:
    """(P, 6) centres, radii, starts and sweeps, and how far along the sweep → points (P, 2)."""
    angle = np.radians(places[:, 4] + along * places[:, 5])
    return places[:, :2] + places[:, 2:4] * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _steps(item: list[tuple[float, float, bool]]) -> list[float]:
    """How far along its sweep each control point of an item lies, 0 … 1; a point is one, at 0."""
    if len(item) == 2:
        return [0.0]
    low, high, _ = item[5]
    return list(np.linspace(0, 1, 1 + max(2, int(np.ceil(abs(low + high) / 2 / ARC_STEP)))))


def _numbers(item: str) -> list[tuple[float, float, bool]]:
    """The (low, high, together) of each number of an item."""
    words = item.replace("@", " ").replace("!", " ").split()
    matches = [_NUMBER.fullmatch(word) for word in words]
    if len(words) != (6 if "@" in item else 2) or None in matches:
        raise ValueError(f"{item.strip()!r} is neither a point (x y) nor an ellipse (@x y rx ry start sweep).")
    return [(float(m[1]), float(m[3] or m[1]), m[2] == "/") for m in matches]


def _curves(points: np.ndarray, corners: list[bool], lengths: list[int]) -> tuple[np.ndarray, tuple[int, ...]]:
    """The matrix of all strokes' curves and where each but the first begins; knots are those of `points`."""
    blocks, ends, first = [], [], 0
    for length in lengths:
        stops = [i for i in range(first, first + length) if corners[i]]
        for start, stop in zip(stops, stops[1:], strict=False):
            blocks.append(_curve(points, start, stop))
        blocks.append(np.eye(len(points))[[first + length - 1]])
        ends.append(sum(map(len, blocks)))
        first += length
    return np.concatenate(blocks), tuple(ends[:-1])


def _curve(points: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Centripetal Catmull–Rom from point `start` to just before point `stop`, as a matrix (S, P).

    The curve is linear in its points once the knots are fixed, so it is evaluated once, for the unit vectors.
    """
    run = np.eye(len(points))[start : stop + 1]
    chords = np.hypot(*np.diff(points[start : stop + 1], axis=0).T)
    knots = np.sqrt(np.maximum(chords, 1e-3))[:, None]
    slopes = np.diff(run, axis=0) / knots
    tangents = np.empty_like(run)
    weight = knots[:-1] / (knots[:-1] + knots[1:])
    tangents[1:-1] = (1 - weight) * slopes[:-1] + weight * slopes[1:]
    # An end bends on as its neighbourhood does; a run of two points is a straight line.
    straight = len(run) == 2
    tangents[0] = slopes[0] if straight else 2 * slopes[0] - tangents[1]
    tangents[-1] = slopes[-1] if straight else 2 * slopes[-1] - tangents[-2]
    pieces = []
    for i, chord in enumerate(chords):
        count = max(1, round(chord / SPACING))
        t = (np.arange(count) / count)[:, None]
        rise = t * t * (3 - 2 * t)
        leave, arrive = t * (1 - t) ** 2, t * t * (t - 1)
        pieces.append(
            (1 - rise) * run[i] + rise * run[i + 1] + knots[i] * (leave * tangents[i] + arrive * tangents[i + 1])
        )
    return np.concatenate(pieces)


def _sometimes(rng: np.random.Generator, chance: float, low: float, high: float) -> float:
    """Now and then a number between two, otherwise 0."""
    return rng.uniform(low, high) if rng.random() < chance else 0.0


@dataclass(frozen=True)
class Hand:
    """How somebody writes, and with what: what is done to every stroke of one drawing. Lengths in units."""

    unsteadiness: float  # by how much each number of a form is missed
    transform: np.ndarray  # (2, 2): stretch, slant and turn
    waves: np.ndarray  # (2, W) the waves of a smooth warp, in turns per unit, …
    phases: np.ndarray  # (W,) … and where they begin, in radians
    bends: np.ndarray  # (W, 2) … and how far they move
    drift: float  # by how much a stroke after the first is misplaced
    reach: float  # by how much a stroke begins and ends too early or too late
    hooks: float  # how probable a tick is where the pen comes down or lifts
    tremor: float  # trembling, everywhere
    haste: float  # wobble that grows with the pen's speed
    skip: int  # each how many points the device tells of: 1, all
    grid: float  # what coordinates are rounded to; 0, not at all

    @classmethod
    def sample(cls, rng: np.random.Generator) -> "Hand":
        """Somebody. Most write steadily; a tenth is coarse, a fifth trembles, some have a device with large pixels."""
        waves = 3
        direction = rng.uniform(0, 2 * np.pi, waves)
        length = rng.uniform(110, 320, waves)
        return cls(
            unsteadiness=rng.gamma(4, 0.45),
            transform=_transform(rng),
            waves=2 * np.pi / length * np.stack([np.cos(direction), np.sin(direction)]),
            phases=rng.uniform(0, 2 * np.pi, waves),
            bends=rng.uniform(-1, 1, (waves, 2)) * min(rng.gamma(4, 0.75), 7),
            drift=rng.gamma(2, 0.8),
            reach=rng.gamma(2, 1.2),
            hooks=0.35 if rng.random() < 0.15 else 0.03,
            tremor=_sometimes(rng, 0.2, 0.3, 1.1),
            haste=_sometimes(rng, 0.3, 0.5, 2.2),
            skip=int(rng.integers(2, 5)) if rng.random() < 0.15 else 1,
            grid=_sometimes(rng, 0.12, 1.0, 4.0),
        )

    def write(self, strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
        """Strokes in units, as meant → as written, in fractions of a pad's side, somewhere on the pad."""
        path = np.concatenate(strokes)
        path = path + np.sin(path @ self.waves + self.phases) @ self.bends
        path = path @ self.transform.T
        ends = np.cumsum([len(stroke) for stroke in strokes])[:-1]
        written = [self._stroke(stroke, i, rng) for i, stroke in enumerate(np.split(path, ends))]
        return _on_pad(written, rng)

    def _stroke(self, points: Stroke, index: int, rng: np.random.Generator) -> Stroke:
        if len(points) > 2:
            points = self._shaken(points, rng)
            if self.skip > 1:
                points = np.concatenate([points[: -1 : self.skip], points[-1:]])
            points = self._end(self._end(points, rng)[::-1], rng)[::-1]
        if index and self.drift:
            points = points + rng.normal(0, self.drift, 2)
        return np.rint(points / self.grid) * self.grid if self.grid else points

    def _shaken(self, points: Stroke, rng: np.random.Generator) -> Stroke:
        if self.tremor:
            points = points + self.tremor * rng.standard_normal(points.shape)
        if self.haste:
            # A pen is fast in the middle of its way, and its wobble is smooth: the mean of neighbouring noise.
            speed = np.sin(np.pi * np.linspace(0, 1, len(points)))[:, None]
            noise = rng.standard_normal((len(points) + 4, 2))
            points = (
                points + self.haste * speed * (noise[:-4] + noise[1:-3] + noise[2:-2] + noise[3:-1] + noise[4:]) / 2.2
            )
        return points

    def _end(self, points: Stroke, rng: np.random.Generator) -> Stroke:
        """The last point is passed or not reached, and sometimes the pen leaves a tick there."""
        along = points[-1] - points[-2]
        along = along / max(np.hypot(*along), 1e-6)
        beyond = np.clip(rng.normal(0, self.reach), -0.6 * SPACING, 2 * SPACING)
        last = points[-1] + beyond * along
        ends = [points[:-1], last[None]]
        if rng.random() < self.hooks:
            angle = rng.uniform(70, 160) * rng.choice((-1, 1)) * np.pi / 180
            cos, sin = np.cos(angle), np.sin(angle)
            tick = np.array([along[0] * cos - along[1] * sin, along[0] * sin + along[1] * cos])
            ends.append((last + rng.uniform(3, 9) * tick)[None])
        return np.concatenate(ends)


def _transform(rng: np.random.Generator) -> np.ndarray:
    """(2, 2): first unequal scale, then slant (mostly to the right, as most people's), then a turn of up to 12°."""
    wide = np.exp(np.clip(rng.normal(0, 0.13), -0.28, 0.28))
    slant = np.clip(rng.normal(0.1, 0.16), -0.25, 0.45)
    turn = np.radians(np.clip(rng.normal(0, 4.5), -12, 12))
    cos, sin = np.cos(turn), np.sin(turn)
    return np.array([[cos, -sin], [sin, cos]]) @ np.array([[1, -slant], [0, 1]]) @ np.diag([wide, 1 / wide])


def _on_pad(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Strokes of any size → of a third to nearly all of a pad with side 1, anywhere on it."""
    points = np.concatenate(strokes)
    low, size = points.min(axis=0), np.ptp(points, axis=0)
    scale = rng.uniform(0.35, 0.9) / max(size.max(), 1e-9)
    corner = rng.uniform(0.03, 0.97 - scale * size)
    return [(stroke - low) * scale + corner for stroke in strokes]
