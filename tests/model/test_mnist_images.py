"""MNIST's images pass through the normalization of drawings and of pictures nearly unchanged."""

import numpy as np
import pytest
from PIL import Image

from model.preprocessing import normalization
from tests.helpers.pictures import difference, saved


def test_mnist_images_are_unchanged_by_normalization(mnist):
    images = mnist.test.images / np.float32(255)
    same = (normalization.normalize_all(images) == images).all(axis=(1, 2))
    assert same.mean() >= 0.999


@pytest.mark.parametrize("inverted", [False, True])
def test_mnist_images_are_nearly_unchanged_as_pictures(inverted, mnist):
    images = mnist.test.images[:300]
    found = [difference(saved(Image.fromarray(255 - i if inverted else i)), i / 255) for i in images]
    assert np.mean(found) < 0.002
    assert max(found) < 0.01


def test_an_mnist_image_is_read_as_one_digit(classifier, mnist):
    images = mnist.validation.images[:100]
    counts = [len(classifier.read_picture(Image.fromarray(image)).readings) for image in images]
    assert counts.count(1) >= 99
