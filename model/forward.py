"""Normalized images → a network's outputs, with a second look at what it is not sure of.

The second look is the mean over the image and four views of it, turned by 6°, slanted and shifted by less than a pixel:
a border of what the network learned that goes through one of them seldom goes through all (averaging over views:
Krizhevsky, Sutskever, Hinton 2012, "ImageNet classification with deep convolutional neural networks"). Most drawings
are clear at the first look, so it costs little.
"""

import numpy as np

from model import backend, calibration
from model.normalization import SIDE

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


class Forward:
    """Calls one network. May be called from many threads."""

    def __init__(self, network, second_look: bool):
        """`network`: (N, 28, 28) → logits (N, 10 or 11). Compiles, which takes a second or so.

        second_look: only for a network that learned turned and shifted images, else the views confuse it.
        """
        tf = backend.load_tensorflow()
        # One trace for every number of images: retracing would cost a visitor a second.
        images = tf.TensorSpec((None, SIDE, SIDE), tf.float32)
        outputs = tf.TensorSpec((None, network.output_shape[1]), tf.float32)
        self.first = tf.function(lambda images: network(images, training=False), input_signature=[images])
        self.again = tf.function(_over_views(network), input_signature=[images, outputs]) if second_look else None
        blank = np.zeros((1, SIDE, SIDE), np.float32)
        given = self.first(blank)
        if self.again:
            self.again(blank, given)

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """Normalized images (N, 28, 28), at least one → float32 (N, 10), or 11 with the output for no digit.

        Logits; where there was a second look, logarithms of probabilities, which are logits, too.
        """
        images = np.asarray(images, np.float32)
        return np.concatenate([self._look(images[at : at + BATCH]) for at in range(0, len(images), BATCH)])

    def _look(self, images: np.ndarray) -> np.ndarray:
        outputs = self.first(images).numpy()
        if self.again:
            unsure = calibration.softmax(outputs).max(axis=1) < CLEAR
            if unsure.any():
                outputs[unsure] = self.again(images[unsure], outputs[unsure]).numpy()
        return outputs


def _over_views(network):
    """(images (N, 28, 28), the outputs for them) → log of the mean probabilities over these and the VIEWS."""
    from keras import ops  # Here, as it loads TensorFlow, which `backend` does quietly.

    from model import augmentation

    def again(images, outputs):
        amounts = ops.repeat(ops.array(VIEWS, "float32"), ops.shape(images)[0], axis=0)
        moved = augmentation.move(ops.tile(images, (len(VIEWS), 1, 1)), *ops.unstack(amounts, axis=1))
        seen = ops.softmax(network(moved, training=False))
        seen = ops.sum(ops.reshape(seen, (len(VIEWS), -1, outputs.shape[1])), axis=0)
        # So small a number is lost in any probability that matters, and keeps the logarithm finite.
        return ops.log((ops.softmax(outputs) + seen) / (len(VIEWS) + 1) + 1e-30)

    return again
