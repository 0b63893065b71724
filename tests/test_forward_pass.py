"""One look at what is clear, five at what is not."""

import numpy as np
import pytest
from hand import DIGITS

from model.inference import backend, calibration, forward_pass
from model.preprocessing import augmentation, normalization
from model.preprocessing.strokes import rasterize

backend.load_tensorflow()

import keras  # noqa: E402  TensorFlow first, quietly.

from model.inference.classifier import Classifier
from model.inference.forward_pass import ForwardPass


class Halves:
    """A network that compares the ink of the left half with that of the right one: ten outputs, two of them alive."""

    output_shape = (None, 10)

    def __init__(self, sharpness: float):
        self.sharpness = sharpness

    def __call__(self, images, training):
        ops = keras.ops
        more = ops.sum(images[:, :, :14], axis=(1, 2)) - ops.sum(images[:, :, 14:], axis=(1, 2))
        sides = ops.stack([self.sharpness * more, -self.sharpness * more], axis=1)
        return ops.concatenate([sides, -99.0 + ops.zeros_like(images[:, :8, 0])], axis=1)


def digits(*names: int) -> np.ndarray:
    drawings = [[np.array(stroke, float) for stroke in DIGITS[name]] for name in names]
    return normalization.normalize_all(map(rasterize, drawings))


def views(image: np.ndarray) -> np.ndarray:
    amounts = np.array(forward_pass.VIEWS, np.float32).T
    return np.array(augmentation.transform(np.repeat(image[None], len(forward_pass.VIEWS), axis=0), *amounts))


def test_what_is_clear_is_looked_at_once():
    images = digits(6, 7, 9)
    network = Halves(sharpness=100.0)
    np.testing.assert_array_equal(
        ForwardPass(network, test_time_augmentation=True)(images), network(images, training=False)
    )


def test_what_is_not_clear_gets_the_mean_over_itself_and_its_views():
    images = digits(0, 3, 8)
    network = Halves(sharpness=0.01)
    found = calibration.softmax(ForwardPass(network, test_time_augmentation=True)(images))
    for image, given in zip(images, found, strict=True):
        seen = calibration.softmax(np.array(network(np.concatenate([image[None], views(image)]), training=False)))
        assert len(seen) == 5 and np.ptp(seen[:, 0]) > 0.001
        np.testing.assert_allclose(given, seen.mean(axis=0), atol=1e-5)


def test_a_network_that_did_not_learn_moved_images_looks_once():
    images = digits(0, 3, 8)
    network = Halves(sharpness=0.01)
    np.testing.assert_array_equal(
        ForwardPass(network, test_time_augmentation=False)(images), network(images, training=False)
    )


def test_only_the_unclear_ones_of_several_are_looked_at_again():
    clear, unclear = 10 * np.eye(28, dtype=np.float32)[:14].repeat(2, axis=0), digits(8)[0]
    network = Halves(sharpness=0.01)
    once, twice = (
        ForwardPass(network, test_time_augmentation)(np.stack([clear, unclear]))
        for test_time_augmentation in (False, True)
    )
    np.testing.assert_array_equal(once[0], twice[0])
    assert np.abs(calibration.softmax(once)[1] - calibration.softmax(twice)[1]).max() > 1e-4


def test_a_view_is_moved_by_less_than_a_pixel_and_loses_no_ink():
    [image] = digits(5)
    for view in views(image):
        assert view.sum() == pytest.approx(image.sum(), rel=0.02)
        assert 0.5 < np.corrcoef(view.ravel(), image.ravel())[0, 1] < 0.999


@pytest.mark.parametrize("count", [1, 7])
def test_any_number_of_images_is_answered_in_parts_as_in_one_go(count, monkeypatch):
    images = np.random.default_rng(1).random((count, 28, 28), np.float32)
    network = Classifier.load().logits
    whole = network(images)
    assert whole.shape == (count, 11)
    monkeypatch.setattr(forward_pass, "BATCH", 3)
    np.testing.assert_allclose(network(images), whole, atol=1e-4)


def test_logarithms_stay_finite_where_a_class_is_impossible():
    """A probability of nought would be an infinite logit, and its temperature not a number."""
    assert np.isfinite(ForwardPass(Halves(sharpness=0.01), test_time_augmentation=True)(digits(8))).all()
