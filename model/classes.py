"""The classes of the networks: ten digits and, for networks with eleven outputs, "not a digit"."""

from collections.abc import Iterable

import numpy as np

NUM_DIGITS = 10
CLASS_NOT_DIGIT = NUM_DIGITS
"""The class of non-digits. In a network with eleven outputs, this is also the index of the output for non-digits."""

DIGIT_LABELS = tuple(str(digit) for digit in range(NUM_DIGITS))
LABEL_NOT_DIGIT = "not a digit"
LABELS = (*DIGIT_LABELS, LABEL_NOT_DIGIT)
"""The labels that a drawing can have. LABELS[i] is the label of class i."""


def classes_of(labels: Iterable[str]) -> np.ndarray:
    """Return the classes of N labels, uint8 (N,). All labels except "0" to "9" have the class CLASS_NOT_DIGIT."""
    return np.array([int(label) if label in DIGIT_LABELS else CLASS_NOT_DIGIT for label in labels], np.uint8)
