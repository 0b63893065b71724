"""What a recipe learns from, is chosen by and is tested on: MNIST, and handwriting by program where it says so.

All images went the one way in: ink, then normalization.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model import handwriting, mnist, normalization
from model.recipes import Recipe

NO_DIGIT = 10
"""The label of what is no digit."""

# Handwriting is written with these seeds, whatever the seed of the training: it is data, like MNIST.
TRAINING_SEED, VALIDATION_SEED = 1, 2
VALIDATION_DIGITS, VALIDATION_OTHERS = 5_000, 2_500


@dataclass(frozen=True)
class Split:
    """Normalized images, float32 (N, 28, 28), and labels, uint8 (N,): 0 … 9, or NO_DIGIT."""

    images: np.ndarray
    labels: np.ndarray

    def __add__(self, other: "Split") -> "Split":
        return Split(*(np.concatenate(pair) for pair in ((self.images, other.images), (self.labels, other.labels))))


@dataclass(frozen=True)
class Corpus:
    """MNIST's three parts, and handwriting to learn from and to validate on; None for a recipe that uses none."""

    train: Split
    validation: Split
    test: Split
    written: Split | None = None
    written_validation: Split | None = None

    @property
    def sources(self) -> tuple[Split, ...]:
        """What each batch is taken from: MNIST, then handwriting."""
        return (self.train,) if self.written is None else (self.train, self.written)

    @property
    def chosen_by(self) -> Split:
        """All that validates: what the best epoch, the temperature and the thresholds are chosen by."""
        return self.validation if self.written_validation is None else self.validation + self.written_validation


def load(recipe: Recipe, path: Path | None = None) -> Corpus:
    """MNIST (from `path`, if given) and the recipe's handwriting. Raises mnist.DataError."""
    data = mnist.load(path, recipe.validation)
    parts = [from_mnist(part) for part in (data.train, data.validation, data.test)]
    if not recipe.written:
        return Corpus(*parts)
    return Corpus(
        *parts,
        write(recipe.written_digits, recipe.written_others, TRAINING_SEED),
        write(
            min(VALIDATION_DIGITS, recipe.written_digits),
            min(VALIDATION_OTHERS, recipe.written_others),
            VALIDATION_SEED,
        ),
    )


def from_mnist(part: mnist.Examples) -> Split:
    """MNIST's images go the way of every drawing: as ink through normalization."""
    return Split(normalization.normalize_all(part.images / np.float32(255)), part.labels)


def write(digits: int, others: int, seed: int) -> Split:
    """Handwriting by program: so many digits, then so many non-digits."""
    images, labels = handwriting.digits(digits, seed)
    images = np.concatenate([images, handwriting.others(others, seed)])
    labels = np.concatenate([labels, np.full(others, NO_DIGIT, np.uint8)])
    return Split(images / np.float32(255), labels)
