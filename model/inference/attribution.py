"""Attribution: how much each pixel contributed to an answer.

Method: integrated gradients from a blank image to the image (Sundararajan, Taly, Yan 2017, "Axiomatic attribution for
deep networks"). The contributions sum to the difference in log-odds between the two, and pixels without ink have none.
"""

import numpy as np

from model.classes import CLASS_NOT_DIGIT, NUM_DIGITS
from model.errors import InputError
from model.inference import backend
from model.preprocessing.normalization import IMAGE_SIDE

# Steps lie at the squares of evenly spaced numbers, as gradients change most near the blank image. With 16 of them the
# sum is off by 5 %; with 16 evenly spaced steps, by up to 40 %.
STEPS = 16


class IntegratedGradients:
    """Attribution for one network, without test-time augmentation. `attribute` is thread-safe."""

    def __init__(self, network):
        """Compile. `network` maps float32 (N, 28, 28) to logits (N, 10 or 11)."""
        self._tf = backend.load_tensorflow()
        self._network = network
        self._num_outputs = network.output_shape[1]
        masks = self._tf.TensorSpec((self._num_outputs,))
        signature = [self._tf.TensorSpec((IMAGE_SIDE, IMAGE_SIDE)), masks, masks]
        self._gradients = self._tf.function(self._integrate, input_signature=signature)
        self.attribute(np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32), 0)

    def attribute(self, image: np.ndarray, digit: int | None, contrast: int | None = None) -> np.ndarray:
        """Return the contribution of each pixel to an answer, float32 (28, 28), in nats of log-odds.

        image: normalized, (28, 28). digit: the answer; None means "not a digit".
        contrast: compare the answer with this digit only; None compares it with all others. A digit is compared with
        digits only.
        Raises InputError if the answer is compared with itself, or is "not a digit" and the network has no such output.
        """
        if digit is not None and digit == contrast:
            raise InputError(f"{digit} cannot be compared with itself.")
        if digit is None and self._num_outputs == NUM_DIGITS:
            raise InputError("This network only knows digits; it cannot explain why a drawing is not a digit.")
        classes = np.arange(self._num_outputs)
        answer = classes == (CLASS_NOT_DIGIT if digit is None else digit)
        others = ~answer if contrast is None else classes == contrast
        if digit is not None:
            others[NUM_DIGITS:] = False
        masks = (mask.astype(np.float32) for mask in (answer, others))
        return self._gradients(np.asarray(image, np.float32), *masks).numpy()

    def _integrate(self, image, answer, others):
        tf = self._tf
        root = ((tf.range(STEPS, dtype=tf.float32) + 0.5) / STEPS)[:, None, None]
        images = root**2 * image
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self._network(images, training=False)
            # Adding log(1e-30) removes the outputs outside the mask.
            rivals = tf.reduce_logsumexp(logits + tf.math.log(others + 1e-30), axis=1)
            log_odds = tf.reduce_sum(logits * answer, axis=1) - rivals
        return image * tf.reduce_mean(2 * root * tape.gradient(log_odds, images), axis=0)
