"""Variation of writers and devices: how one person with one device draws the strokes of a glyph."""

from dataclasses import dataclass

import numpy as np

from model.preprocessing.geometry import Stroke
from model.synthetic.notation import POINT_SPACING


def _sometimes(rng: np.random.Generator, chance: float, low: float, high: float) -> float:
    """Now and then a number between two, otherwise 0."""
    return rng.uniform(low, high) if rng.random() < chance else 0.0


@dataclass(frozen=True)
class Writer:
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
    def sample(cls, rng: np.random.Generator) -> "Writer":
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
        beyond = np.clip(rng.normal(0, self.reach), -0.6 * POINT_SPACING, 2 * POINT_SPACING)
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
