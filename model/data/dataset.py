"""What a recipe learns from, is chosen by and is tested on: MNIST, and handwriting by program where it says so.

All images went the one way in: ink, then normalization.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.classes import CLASS_NOT_DIGIT
from model.data import mnist
from model.preprocessing import normalization
from model.recipes import Recipe
from model.synthetic import generator

# Handwriting is written with these seeds, whatever the seed of the training: it is data, like MNIST.
TRAINING_SEED, VALIDATION_SEED = 1, 2
VALIDATION_DIGITS, VALIDATION_OTHERS = 5_000, 2_500


@dataclass(frozen=True)
class Split:
    """Normalized images, float32 (N, 28, 28), and labels, uint8 (N,): 0 … 9, or CLASS_NOT_DIGIT."""

    images: np.ndarray
    labels: np.ndarray

    def __add__(self, other: "Split") -> "Split":
        return Split(*(np.concatenate(pair) for pair in ((self.images, other.images), (self.labels, other.labels))))


@dataclass(frozen=True)
class Dataset:
    """MNIST's three parts, and handwriting to learn from and to validate on; None for a recipe that uses none."""

    train: Split
    validation: Split
    test: Split
    synthetic: Split | None = None
    synthetic_validation: Split | None = None

    @property
    def sources(self) -> tuple[Split, ...]:
        """What each batch is taken from: MNIST, then handwriting."""
        return (self.train,) if self.synthetic is None else (self.train, self.synthetic)

    @property
    def all_validation(self) -> Split:
        """All that validates: what the best epoch, the temperature and the thresholds are chosen by."""
        return self.validation if self.synthetic_validation is None else self.validation + self.synthetic_validation


def load(recipe: Recipe, path: Path | None = None) -> Dataset:
    """MNIST (from `path`, if given) and the recipe's handwriting. Raises UserError."""
    data = mnist.load(path, recipe.validation)
    parts = [normalize_mnist(part) for part in (data.train, data.validation, data.test)]
    if not recipe.synthetic_per_batch:
        return Dataset(*parts)
    return Dataset(
        *parts,
        generate(recipe.synthetic_digits, recipe.synthetic_non_digits, TRAINING_SEED),
        generate(
            min(VALIDATION_DIGITS, recipe.synthetic_digits),
            min(VALIDATION_OTHERS, recipe.synthetic_non_digits),
            VALIDATION_SEED,
        ),
    )


def normalize_mnist(part: mnist.Examples) -> Split:
    """MNIST's images go the way of every drawing: as ink through normalization."""
    return Split(normalization.normalize_all(part.images / np.float32(255)), part.labels)


def generate(digits: int, others: int, seed: int) -> Split:
    """Handwriting by program: so many digits, then so many non-digits."""
    images, labels = generator.digit_images(digits, seed)
    images = np.concatenate([images, generator.non_digit_images(others, seed)])
    labels = np.concatenate([labels, np.full(others, CLASS_NOT_DIGIT, np.uint8)])
    return Split(images / np.float32(255), labels)
