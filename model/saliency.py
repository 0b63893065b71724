"""Which ink decided: for each pixel, how much it spoke for an answer or against it.

Integrated gradients (Sundararajan, Taly, Yan 2017, "Axiomatic attribution for deep networks"), from blank paper to the
image: the parts add up to what the image has more than blank paper of the evidence, and only ink can have a part.
"""

from dataclasses import dataclass

import numpy as np

from model import backend, classifier, ink
from model.calibration import DIGITS
from model.normalization import SIDE

# Steps from paper to ink, at the squares of evenly spaced numbers: closer together near paper, where most networks
# change their minds. 16 of them miss the sum by a twentieth, evenly spaced ones by up to two fifths.
STEPS = 16


@dataclass(frozen=True)
class Explanation:
    """evidence: float32 (28, 28), in nats; above 0 where ink spoke for what was read, below 0 against it."""

    evidence: np.ndarray

    def as_json(self) -> dict:
        """The evidence as whole numbers, −127 … 127, the strongest at an end."""
        strongest = max(float(np.abs(self.evidence).max()), 1e-9)
        return {"evidence": np.rint(127 * self.evidence / strongest).astype(int).tolist()}


class Explainer:
    """Explains one network's outputs at the first look. Its method may be called from many threads."""

    def __init__(self, network):
        """`network`: (N, 28, 28) → logits (N, 10 or 11). Compiles and warms up, which takes a second or so."""
        self._tf = backend.load_tensorflow()
        self._network = network
        self._refuses = network.output_shape[1] > DIGITS
        signature = [self._tf.TensorSpec((SIDE, SIDE)), self._tf.TensorSpec((network.output_shape[1],))]
        self._gradient = self._tf.function(self._integrated, input_signature=[*signature, signature[1]])
        self.explain(np.zeros((SIDE, SIDE), np.float32), 0)

    def explain_drawing(self, drawing: object, digit: object, rather_than: object) -> Explanation:
        """One digit, as classifier.image_of takes it, and which digits. Raises ink.InkError."""
        for value in (digit, rather_than):
            if value is not None and not (type(value) is int and 0 <= value < DIGITS):
                raise ink.InkError(f"A digit is a whole number from 0 to 9, or null; not {str(value)[:40]}.")
        if digit is not None and digit == rather_than:
            raise ink.InkError(f"{digit} cannot be compared with itself.")
        if digit is None and not self._refuses:
            raise ink.InkError("This network knows digits alone, so it cannot say why something is none.")
        return Explanation(self.explain(classifier.image_of(drawing), digit, rather_than))

    def explain(self, image: np.ndarray, digit: int | None, rather_than: int | None = None) -> np.ndarray:
        """Normalized image (28, 28) → float32 (28, 28), above 0 where ink spoke for the answer, in nats.

        The evidence is the log-odds of `digit` against the other nine, or against one of them; of no digit (None)
        against all ten, or against one.
        """
        outputs = self._network.output_shape[1]
        answer = np.arange(outputs) == (DIGITS if digit is None else digit)
        others = np.arange(outputs) == rather_than if rather_than is not None else ~answer
        if digit is not None:
            others[DIGITS:] = False
        return self._gradient(
            np.asarray(image, np.float32), *(mask.astype(np.float32) for mask in (answer, others))
        ).numpy()

    def _integrated(self, image, answer, others):
        tf = self._tf
        root = ((tf.range(STEPS, dtype=tf.float32) + 0.5) / STEPS)[:, None, None]
        images = root**2 * image
        with tf.GradientTape() as tape:
            tape.watch(images)
            logits = self._network(images, training=False)
            # Outputs that take no part are pushed far below the others.
            rivals = tf.reduce_logsumexp(logits + tf.math.log(others + 1e-30), axis=1)
            evidence = tf.reduce_sum(logits * answer, axis=1) - rivals
        return image * tf.reduce_mean(2 * root * tape.gradient(evidence, images), axis=0)
