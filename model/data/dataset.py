"""Load the training, validation and test splits of a recipe: MNIST and, for some recipes, synthetic handwriting.

All images are normalized in the same way as the drawings of visitors.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.classes import CLASS_NOT_DIGIT, CLASS_SEVERAL
from model.data import mnist
from model.preprocessing import normalization
from model.recipes import Recipe
from model.synthetic import generator

# Seeds of the synthetic handwriting. They do not depend on the seed of the training, so that all trainings of a recipe
# use the same synthetic images.
TRAINING_SEED, VALIDATION_SEED = 1, 2
VALIDATION_DIGITS, VALIDATION_NON_DIGITS, VALIDATION_NUMBERS = 5_000, 2_500, 1_000


@dataclass(frozen=True)
class Split:
    """Normalized images, float32 (N, 28, 28), and labels, uint8 (N,): 0 to 9, CLASS_NOT_DIGIT or CLASS_SEVERAL."""

    images: np.ndarray
    labels: np.ndarray

    def __add__(self, other: "Split") -> "Split":
        return Split(np.concatenate([self.images, other.images]), np.concatenate([self.labels, other.labels]))


@dataclass(frozen=True)
class Dataset:
    """The three splits of MNIST, and the synthetic splits for training and validation.

    The synthetic splits are None if the recipe uses no synthetic handwriting.
    """

    train: Split
    validation: Split
    test: Split
    synthetic: Split | None = None
    synthetic_validation: Split | None = None

    @property
    def sources(self) -> tuple[Split, ...]:
        """The splits from which each training batch takes images: first MNIST, then synthetic handwriting, if any."""
        return (self.train,) if self.synthetic is None else (self.train, self.synthetic)

    @property
    def all_validation(self) -> Split:
        """The validation split of MNIST, joined with the validation split of synthetic handwriting, if any.

        Training uses it to choose the best epoch. Calibration uses it to fit the temperature and the thresholds.
        """
        return self.validation if self.synthetic_validation is None else self.validation + self.synthetic_validation


def load(recipe: Recipe, path: Path | None = None) -> Dataset:
    """Return the recipe's dataset. Raises UserError if MNIST cannot be loaded.

    path: a file or folder with MNIST, as for `mnist.load`; None to download MNIST.
    """
    data = mnist.load(path, recipe.validation)
    splits = [normalize_mnist(examples) for examples in (data.train, data.validation, data.test)]
    if not recipe.synthetic_per_batch:
        return Dataset(*splits)
    return Dataset(
        *splits,
        synthetic=generate(
            recipe.synthetic_digits, recipe.synthetic_non_digits, recipe.synthetic_numbers, TRAINING_SEED
        ),
        synthetic_validation=generate(
            min(VALIDATION_DIGITS, recipe.synthetic_digits),
            min(VALIDATION_NON_DIGITS, recipe.synthetic_non_digits),
            min(VALIDATION_NUMBERS, recipe.synthetic_numbers),
            VALIDATION_SEED,
        ),
    )


def normalize_mnist(examples: mnist.Examples) -> Split:
    """Return normalized MNIST images, with their labels. The normalization is that of drawings."""
    return Split(normalization.normalize_all(examples.images / np.float32(255)), examples.labels)


def generate(digits: int, non_digits: int, numbers: int, seed: int) -> Split:
    """Return synthetic handwriting: images of digits, then of non-digits, then of numbers. The arguments are counts."""
    images, labels = generator.digit_images(digits, seed)
    others = [
        (generator.non_digit_images(non_digits, seed), CLASS_NOT_DIGIT),
        (generator.number_images(numbers, seed), CLASS_SEVERAL),
    ]
    return Split(
        np.concatenate([images, *(part for part, _ in others)]) / np.float32(255),
        np.concatenate([labels, *(np.full(len(part), label, np.uint8) for part, label in others)]),
    )
