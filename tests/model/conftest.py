"""Fixtures for tests of training: results of short trainings, and small datasets. All tests of a session share them."""

import functools
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from model.data.mnist import Examples, Mnist
from model.inference import backend

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.

from model.data import dataset
from model.data.dataset import Dataset, Split
from model.recipes import RECIPES, Recipe
from model.training import trainer
from model.training.resume import TrainingState


@pytest.fixture(scope="session")
def few(mnist):
    """600 normalized MNIST images."""
    return dataset.normalize_mnist(Examples(mnist.train.images[:600], mnist.train.labels[:600]))


@pytest.fixture(scope="session")
def few_synthetic():
    """150 synthetic digits and 75 synthetic non-digits."""
    return dataset.generate(digits=150, non_digits=75, numbers=25, seed=3)


@pytest.fixture(scope="session")
def sources(few, few_synthetic):
    """sources(recipe): the training data for a short training of the recipe: a tuple with one entry for each source."""
    return lambda recipe: (few, few_synthetic) if recipe.synthetic_per_batch else (few,)


@pytest.fixture(scope="session")
def small_mnist(mnist):
    """MNIST with only about a hundred images in each split."""
    return Mnist(*map(evenly_spaced, (mnist.train, mnist.validation, mnist.test)))


@pytest.fixture(scope="session")
def small_dataset(small_mnist, few_synthetic):
    """small_dataset(recipe): a dataset for the recipe, with about a hundred images in each split."""
    splits = [dataset.normalize_mnist(part) for part in (small_mnist.train, small_mnist.validation, small_mnist.test)]
    synthetic = [Split(few_synthetic.images[first::2], few_synthetic.labels[first::2]) for first in (0, 1)]
    return lambda recipe: Dataset(*splits, *(synthetic if recipe.synthetic_per_batch else ()))


def evenly_spaced(examples: Examples) -> Examples:
    step = len(examples.labels) // 100
    return Examples(examples.images[::step], examples.labels[::step])


@dataclass(frozen=True)
class ShortTraining:
    """The result of a training of three epochs with two steps each.

    network: the trained network.
    after_first_epoch: a copy of the folder with the training state, made after the first epoch. It has the files that a
    training leaves if it is interrupted after the first epoch.
    """

    recipe: Recipe
    network: keras.Model
    after_first_epoch: Path


class CopiedState(TrainingState):
    """A training state that copies its folder after the first epoch. The name of the copy has the suffix ".copy"."""

    def write(self, network, metrics) -> None:
        super().write(network, metrics)
        if self.progress.epoch == 1:
            shutil.copytree(self.folder, self.folder.with_suffix(".copy"))


@pytest.fixture(scope="session")
def trained(few, sources, tmp_path_factory):
    """trained(name): the result of a short training of the recipe `name`. Each recipe is trained once per session."""

    @functools.cache
    def trained(name: str) -> ShortTraining:
        recipe = replace(RECIPES[name], epochs=3, epoch_steps=2, batch_size=100)
        state = CopiedState(tmp_path_factory.mktemp(name) / "state", {"seed": 1})
        state.open(resume=False)
        network = trainer.train(recipe, sources(recipe), few, state, seed=1)
        return ShortTraining(recipe, network, state.folder.with_suffix(".copy"))

    return trained
