"""Attribution: the contribution of each pixel to an answer of the network.

Method: integrated gradients (Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks"), from a blank
image to the given image. The sum of all contributions is approximately the log-odds of the answer for the given image,
minus the log-odds for the blank image. Pixels without ink contribute 0.
"""

import numpy as np

from model.classes import NUM_DIGITS
from model.errors import InputError
from model.inference import backend
from model.preprocessing.normalization import IMAGE_SIDE

# The gradient is computed for this number of images between the blank image and the given image. Each of them is the
# given image times a factor from 0 to 1. The factors are the squares of evenly spaced numbers. Therefore, many factors
# are near 0, where the gradient changes most. The sum of the contributions has an error of 5 %. With 16 evenly spaced
# factors, the error would be up to 40 %.
STEPS = 16


class IntegratedGradients:
    """Attribution for one network, without test-time augmentation. `attribute` is thread-safe."""

    def __init__(self, network):
        """Compile the gradients. `network` maps float32 (N, 28, 28) to logits (N, 10, 11 or 12)."""
        tf = self._tf = backend.load_tensorflow()
        self._network = network
        self._num_classes = network.output_shape[1]
        image, class_mask = tf.TensorSpec((IMAGE_SIDE, IMAGE_SIDE)), tf.TensorSpec((self._num_classes,))
        signature = [image, class_mask, class_mask]
        self._gradients = tf.function(self._integrate, input_signature=signature, autograph=False)
        self.attribute(np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32), 0)

    def attribute(self, image: np.ndarray, digit: int | None, contrast: int | None = None) -> np.ndarray:
        """Return the contribution of each pixel to an answer, float32 (28, 28), in nats of log-odds.

        image: a normalized image, (28, 28).
        digit: the answer to explain; None means "not one digit": a non-digit or several digits.
        contrast: the digit to compare the answer with. If None, a digit is compared with all other digits, and "not a
            digit" with all digits.
        Raises InputError if `digit` equals `contrast`, or if `digit` is None and the network has no output for
        non-digits.
        """
        if digit is not None and digit == contrast:
            raise InputError("A digit cannot be compared with itself; expected another digit, or null.")
        if digit is None and self._num_classes == NUM_DIGITS:
            raise InputError("This network only knows digits; it cannot explain why a drawing is not a digit.")
        classes = np.arange(self._num_classes)
        answer = classes >= NUM_DIGITS if digit is None else classes == digit
        others = (classes < NUM_DIGITS) & ~answer if contrast is None else classes == contrast
        masks = (mask.astype(np.float32) for mask in (answer, others))
        return self._gradients(np.asarray(image, np.float32), *masks).numpy()

    def _integrate(self, image, answer, others):
        """Return the integrated gradient, (28, 28), of the log-odds of the classes `answer` against `others`.

        answer, others: masks of classes, float32 (K,): 1 for the selected classes, 0 for all other classes.
        """
        tf = self._tf
        roots = ((tf.range(STEPS, dtype=tf.float32) + 0.5) / STEPS)[:, None, None]
        images = roots**2 * image
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self._network(images, training=False)
            # For a class outside the mask, add log(1e-30), which is about −69, to the logit. This excludes the class.
            own, rivals = (tf.reduce_logsumexp(logits + tf.math.log(mask + 1e-30), axis=1) for mask in (answer, others))
            log_odds = own - rivals
        return image * tf.reduce_mean(2 * roots * tape.gradient(log_odds, images), axis=0)
