"""What a recipe learns from and is chosen by."""

import dataclasses

import numpy as np
import pytest

from model import backend

backend.load_tensorflow()

from model import corpus, handwriting  # noqa: E402  TensorFlow first, quietly.
from model.recipes import RECIPES  # noqa: E402


def test_handwriting_is_digits_with_their_labels_and_then_non_digits():
    written = corpus.write(digits=30, others=10, seed=5)
    images, labels = handwriting.digits(30, 5)
    np.testing.assert_array_equal(written.labels, [*labels, *[corpus.NO_DIGIT] * 10])
    np.testing.assert_allclose(written.images[:30] * 255, images, atol=1e-4)
    assert written.images.dtype == np.float32 and written.images.max() <= 1


@pytest.fixture(scope="module")
def data():
    return corpus.load(dataclasses.replace(RECIPES["digits"], written_digits=40, written_others=20))


def test_digits_learns_from_both_and_is_chosen_by_both(data):
    assert [len(source.labels) for source in data.sources] == [55_000, 60]
    assert len(data.chosen_by.labels) == 5_000 + 60
    assert set(np.unique(data.chosen_by.labels)) == set(range(11))


def test_what_validates_is_not_what_is_learned(data):
    learned = {image.tobytes() for image in data.written.images}
    assert learned.isdisjoint(image.tobytes() for image in data.written_validation.images)


def test_tutorials_learn_from_mnist_alone():
    data = corpus.load(RECIPES["softmax"])
    assert len(data.sources) == 1 and data.chosen_by is data.validation
    assert data.train.labels.max() == 9
