"""The classes of the networks: ten digits and, for networks with eleven outputs, "not a digit"."""

import re
from collections.abc import Iterable

import numpy as np

NUM_DIGITS = 10
CLASS_NOT_DIGIT = NUM_DIGITS
"""The class of non-digits. In a network with eleven outputs, this is also the index of the output for non-digits."""

DIGIT_LABELS = tuple(str(digit) for digit in range(NUM_DIGITS))
LABEL_NOT_DIGIT = "not a digit"
LABELS = (*DIGIT_LABELS, LABEL_NOT_DIGIT)
"""The labels that a drawing of one digit or of no digit can have. LABELS[i] is the label of class i."""
MAX_NUMBER_DIGITS = 10
"""Largest number of digits in a number that is a label."""


def is_number(label: object) -> bool:
    """Return whether a label is a number of 2 to MAX_NUMBER_DIGITS digits, such as "2026"."""
    return isinstance(label, str) and re.fullmatch(f"[0-9]{{2,{MAX_NUMBER_DIGITS}}}", label) is not None


def is_label(label: object) -> bool:
    """Return whether a correction can have this label: one of LABELS, or a number."""
    return label in LABELS or is_number(label)


def classes_of(labels: Iterable[str]) -> np.ndarray:
    """Return the classes of N labels, uint8 (N,). All labels except "0" to "9" have the class CLASS_NOT_DIGIT."""
    return np.array([int(label) if label in DIGIT_LABELS else CLASS_NOT_DIGIT for label in labels], np.uint8)
