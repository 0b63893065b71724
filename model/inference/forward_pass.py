"""Forward pass of a network in inference mode: from inputs to logits, with optional test-time augmentation.

Test-time augmentation averages the probabilities of an image and of four transformed copies, called views. This average
reduces errors near decision boundaries (Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep
convolutional neural networks"). It is computed only for unsure images, which are few. An image is unsure if, without
the views, the probability of the most probable class is below SINGLE_VIEW_CONFIDENCE. This probability is not
calibrated, because the calibration is fitted to the results of this module, which depend on the threshold.
"""

import functools
from collections.abc import Callable, Iterator

import numpy as np

from model.inference import backend, calibration, features
from model.inference.features import FeatureSpace

SINGLE_VIEW_CONFIDENCE = 0.98
"""If the most probable class of an image has this probability or more, test-time augmentation skips the image."""
VIEWS = (
    # The arguments of `augmentation.transform`: angle, slant, left, up. Every view has an opposite view.
    (0.105, 0.0, 0.8, 0.0),
    (-0.105, 0.0, -0.8, 0.0),
    (0.0, 0.1, 0.0, 0.8),
    (0.0, -0.1, 0.0, -0.8),
)
BATCH_SIZE = 500
"""Maximum number of inputs in one call of the network. This limits the memory that the network needs."""


class ForwardPass:
    """The compiled forward pass of one network. Thread-safe."""

    def __init__(self, network, test_time_augmentation: bool = False, space: FeatureSpace | None = None):
        """Compile the network, which takes about a second. Later changes of its weights have effect.

        network: a function from inputs, float32 (N, ...), to logits (N, K).
        test_time_augmentation: whether to average over several views of an unsure image. Use this only for a network
            that takes images (N, 28, 28) and was trained with augmentation. The accuracy of a network that was trained
            without augmentation drops.
        space: the features of the network, for `with_features`; None for a network without features.
        """
        tf = backend.load_tensorflow()
        # Use one signature for all batch sizes, because TensorFlow compiles each signature, which takes a second.
        inputs = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32)
        # Without AutoGraph, which converts Python's control flow to TensorFlow's, compilation is faster. The functions
        # have no control flow that depends on tensors.
        compiled = functools.partial(tf.function, autograph=False)
        self._network = compiled(lambda inputs: network(inputs, training=False), input_signature=[inputs])
        example = np.zeros((1, *network.input_shape[1:]), np.float32)
        logits = self._network(example)
        self._with_features = None
        if space is not None:  # TensorFlow compiles this function at its first call.
            self._with_features = compiled(features.with_features(network, space), input_signature=[inputs])
        self._views = None
        if test_time_augmentation:
            outputs = tf.TensorSpec((None, logits.shape[1]), tf.float32)
            self._views = compiled(_mean_over_views(network), input_signature=[inputs, outputs])
            self._views(example, logits)

    @property
    def has_test_time_augmentation(self) -> bool:
        """Whether `__call__` averages over several views of an unsure image."""
        return self._views is not None

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """Return the logits, float32 (N, K), of inputs, (N, ...), N ≥ 1, of any numeric dtype.

        With test-time augmentation, the logits of an unsure image are logarithms of mean probabilities. The mean is
        over the image and its VIEWS.
        """
        return np.concatenate([self._batch(batch, self._views) for batch in _batches(inputs)])

    def single_view(self, inputs: np.ndarray) -> np.ndarray:
        """Return the logits, float32 (N, K), of inputs, (N, ...), N ≥ 1, without test-time augmentation."""
        return np.concatenate([self._batch(batch) for batch in _batches(inputs)])

    def with_features(self, inputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits, as `__call__` does, and the features of the inputs without views.

        The features are float32 (N, FEATURES) and have unit length.
        """
        logits, found = [], []
        for batch in _batches(inputs):
            outputs, part = self._with_features(batch)
            logits.append(self._averaged(batch, outputs.numpy(), self._views))
            found.append(part.numpy())
        return np.concatenate(logits), np.concatenate(found)

    def _batch(self, inputs: np.ndarray, views: Callable | None = None) -> np.ndarray:
        return self._averaged(inputs, self._network(inputs).numpy(), views)

    def _averaged(self, inputs: np.ndarray, logits: np.ndarray, views: Callable | None) -> np.ndarray:
        if views is not None:
            unsure = calibration.softmax(logits).max(axis=1) < SINGLE_VIEW_CONFIDENCE
            if unsure.any():
                logits[unsure] = views(inputs[unsure], logits[unsure]).numpy()
        return logits


def _batches(inputs: np.ndarray) -> Iterator[np.ndarray]:
    """Yield the inputs in batches of at most BATCH_SIZE, float32."""
    for start in range(0, len(inputs), BATCH_SIZE):
        yield np.asarray(inputs[start : start + BATCH_SIZE], np.float32)


def _mean_over_views(network):
    """Return a function that averages over several views of each image.

    The function takes images (N, 28, 28) and the logits of these images, (N, K). It returns the logarithms, (N, K), of
    the mean probabilities over each image and its VIEWS.
    """
    # Imported here, not at the top of the file: Keras must not be imported before `backend.load_tensorflow()`.
    from keras import ops

    from model.preprocessing import augmentation

    def augmented_logits(images, logits):
        amounts = ops.repeat(ops.array(VIEWS, "float32"), ops.shape(images)[0], axis=0)
        views = augmentation.transform(ops.tile(images, (len(VIEWS), 1, 1)), *ops.unstack(amounts, axis=1))
        of_views = ops.softmax(network(views, training=False))
        total = ops.softmax(logits) + ops.sum(ops.reshape(of_views, (len(VIEWS), -1, logits.shape[1])), axis=0)
        # 1e-30 is negligible, but keeps the logarithm finite if a probability is 0.
        return ops.log(total / (len(VIEWS) + 1) + 1e-30)

    return augmented_logits
