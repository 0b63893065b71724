"""Logits → probabilities that mean what they say, and two lines, sure or unsure and digit or none. All fitted."""

import numpy as np

from model.classes import NUM_DIGITS

# Of the answers called sure, this share was right on validation.
SURE_ACCURACY = 0.999


def softmax(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Logits (N, K), divided by the temperature → probabilities, float64 (N, K), each row sums to 1."""
    scaled = np.asarray(logits, np.float64) / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def digit_probabilities(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Logits (N, 10 or 11) → for each digit the probability that it is this one, if it is one: (N, 10)."""
    return softmax(logits[:, :NUM_DIGITS], temperature)


def not_digit_probability(logits: np.ndarray, temperature: float) -> np.ndarray:
    """Logits (N, 10 or 11) → the probability of being no digit, (N,); 0 from a network that does not know of such."""
    if logits.shape[1] == NUM_DIGITS:
        return np.zeros(len(logits))
    return softmax(logits, temperature)[:, NUM_DIGITS]


def fit_calibration(logits: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """`temperature`, `confidence_threshold` and `rejection_threshold` from logits (N, 10 or 11) and labels (N,), 10 for no digit."""
    is_digit = labels < NUM_DIGITS
    digits, others, labels = logits[is_digit], logits[~is_digit], labels[is_digit]
    temperature = fit_temperature(digits[:, :NUM_DIGITS], labels)
    return {
        "temperature": temperature,
        "confidence_threshold": fit_confidence_threshold(digit_probabilities(digits, temperature), labels),
        "rejection_threshold": fit_rejection_threshold(
            *(not_digit_probability(part, temperature) for part in (digits, others))
        ),
    }


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """The temperature with the least negative log-likelihood.

    Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks". The likelihood is concave in
    1/temperature, so its slope changes sign once: bisection, between 1/100 and 100.
    """
    logits = np.asarray(logits, np.float64)
    given = logits[np.arange(len(labels)), labels]
    low, high = np.log(0.01), np.log(100.0)
    for _ in range(40):
        middle = (low + high) / 2
        expected = (softmax(logits, np.exp(middle)) * logits).sum(axis=1)
        too_flat = np.mean(given - expected) > 0
        low, high = (low, middle) if too_flat else (middle, high)
    return float(np.exp((low + high) / 2))


def fit_confidence_threshold(probabilities: np.ndarray, labels: np.ndarray, accuracy: float = SURE_ACCURACY) -> float:
    """The lowest top probability from which on answers were right as often as `accuracy`; at least 0.5.

    When not even the surest reach it, no answer is called sure: 1.
    """
    top = probabilities.max(axis=1)
    order = np.argsort(-top)
    right = (probabilities.argmax(axis=1) == labels)[order]
    good = np.flatnonzero(np.cumsum(right) >= accuracy * np.arange(1, len(right) + 1))
    return float(max(0.5, top[order][good[-1]])) if len(good) else 1.0


def fit_rejection_threshold(digits: np.ndarray, others: np.ndarray) -> float:
    """The lowest line at which no greater share of digits is refused than of non-digits accepted: equal error rates.

    digits, others: the probability of being no digit, (N,) and (M,). 1, which nothing passes, without non-digits or
    when all are 0: a network that does not know of non-digits refuses nothing.
    """
    if not others.any():
        return 1.0
    lines = np.unique(np.concatenate([digits, others]))
    digits_accepted, others_accepted = (
        np.searchsorted(np.sort(part), lines, side="right") / len(part) for part in (digits, others)
    )
    return float(lines[np.argmax(1 - digits_accepted <= others_accepted)])
