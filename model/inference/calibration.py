"""Calibration: turn logits into calibrated probabilities. Fit the temperature and the thresholds of the verdicts."""

from typing import NamedTuple

import numpy as np

from model.classes import CLASS_SEVERAL, NUM_DIGITS

SURE_ACCURACY = 0.999
"""Required accuracy, on the accepted digits of the validation data, of the answers that are sure."""
MAX_REJECTED = 0.01
"""Largest share of the digits of the validation data that may be rejected."""


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return probabilities, float64 (N, K), from logits (N, K) divided by the temperature. Each row sums to 1."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


class Probabilities(NamedTuple):
    """The calibrated probabilities of N images.

    digits: the probability of each digit, given that the image is one digit, (N, 10). Each row sums to 1.
    not_digit: the probability that the image is not one digit, but a non-digit or several digits, (N,).
    several: the probability that the image is several digits, (N,); None if the network has no output for this class.
    features: the features of the images, float32 (N, FEATURES); None if they were not requested.
    """

    digits: np.ndarray
    not_digit: np.ndarray
    several: np.ndarray | None = None
    features: np.ndarray | None = None

    def rows(self, chosen: slice) -> "Probabilities":
        """Return the probabilities of some of the images."""
        return Probabilities(*(None if part is None else part[chosen] for part in self))


def calibrated(logits: np.ndarray, temperature: float) -> Probabilities:
    """Return the probabilities of N images. `logits`: (N, 10, 11 or 12). With 10 outputs, `not_digit` is 0."""
    digits, every = softmax(logits[:, :NUM_DIGITS], temperature), softmax(logits, temperature)
    several = every[:, CLASS_SEVERAL] if logits.shape[1] > CLASS_SEVERAL else None
    # A sum of two rounded probabilities can be slightly above 1.
    return Probabilities(digits, np.minimum(every[:, NUM_DIGITS:].sum(axis=1), 1), several)


def fit_calibration(logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the calibration: `temperature`, `confidence_threshold` and `rejection_threshold`.

    logits: the network's logits for the validation data, (N, 10, 11 or 12).
    labels: the classes of the validation data, (N,): digits, CLASS_NOT_DIGIT or CLASS_SEVERAL.
    """
    is_digit = labels < NUM_DIGITS
    temperature = fit_temperature(logits[is_digit, :NUM_DIGITS], labels[is_digit])
    found = calibrated(logits, temperature)
    rejection_threshold = fit_rejection_threshold(found.not_digit[is_digit], found.not_digit[~is_digit])
    is_accepted = is_digit & (found.not_digit <= rejection_threshold)
    confidence = (1 - found.not_digit) * found.digits.max(axis=1)
    is_correct = found.digits.argmax(axis=1) == labels
    return {
        "temperature": temperature,
        "confidence_threshold": fit_confidence_threshold(confidence[is_accepted], is_correct[is_accepted]),
        "rejection_threshold": rejection_threshold,
    }


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature, 0.01 to 100, that minimizes the negative log-likelihood of the labels.

    logits: float (N, 10). labels: the true digits, int (N,).
    As a function of 1/temperature, the negative log-likelihood is convex. Therefore, its derivative is 0 only at the
    minimum, and bisection finds this point.
    Source: Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks".
    """
    logits = np.asarray(logits, np.float64)
    label_logits = logits[np.arange(len(labels)), labels]
    low, high = np.log(0.01), np.log(100.0)
    for _ in range(40):
        middle = (low + high) / 2
        expected_logits = (softmax(logits, np.exp(middle)) * logits).sum(axis=1)
        too_high = np.mean(label_logits - expected_logits) > 0
        low, high = (low, middle) if too_high else (middle, high)
    return float(np.exp((low + high) / 2))


def fit_confidence_threshold(confidence: np.ndarray, is_correct: np.ndarray) -> float:
    """Return the lowest threshold, at least 0.5, for which sure answers are accurate enough.

    An answer is sure if its confidence is at or above the threshold. The share of sure answers that are correct must be
    at least SURE_ACCURACY. Returns 1 if no threshold achieves this.
    confidence: for each of N accepted digits, the probability that it is a digit, and this one, (N,).
    is_correct: whether each answer is correct, bool (N,).
    """
    order = np.argsort(-confidence)
    accurate = np.flatnonzero(np.cumsum(is_correct[order]) >= SURE_ACCURACY * np.arange(1, len(order) + 1))
    return float(max(0.5, confidence[order][accurate[-1]])) if len(accurate) else 1.0


def fit_rejection_threshold(digits: np.ndarray, non_digits: np.ndarray) -> float:
    """Return 0.5, or a higher threshold if 0.5 would reject more than MAX_REJECTED of the digits.

    With 0.5, a drawing is rejected if it is more probably not one digit than one.
    digits: the probability of "not one digit" for each of N digits, (N,).
    non_digits: this probability for each of M drawings that are not one digit, (M,).
    A drawing is rejected if this probability is above the threshold. If there are no such drawings, or if the network
    has no output for them, the result is 1, which rejects nothing.
    """
    if not non_digits.any():
        return 1.0
    return max(0.5, float(np.quantile(digits, 1 - MAX_REJECTED, method="inverted_cdf")))
