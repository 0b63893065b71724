"""The classes of the networks: ten digits and, depending on the network, "not a digit" and "several digits"."""

import re
from collections.abc import Iterable

import numpy as np

NUM_DIGITS = 10
CLASS_NOT_DIGIT = NUM_DIGITS
"""The class of non-digits. In a network with 11 or 12 outputs, this is also the index of the output for non-digits."""
CLASS_SEVERAL = NUM_DIGITS + 1
"""The class of several digits in one image, and the index of this output in a network with 12 outputs."""
NUM_CLASSES = NUM_DIGITS + 2

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
    """Return the classes of N labels, uint8 (N,).

    A number has the class CLASS_SEVERAL. All other labels except "0" to "9" have the class CLASS_NOT_DIGIT.
    """
    return np.array([_class_of(label) for label in labels], np.uint8)


def _class_of(label: str) -> int:
    if label in DIGIT_LABELS:
        return int(label)
    return CLASS_SEVERAL if is_number(label) else CLASS_NOT_DIGIT
