"""The splits of a recipe's dataset."""

import dataclasses

import numpy as np
import pytest

from model.inference import backend

backend.load_tensorflow()

from model.classes import CLASS_NOT_DIGIT, CLASS_SEVERAL, NUM_CLASSES
from model.data import dataset
from model.data.dataset import Split
from model.preprocessing import normalization
from model.recipes import RECIPES
from model.synthetic import generator


def test_synthetic_data_is_labeled_digits_followed_by_non_digits_and_numbers():
    split = dataset.generate(digits=30, non_digits=10, numbers=5, seed=5)
    images, labels = generator.digit_images(30, 5)
    np.testing.assert_array_equal(split.labels, [*labels, *[CLASS_NOT_DIGIT] * 10, *[CLASS_SEVERAL] * 5])
    np.testing.assert_allclose(split.images[:30] * 255, images, atol=1e-4)
    assert split.images.dtype == np.float32 and split.images.max() <= 1


@pytest.fixture(scope="module")
def mixed(mnist):
    """A dataset of MNIST and a few synthetic images. To save time, the images of MNIST are not normalized."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dataset, "normalize_mnist", lambda examples: Split(examples.images, examples.labels))
        few = {"synthetic_digits": 40, "synthetic_non_digits": 20, "synthetic_numbers": 10}
        return dataset.load(dataclasses.replace(RECIPES["digits"], **few))


def test_a_recipe_with_synthetic_data_trains_and_validates_on_both_sources(mixed):
    assert [len(source.labels) for source in mixed.sources] == [55_000, 70]
    assert len(mixed.all_validation.labels) == 5_000 + 70
    assert set(np.unique(mixed.all_validation.labels)) == set(range(NUM_CLASSES))


def test_synthetic_training_and_validation_images_are_disjoint(mixed):
    training = {image.tobytes() for image in mixed.synthetic.images}
    assert training.isdisjoint(image.tobytes() for image in mixed.synthetic_validation.images)


def test_a_recipe_without_synthetic_data_uses_mnist_only(small_mnist, monkeypatch):
    monkeypatch.setattr(dataset.mnist, "load", lambda path, validation: small_mnist)
    data = dataset.load(RECIPES["softmax"])
    assert len(data.sources) == 1 and data.all_validation is data.validation
    assert data.train.labels.max() == 9


def test_mnist_images_are_normalized_as_drawings_are(small_mnist, monkeypatch):
    monkeypatch.setattr(dataset.mnist, "load", lambda path, validation: small_mnist)
    data = dataset.load(RECIPES["softmax"])
    for split, examples in zip(
        (data.train, data.validation, data.test),
        (small_mnist.train, small_mnist.validation, small_mnist.test),
        strict=True,
    ):
        np.testing.assert_array_equal(split.images, normalization.normalize_all(examples.images / np.float32(255)))
        np.testing.assert_array_equal(split.labels, examples.labels)
