"""Choose the cut between two digits that touch in a picture."""

from dataclasses import dataclass

import numpy as np

from model.inference.calibration import Probabilities

SEVERAL = 0.5
"""Smallest probability of several digits of ink that is cut."""
SURE = 0.95
"""Smallest probability of each of the two digits."""
LEAST_RIVAL = 0.2
"""Smallest probability at which other digits make a cut doubtful, if they come from a cut through fewer strokes. A cut
through the loop of a zero gives a sure 7."""
MAX_CUT = 3
"""Maximum number of groups of a picture that are cut. The limit bounds the time of an answer."""


@dataclass(frozen=True)
class Cuts:
    """N cuts of the ink of one group.

    images: float32 (N, 2, 28, 28). boxes: `Reading.box` of each digit, (N, 2, 4). crossings: the number of strokes that
        each cut crosses, int (N,).
    """

    images: np.ndarray
    boxes: np.ndarray
    crossings: np.ndarray


def best_cut(found: Probabilities, crossings: np.ndarray) -> int | None:
    """Return the index of the best cut; None if no cut gives two sure digits, or if another number is likely, too.

    found: the probabilities of the digits of all cuts, with 2 rows for each cut. crossings: as in `Cuts`.
    """
    sure = ((1 - found.not_digit) * found.digits.max(axis=1)).reshape(-1, 2).min(axis=1)
    digits = found.digits.argmax(axis=1).reshape(-1, 2)
    best, is_sure = int(sure.argmax()), sure >= SURE
    if not is_sure.any():
        return None
    is_simpler = crossings < crossings[is_sure].min()
    is_rival = (digits != digits[best]).any(axis=1) & (is_sure | ((sure >= LEAST_RIVAL) & is_simpler))
    return None if is_rival.any() else best
