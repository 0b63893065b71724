"""The classes that a network distinguishes: ten digits and, for some networks, "not a digit"."""

from collections.abc import Iterable

import numpy as np

NUM_DIGITS = 10
CLASS_NOT_DIGIT = NUM_DIGITS
"""Index of the output for drawings that are not digits."""

DIGIT_LABELS = tuple(str(digit) for digit in range(NUM_DIGITS))
LABEL_NOT_DIGIT = "not a digit"
LABELS = (*DIGIT_LABELS, LABEL_NOT_DIGIT)
"""The labels that a visitor can give to a drawing."""


def classes_of(labels: Iterable[str]) -> np.ndarray:
    """Return the class of each label, uint8 (N,): 0 to 9, and CLASS_NOT_DIGIT for any label that is not a digit."""
    return np.array([int(label) if label in DIGIT_LABELS else CLASS_NOT_DIGIT for label in labels], np.uint8)
