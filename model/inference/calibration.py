"""Calibration: turn logits into calibrated probabilities. Fit the temperature and the thresholds of the verdicts."""

import numpy as np

from model.classes import NUM_DIGITS

CONFIDENT_ACCURACY = 0.999
"""Required accuracy, on validation data, of all answers with a probability at or above the confidence threshold."""


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return probabilities, float64 (N, K), from logits (N, K) divided by the temperature. Each row sums to 1."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def digit_probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return the probability of each digit, (N, 10), given that the image is a digit. `logits`: (N, 10 or 11)."""
    return softmax(logits[:, :NUM_DIGITS], temperature)


def not_digit_probability(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Return the probability that each image is not a digit, (N,). `logits`: (N, 10 or 11); with 10, return zeros."""
    if logits.shape[1] == NUM_DIGITS:
        return np.zeros(len(logits))
    return softmax(logits, temperature)[:, NUM_DIGITS]


def fit_calibration(logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the calibration: `temperature`, `confidence_threshold` and `rejection_threshold`.

    logits: the network's logits for the validation data, (N, 10 or 11).
    labels: the classes of the validation data, (N,); CLASS_NOT_DIGIT for non-digits.
    """
    is_digit = labels < NUM_DIGITS
    digits, non_digits, labels = logits[is_digit], logits[~is_digit], labels[is_digit]
    temperature = fit_temperature(digits[:, :NUM_DIGITS], labels)
    return {
        "temperature": temperature,
        "confidence_threshold": fit_confidence_threshold(digit_probabilities(digits, temperature), labels),
        "rejection_threshold": fit_rejection_threshold(
            not_digit_probability(digits, temperature), not_digit_probability(non_digits, temperature)
        ),
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


def fit_confidence_threshold(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the lowest threshold, at least 0.5, for which confident answers are accurate enough.

    An answer is confident if the probability of the most probable digit is at or above the threshold. The accuracy of
    the confident answers must be at least CONFIDENT_ACCURACY. Returns 1 if no threshold achieves this.
    probabilities: the probability of each digit, (N, 10). labels: the true digits, (N,).
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(-confidence)
    correct = (probabilities.argmax(axis=1) == labels)[order]
    accurate = np.flatnonzero(np.cumsum(correct) >= CONFIDENT_ACCURACY * np.arange(1, len(correct) + 1))
    return float(max(0.5, confidence[order][accurate[-1]])) if len(accurate) else 1.0


def fit_rejection_threshold(digits: np.ndarray, non_digits: np.ndarray) -> float:
    """Return the equal-error-rate threshold: the false rejection rate is nearly equal to the false acceptance rate.

    The result is the lowest threshold at which the share of rejected digits is not above the share of accepted
    non-digits.
    digits: the probability of "not a digit" for each of N digits, (N,).
    non_digits: the probability of "not a digit" for each of M non-digits, (M,).
    A drawing is rejected if this probability is above the threshold. If there are no non-digits, or if the network has
    no output for non-digits, the result is 1, which rejects nothing.
    """
    if not non_digits.any():
        return 1.0
    thresholds = np.unique(np.concatenate([digits, non_digits]))
    digits_accepted, non_digits_accepted = (
        np.searchsorted(np.sort(part), thresholds, side="right") / len(part) for part in (digits, non_digits)
    )
    return float(thresholds[np.argmax(1 - digits_accepted <= non_digits_accepted)])
