"""Labeled drawings for tests of evaluation and fine-tuning."""

from pathlib import Path

import numpy as np

from model.data.drawings import LabeledDrawings, write_drawings
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize
from model.synthetic import generator

SEVEN = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]
LINE = [np.array([[0.5, 0.1], [0.5, 0.9]])]


def synthetic_digits(count: int, seed: int = 1) -> LabeledDrawings:
    """Return `count` synthetic drawings: 0, 1, …, 9, 0, 1, … Coordinates are fractions of the pad's side."""
    rng = np.random.default_rng(seed)
    drawings = [generator.sample_digit(i % 10, rng) for i in range(count)]
    return LabeledDrawings(drawings, [str(i % 10) for i in range(count)], ["me"] * count)


def normalized(drawings: list) -> np.ndarray:
    """Return the normalized images of drawings, float32 (N, 28, 28)."""
    return normalization.normalize_all(rasterize(strokes) for strokes in drawings)


def write_digits(path: Path) -> Path:
    """Write a file of two drawings, and return its path. The drawings: a seven, and a one with the wrong label 8."""
    write_drawings(path, LabeledDrawings([SEVEN, LINE], ["7", "8"], ["me", "me"]))
    return path


def write_non_digits(path: Path) -> Path:
    """Write a file of twelve synthetic non-digits, and return its path."""
    rng = np.random.default_rng(1)
    drawings = [generator.sample_non_digit(rng) for _ in range(12)]
    write_drawings(path, LabeledDrawings(drawings, ["A", "B", "$"] * 4, ["me"] * 12))
    return path


def random_drawings(labels: list[str], seed: int = 1) -> LabeledDrawings:
    """Return one drawing for each label. Each drawing is a single random stroke of two points."""
    points = np.random.default_rng(seed).random((len(labels), 2, 2))
    return LabeledDrawings([[stroke] for stroke in points], labels, ["me"] * len(labels))
