"""Forward pass: for an unsure image, probabilities are the mean over the image and four transformed views of it."""

import numpy as np
import pytest

from model.inference import backend, calibration, forward_pass
from model.preprocessing import augmentation, normalization
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.

from model.inference.forward_pass import ForwardPass


class Halves:
    """A fake network that compares the ink in the left half with the ink in the right half.

    Only the first two of the ten logits depend on the image. sharpness: the factor by which these two logits are
    multiplied. A large factor makes the network confident.
    """

    input_shape, output_shape = (None, 28, 28), (None, 10)

    def __init__(self, sharpness: float):
        self.sharpness = sharpness

    def __call__(self, images, training):
        ops = keras.ops
        difference = ops.sum(images[:, :, :14], axis=(1, 2)) - ops.sum(images[:, :, 14:], axis=(1, 2))
        sides = ops.stack([self.sharpness * difference, -self.sharpness * difference], axis=1)
        return ops.concatenate([sides, -99.0 + ops.zeros_like(images[:, :8, 0])], axis=1)


def digits(*names: int) -> np.ndarray:
    drawings = [[np.array(stroke, float) for stroke in DIGIT_DRAWINGS[name]] for name in names]
    return normalization.normalize_all(map(rasterize, drawings))


def views(image: np.ndarray) -> np.ndarray:
    amounts = np.array(forward_pass.VIEWS, np.float32).T
    return np.array(augmentation.transform(np.repeat(image[None], len(forward_pass.VIEWS), axis=0), *amounts))


# Test-time augmentation


def test_confident_images_are_not_augmented():
    images = digits(6, 7, 9)
    network = Halves(sharpness=100.0)
    np.testing.assert_array_equal(
        ForwardPass(network, test_time_augmentation=True)(images), network(images, training=False)
    )


def test_an_unsure_image_gets_the_mean_probabilities_over_the_image_and_its_views():
    images = digits(0, 3, 8)
    network = Halves(sharpness=0.01)
    results = calibration.softmax(ForwardPass(network, test_time_augmentation=True)(images))
    for image, result in zip(images, results, strict=True):
        expected = calibration.softmax(np.array(network(np.concatenate([image[None], views(image)]), training=False)))
        assert len(expected) == 5 and np.ptp(expected[:, 0]) > 0.001
        np.testing.assert_allclose(result, expected.mean(axis=0), atol=1e-5)


def test_without_test_time_augmentation_unsure_images_have_one_view():
    images = digits(0, 3, 8)
    network = Halves(sharpness=0.01)
    np.testing.assert_array_equal(
        ForwardPass(network, test_time_augmentation=False)(images), network(images, training=False)
    )


def test_only_the_unsure_images_of_a_batch_are_augmented():
    confident, unsure = 10 * np.eye(28, dtype=np.float32)[:14].repeat(2, axis=0), digits(8)[0]
    network = Halves(sharpness=0.01)
    without, with_views = (
        ForwardPass(network, test_time_augmentation)(np.stack([confident, unsure]))
        for test_time_augmentation in (False, True)
    )
    np.testing.assert_array_equal(without[0], with_views[0])
    assert np.abs(calibration.softmax(without)[1] - calibration.softmax(with_views)[1]).max() > 1e-4


def test_a_view_is_moved_by_less_than_a_pixel_and_keeps_its_ink():
    [image] = digits(5)
    for view in views(image):
        assert view.sum() == pytest.approx(image.sum(), rel=0.02)
        assert 0.5 < np.corrcoef(view.ravel(), image.ravel())[0, 1] < 0.999


def test_logits_stay_finite_if_a_class_has_the_probability_0():
    """The logits of an unsure image are logarithms of mean probabilities. The logarithm of 0 would be infinite."""
    assert np.isfinite(ForwardPass(Halves(sharpness=0.01), test_time_augmentation=True)(digits(8))).all()


# Inputs


@pytest.mark.parametrize("count", [1, 7])
def test_the_batch_size_does_not_change_the_logits(count, classifier, monkeypatch):
    images = np.random.default_rng(1).random((count, 28, 28), np.float32)
    logits = classifier.logits
    whole = logits(images)
    assert whole.shape == (count, 12)
    monkeypatch.setattr(forward_pass, "BATCH_SIZE", 3)
    np.testing.assert_allclose(logits(images), whole, atol=1e-4)


@pytest.mark.parametrize("shape", [(5,), (4, 4, 2)])
def test_inputs_may_have_any_shape_and_half_precision(shape, monkeypatch):
    monkeypatch.setattr(augmentation, "transform", lambda *_: pytest.fail("views are for images only"))
    network = keras.Sequential([keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(3)])
    inputs = np.random.default_rng(2).random((7, *shape)).astype(np.float16)
    logits = ForwardPass(network)(inputs)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, network(inputs.astype(np.float32)), atol=1e-6)


def test_changed_weights_take_effect_without_a_new_compilation():
    """Training changes the weights in every epoch, and measures all epochs with one compiled forward pass."""
    network = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, kernel_initializer="ones")])
    forward, inputs = ForwardPass(network), np.ones((1, 5), np.float32)
    np.testing.assert_array_equal(forward(inputs), np.full((1, 3), 5))
    network.set_weights([np.zeros((5, 3)), np.ones(3)])
    np.testing.assert_array_equal(forward(inputs), np.ones((1, 3)))
