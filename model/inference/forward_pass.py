"""Normalized images → a network's outputs, with a second look at what it is not sure of.

The second look is the mean over the image and four views of it, turned by 6°, slanted and shifted by less than a pixel:
a border of what the network learned that goes through one of them seldom goes through all (averaging over views:
Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural networks"). Most drawings
are clear at the first look, so it costs little.
"""

import numpy as np

from model.inference import backend, calibration

CLEAR = 0.98
"""The probability of the likeliest class from which on one look is enough."""
VIEWS = (
    # turn in radians, slant, pixels to the right, pixels down
    (0.105, 0.0, 0.8, 0.0),
    (-0.105, 0.0, -0.8, 0.0),
    (0.0, 0.1, 0.0, 0.8),
    (0.0, -0.1, 0.0, -0.8),
)
BATCH = 500
"""Images that the network takes at a time, so that any number of them fits into memory."""


class ForwardPass:
    """A compiled call of one network. Thread-safe."""

    def __init__(self, network, test_time_augmentation: bool = False):
        """Compile, which takes about a second.

        network: maps float32 (N, *inputs) to logits (N, K).
        test_time_augmentation: average over several views of unsure images. Only for a network that takes images
        (N, 28, 28) and was trained on augmented ones; others get worse.
        """
        tf = backend.load_tensorflow()
        # One signature for all batch sizes: tracing again would take a second.
        inputs = tf.TensorSpec((None, *network.input_shape[1:]), tf.float32)
        outputs = tf.TensorSpec((None, network.output_shape[1]), tf.float32)
        self._network = tf.function(lambda inputs: network(inputs, training=False), input_signature=[inputs])
        self._views = tf.function(_mean_over_views(network), input_signature=[inputs, outputs])
        self._augment = test_time_augmentation
        blank = np.zeros((1, *network.input_shape[1:]), np.float32)
        logits = self._network(blank)
        if self._augment:
            self._views(blank, logits)

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """Return logits, float32 (N, K), for inputs (N, *inputs), N ≥ 1.

        With test-time augmentation, the outputs of unsure images are logarithms of mean probabilities, which are
        logits as well.
        """
        inputs = np.asarray(inputs, np.float32)
        return np.concatenate([self._batch(inputs[start : start + BATCH]) for start in range(0, len(inputs), BATCH)])

    def _batch(self, inputs: np.ndarray) -> np.ndarray:
        outputs = self._network(inputs).numpy()
        if self._augment:
            unsure = calibration.softmax(outputs).max(axis=1) < CLEAR
            if unsure.any():
                outputs[unsure] = self._views(inputs[unsure], outputs[unsure]).numpy()
        return outputs


def _mean_over_views(network):
    """(images (N, 28, 28), the outputs for them) → log of the mean probabilities over these and the VIEWS."""
    from keras import ops  # Here, as it loads TensorFlow, which `backend` does quietly.

    from model.preprocessing import augmentation

    def again(images, outputs):
        amounts = ops.repeat(ops.array(VIEWS, "float32"), ops.shape(images)[0], axis=0)
        moved = augmentation.transform(ops.tile(images, (len(VIEWS), 1, 1)), *ops.unstack(amounts, axis=1))
        seen = ops.softmax(network(moved, training=False))
        seen = ops.sum(ops.reshape(seen, (len(VIEWS), -1, outputs.shape[1])), axis=0)
        # So small a number is lost in any probability that matters, and keeps the logarithm finite.
        return ops.log((ops.softmax(outputs) + seen) / (len(VIEWS) + 1) + 1e-30)

    return again
