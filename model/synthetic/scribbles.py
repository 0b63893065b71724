"""Scribbles by program: lines too many, or too crossed, to be a digit. Strokes are in the units of `penmanship`."""

import numpy as np

from model.preprocessing.geometry import Stroke
from model.synthetic.notation import POINT_SPACING


def scribble(rng: np.random.Generator) -> list[Stroke]:
    """A scribble of some kind, about 100 units in size, turned by any angle."""
    kinds = (hatching, scrawl, tangle, wandering, dashes)
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return [stroke @ turn for stroke in kinds[rng.integers(len(kinds))](rng)]


def hatching(rng: np.random.Generator) -> list[Stroke]:
    """Parallel lines, sometimes crossed by others."""
    along = np.linspace(0, 100, rng.integers(5, 10))
    strokes = [_line((x, rng.uniform(0, 15)), (x, rng.uniform(85, 100))) for x in along]
    if rng.random() < 0.5:
        strokes += [_line((rng.uniform(0, 15), y), (rng.uniform(85, 100), y)) for y in along]
    return strokes


def scrawl(rng: np.random.Generator) -> list[Stroke]:
    """To and fro without lifting the pen, as one who strikes something out or fills it."""
    turns = int(rng.integers(8, 25))
    side = np.where(np.arange(turns) % 2, 50.0, -50.0) * rng.uniform(0.3, 1)
    corners = np.stack([np.linspace(0, 100, turns), side], axis=1) + rng.normal(0, 6, (turns, 2))
    return [np.concatenate([_line(*pair) for pair in zip(corners, corners[1:], strict=False)])]


def tangle(rng: np.random.Generator) -> list[Stroke]:
    """Round and round, near and far from the middle: a ball of wool, too full for a zero."""
    angle = np.linspace(0, 2 * np.pi * rng.uniform(4, 9), 160)
    radius = 50 * (0.55 + 0.45 * np.sin(angle * rng.uniform(0.15, 0.45) + rng.uniform(0, 2 * np.pi)))
    circle = radius[:, None] * np.stack([np.cos(angle), np.sin(angle) * rng.uniform(0.5, 1)], axis=1)
    return [circle + _ramble(len(angle), 12, rng)]


def wandering(rng: np.random.Generator) -> list[Stroke]:
    """Smooth lines that wander and cross."""
    lengths = rng.integers(80, 140, rng.integers(2, 5))
    return [rng.normal(0, 25, 2) + _ramble(length, 60, rng) for length in lengths]


def dashes(rng: np.random.Generator) -> list[Stroke]:
    """Many dots or short dashes, strewn over the pad."""
    length = rng.choice((1.0, 15.0, 25.0))
    starts = rng.uniform(0, 100, (rng.integers(5, 15), 2))
    return [_line(start, start + rng.normal(0, length, 2)) for start in starts]


def _line(start, end) -> Stroke:
    distance = np.hypot(*np.subtract(end, start))
    return np.linspace(start, end, max(2, int(distance / POINT_SPACING)))


def _ramble(count: int, size: float, rng: np.random.Generator) -> Stroke:
    """A smooth way without a plan, (count, 2), that goes about `size` units to each side."""
    window = np.hanning(25)[1:-1]
    noise = rng.standard_normal((2, count + len(window) - 1))
    return size / np.sqrt((window**2).sum()) * np.stack([np.convolve(axis, window, "valid") for axis in noise], axis=1)
