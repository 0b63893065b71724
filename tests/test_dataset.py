"""What a recipe learns from and is chosen by."""

import dataclasses

import numpy as np
import pytest

from model.inference import backend

backend.load_tensorflow()

from model.classes import CLASS_NOT_DIGIT
from model.data import dataset
from model.recipes import RECIPES
from model.synthetic import generator


def test_handwriting_is_digits_with_their_labels_and_then_non_digits():
    written = dataset.generate(digits=30, others=10, seed=5)
    images, labels = generator.digit_images(30, 5)
    np.testing.assert_array_equal(written.labels, [*labels, *[CLASS_NOT_DIGIT] * 10])
    np.testing.assert_allclose(written.images[:30] * 255, images, atol=1e-4)
    assert written.images.dtype == np.float32 and written.images.max() <= 1


@pytest.fixture(scope="module")
def data():
    return dataset.load(dataclasses.replace(RECIPES["digits"], synthetic_digits=40, synthetic_non_digits=20))


def test_digits_learns_from_both_and_is_chosen_by_both(data):
    assert [len(source.labels) for source in data.sources] == [55_000, 60]
    assert len(data.all_validation.labels) == 5_000 + 60
    assert set(np.unique(data.all_validation.labels)) == set(range(11))


def test_what_validates_is_not_what_is_learned(data):
    learned = {image.tobytes() for image in data.synthetic.images}
    assert learned.isdisjoint(image.tobytes() for image in data.synthetic_validation.images)


def test_tutorials_learn_from_mnist_alone():
    data = dataset.load(RECIPES["softmax"])
    assert len(data.sources) == 1 and data.all_validation is data.validation
    assert data.train.labels.max() == 9
