"""Generated drawings on which Python and the browser's engine are compared."""

from collections.abc import Iterator

import numpy as np

from model.evaluation.multidigit import GAPS, compose
from model.preprocessing.geometry import Stroke, bounding_box
from model.synthetic import generator

SHARES = {"digit": 0.5, "non-digit": 0.2, "number": 0.2, "decorated": 0.1}
"""The share of each kind of drawing. A decorated drawing has signs, rings or lines around its digits."""
DECIMALS = 4  # The page rounds coordinates to four decimal places.
_ARC = np.linspace(0, 2 * np.pi, 40)
_RING = np.stack([np.cos(_ARC), np.sin(_ARC)], axis=1)


def parity_drawings(count: int, seed: int = 1) -> list[list[Stroke]]:
    """Return `count` drawings: digits, non-digits, numbers and odd inputs. Each stroke is float64 (P, 2)."""
    rng = np.random.default_rng(seed)
    drawings = [*_odd(rng)]
    while len(drawings) < count:
        kind = rng.choice(list(SHARES), p=list(SHARES.values()))
        drawings.append(_on_pad(_SAMPLERS[kind](rng), rng))
    return drawings[:count]


def _digits(rng: np.random.Generator, count: int) -> list[list[Stroke]]:
    return [generator.sample_digit(int(digit), rng) for digit in rng.integers(10, size=count)]


def _number(rng: np.random.Generator) -> list[Stroke]:
    if rng.random() < 0.5:
        return generator.sample_number(rng)
    return compose(_digits(rng, int(rng.integers(2, 7))), float(rng.choice(GAPS)), rng)


def _decorated(rng: np.random.Generator) -> list[Stroke]:
    """A number with a ring, an underline, a slash, points, a stray dot or a second line."""
    strokes = compose(_digits(rng, int(rng.integers(1, 4))), float(rng.choice((0.1, 0.25, 0.5))), rng)
    (left, top), (right, bottom) = bounding_box(strokes)
    width, height = right - left, bottom - top
    center = np.array([(left + right) / 2, (top + bottom) / 2])
    low, mark = bottom + rng.uniform(-0.05, 0.3) * height, rng.uniform(0, 0.1, (2, 2)) * height
    extras = [
        [_RING * np.array([width, height]) * rng.uniform(0.55, 0.9) + center],
        [np.array([[left - 0.1 * height, low], [right + 0.1 * height, low + rng.uniform(-0.1, 0.1) * height]])],
        [np.array([[right + 0.1 * height, bottom], [right + rng.uniform(0.2, 0.8) * height, top]])],
        [mark + [left + rng.uniform(-0.3, 1.2) * width, bottom - rng.uniform(-0.2, 0.2) * height]],
        [mark + rng.uniform(-0.3, 1.2, 2) * [width, height] + [left, top] for _ in range(2)],
        [stroke + [0, 1.2 * height] for stroke in strokes],
    ]
    chosen = [*extras[rng.integers(len(extras))], *(extras[rng.integers(len(extras))] if rng.random() < 0.2 else [])]
    return [*strokes, *chosen] if rng.random() < 0.8 else [*chosen, *strokes]


_SAMPLERS = {
    "digit": lambda rng: _digits(rng, 1)[0],
    "non-digit": generator.sample_non_digit,
    "number": _number,
    "decorated": _decorated,
}


def _on_pad(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Return the drawing in a random size at a random place of the pad, as the page would send it."""
    low, high = bounding_box(strokes)
    side = rng.uniform(0.15, 1)
    scale = side / max((high - low).max(), 1e-9)
    offset = rng.uniform(0, 1 - side, 2)
    return [np.round(offset + scale * (stroke - low), DECIMALS) for stroke in strokes]


def _odd(rng: np.random.Generator) -> Iterator[list[Stroke]]:
    """Yield drawings at limits: blank, dots, lines without width, far off the pad, very long, very many strokes."""
    drawings = [
        [],
        [[[0.5, 0.5]]],
        [[[0.5, 0.5]] * 3],
        [[[0.2, 0.5]], [[0.8, 0.5]]],
        [[[0.1, 0.5], [0.9, 0.5]]],
        [[[0.5, 0.1], [0.5, 0.9]]],
        [[[0, 0], [1, 1]]],
        [[[0, 1], [1, 0]], [[0.2, 0.2], [0.8, 0.8]]],
        [[[-3, 2], [5, 7.5], [1, 1]]],
        [[[-1000, 1000], [1000, -1000]]],
        [[[0.5, 0.5], [0.5001, 0.5001], [0.5, 0.5003]]],
        [[[0.3, 0.3], [0.7, 0.3], [0.7, 0.7], [0.3, 0.7], [0.3, 0.3]]],
        [[[0.05 + 0.1 * i, 0.5], [0.1 + 0.1 * i, 0.5]] for i in range(9)],
        [[[i % 10 / 10, i // 10 / 10], [i % 10 / 10 + 0.05, i // 10 / 10 + 0.05]] for i in range(70)],
        [[[0.1 + 0.02 * i, 0.2], [0.1 + 0.02 * i, 0.8]] for i in range(40)],
    ]
    yield from ([np.array(stroke, float) for stroke in drawing] for drawing in drawings)
    angle = np.linspace(0, 150, 3000)[:, None]
    yield [np.round(0.5 + 0.4 * (1 - angle / 300) * np.concatenate([np.cos(angle), np.sin(1.1 * angle)], axis=1), 4)]
    yield [np.round(rng.uniform(0, 1, (12_000, 2)), 4)]
