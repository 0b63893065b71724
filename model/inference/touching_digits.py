"""Choose the cut between two digits that touch in a picture."""

from dataclasses import dataclass

import numpy as np

from model.inference.calibration import Probabilities

SEVERAL = 0.5
"""Smallest probability of several digits of ink that is cut."""
SURE = 0.95
"""Smallest probability of each of the two digits."""
MAX_CUT = 3
"""Maximum number of groups of a picture that are cut. The limit bounds the time of an answer."""


@dataclass(frozen=True)
class Cuts:
    """N cuts of the ink of one group. images: float32 (N, 2, 28, 28). boxes: `Reading.box` of each digit, (N, 2, 4)."""

    images: np.ndarray
    boxes: np.ndarray


def best_cut(found: Probabilities) -> int | None:
    """Return the index of the best cut; None if no cut gives two sure digits, or if the sure cuts give other numbers.

    found: the probabilities of the digits of all cuts, with 2 rows for each cut.
    """
    sure = ((1 - found.not_digit) * found.digits.max(axis=1)).reshape(-1, 2)
    digits = found.digits.argmax(axis=1).reshape(-1, 2)
    is_sure = sure.min(axis=1) >= SURE
    if len(np.unique(digits[is_sure], axis=0)) != 1:
        return None
    return int(np.where(is_sure, sure.prod(axis=1), 0).argmax())
