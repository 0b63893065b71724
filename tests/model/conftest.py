"""Data for short trainings."""

import pytest

from model.data.mnist import Examples
from model.inference import backend

backend.load_tensorflow()

from model.data import dataset


@pytest.fixture(scope="session")
def few(mnist):
    """600 normalized MNIST images."""
    return dataset.normalize_mnist(Examples(mnist.train.images[:600], mnist.train.labels[:600]))


@pytest.fixture(scope="session")
def sources(few):
    """sources(recipe): the training data of a short training of that recipe."""
    synthetic = dataset.generate(digits=150, non_digits=75, seed=3)
    return lambda recipe: (few, synthetic) if recipe.synthetic_per_batch else (few,)
