"""Draw strokes with the random variation of a writer, who is a person, and of the device that records the drawing."""

from dataclasses import dataclass

import numpy as np

from model.preprocessing.geometry import Stroke, bounding_box, rotation, scaled
from model.synthetic.notation import POINT_SPACING, Glyph

NUM_WAVES = 3
"""Number of sine waves that warp a drawing."""


@dataclass(frozen=True)
class Writer:
    """The habits of a writer and the limits of a device, constant within one drawing. Lengths are in `notation` units.

    unsteadiness: standard deviation of the noise on each number of a glyph.
    transform: the matrix of width, slant and rotation, (2, 2).
    wave_numbers, phases, amplitudes: W sine waves that warp the drawing smoothly. Wave numbers are in radians per unit,
        (2, W); phases in radians, (W,); amplitudes in units, (W, 2).
    stroke_offset: standard deviation of the displacement of each stroke after the first.
    overshoot: standard deviation of the distance by which each end of a stroke is too long or too short.
    hook_probability: probability of a hook at each end of a stroke.
    tremor: standard deviation of independent noise on each point.
    wobble: standard deviation of smooth noise in the middle of a stroke, where the pen is fastest. Toward both ends of
        the stroke, this noise decreases to 0.
    point_interval: 1 if the device reports every point of a stroke, 2 if it reports every second point, and so on.
    grid: spacing of the grid to which the device rounds coordinates; 0 means no rounding.
    """

    unsteadiness: float
    transform: np.ndarray
    wave_numbers: np.ndarray
    phases: np.ndarray
    amplitudes: np.ndarray
    stroke_offset: float
    overshoot: float
    hook_probability: float
    tremor: float
    wobble: float
    point_interval: int
    grid: float

    @classmethod
    def sample(cls, rng: np.random.Generator) -> "Writer":
        """Return a random writer. 20 % of the writers have a tremor. 12 % have a device that rounds to a grid."""
        direction = rng.uniform(0, 2 * np.pi, NUM_WAVES)
        wavelength = rng.uniform(110, 320, NUM_WAVES)
        return cls(
            unsteadiness=rng.gamma(4, 0.45),
            transform=_transform(rng),
            wave_numbers=2 * np.pi / wavelength * np.stack([np.cos(direction), np.sin(direction)]),
            phases=rng.uniform(0, 2 * np.pi, NUM_WAVES),
            amplitudes=rng.uniform(-1, 1, (NUM_WAVES, 2)) * min(rng.gamma(4, 0.75), 7),
            stroke_offset=rng.gamma(2, 0.8),
            overshoot=rng.gamma(2, 1.2),
            hook_probability=0.35 if rng.random() < 0.15 else 0.03,
            tremor=_uniform_or_zero(rng, 0.2, 0.3, 1.1),
            wobble=_uniform_or_zero(rng, 0.3, 0.5, 2.2),
            point_interval=int(rng.integers(2, 5)) if rng.random() < 0.15 else 1,
            grid=_uniform_or_zero(rng, 0.12, 1.0, 4.0),
        )

    def draw(self, strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
        """Return the strokes as this writer draws them, at a random position and size on a pad of side 1.

        strokes: strokes in the units of `notation`.
        """
        points = np.concatenate(strokes)
        points = points + np.sin(points @ self.wave_numbers + self.phases) @ self.amplitudes
        points = points @ self.transform.T
        splits = np.cumsum([len(stroke) for stroke in strokes])[:-1]
        drawn = [self._draw_stroke(stroke, i, rng) for i, stroke in enumerate(np.split(points, splits))]
        return _fit_to_pad(drawn, rng)

    def _draw_stroke(self, points: Stroke, index: int, rng: np.random.Generator) -> Stroke:
        if len(points) > 2:
            points = self._add_noise(points, rng)
            if self.point_interval > 1:
                points = np.concatenate([points[: -1 : self.point_interval], points[-1:]])
            points = self._vary_end(self._vary_end(points, rng)[::-1], rng)[::-1]
        if index and self.stroke_offset:
            points = points + rng.normal(0, self.stroke_offset, 2)
        return np.rint(points / self.grid) * self.grid if self.grid else points

    def _add_noise(self, points: Stroke, rng: np.random.Generator) -> Stroke:
        """Return the points with the noise of tremor and wobble."""
        if self.tremor:
            points = points + self.tremor * rng.standard_normal(points.shape)
        if self.wobble:
            speed = np.sin(np.pi * np.linspace(0, 1, len(points)))[:, None]
            noise = rng.standard_normal((len(points) + 4, 2))
            # The sum of 5 neighboring values is smooth noise with the standard deviation √5, which is about 2.2.
            smooth = noise[:-4] + noise[1:-3] + noise[2:-2] + noise[3:-1] + noise[4:]
            points = points + self.wobble * speed * smooth / 2.2
        return points

    def _vary_end(self, points: Stroke, rng: np.random.Generator) -> Stroke:
        """Move the last point along the stroke and, with `hook_probability`, append a hook."""
        direction = points[-1] - points[-2]
        direction = direction / max(np.hypot(*direction), 1e-6)
        shift = np.clip(rng.normal(0, self.overshoot), -0.6 * POINT_SPACING, 2 * POINT_SPACING)
        last = points[-1] + shift * direction
        parts = [points[:-1], last[None]]
        if rng.random() < self.hook_probability:
            angle = rng.uniform(70, 160) * rng.choice((-1, 1)) * np.pi / 180
            # Do not use `@` here, because the rounding of `@` depends on the BLAS library.
            hook = (rotation(angle) * direction).sum(axis=1)
            parts.append((last + rng.uniform(3, 9) * hook)[None])
        return np.concatenate(parts)


def draw_glyph(glyph: Glyph, rng: np.random.Generator) -> list[Stroke]:
    """Return a random instance of the glyph, drawn by a random writer on a pad of side 1."""
    writer = Writer.sample(rng)
    return writer.draw(glyph.sample(rng, writer.unsteadiness), rng)


def _uniform_or_zero(rng: np.random.Generator, probability: float, low: float, high: float) -> float:
    return rng.uniform(low, high) if rng.random() < probability else 0.0


def _transform(rng: np.random.Generator) -> np.ndarray:
    """Return a random matrix (2, 2) that changes the aspect ratio, then slants the drawing, then rotates it.

    Most drawings slant to the right. The rotation is at most 12° in either direction.
    """
    width = np.exp(np.clip(rng.normal(0, 0.13), -0.28, 0.28))
    slant = np.clip(rng.normal(0.1, 0.16), -0.25, 0.45)
    angle = np.radians(np.clip(rng.normal(0, 4.5), -12, 12))
    return rotation(angle) @ np.array([[1, -slant], [0, 1]]) @ np.diag([width, 1 / width])


def _fit_to_pad(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Return the strokes, scaled to a random longer side from 0.35 to 0.9, at a random position on a pad of side 1."""
    strokes = scaled(strokes, rng.uniform(0.35, 0.9))
    _, size = bounding_box(strokes)
    corner = rng.uniform(0.03, 0.97 - size)
    return [stroke + corner for stroke in strokes]
