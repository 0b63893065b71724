"""The result for a drawing or picture: an `Answer`. It has one `Reading` (a prediction) for each digit or non-digit."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Verdict(StrEnum):
    """The decision on a drawing, or on one group of strokes of a drawing.

    UNSURE: a digit, but its probability, (1 - not_digit) · probability, is below the confidence threshold.
    """

    DIGIT = "digit"
    UNSURE = "unsure"
    NOT_DIGIT = "not a digit"
    BLANK = "blank"


LEAST_CERTAIN_FIRST = (Verdict.NOT_DIGIT, Verdict.UNSURE, Verdict.BLANK, Verdict.DIGIT)


@dataclass(frozen=True)
class Reading:
    """The prediction for one group that could be a digit: strokes of a drawing, or connected components of a picture.

    probabilities: the calibrated probability of each digit, given that the group is a digit. The sum is 1. If nothing
        is drawn, each probability is 0.1.
    not_digit: the probability that the group is not a digit; 0 if the network has no output for non-digits.
    verdict: the decision on this group.
    image: the network's input, a normalized image, float32 (28, 28), 0 paper, 1 ink.
    box: the bounding box of the group: left, top, right, bottom, as fractions of the pad's or the picture's sides; None
        if nothing is drawn or if only a normalized image is given.
    strokes: indices of the group's strokes in the drawing; empty for a picture.
    """

    probabilities: tuple[float, ...]
    not_digit: float
    verdict: Verdict
    image: np.ndarray
    box: tuple[float, ...] | None = None
    strokes: tuple[int, ...] = ()

    @property
    def ranking(self) -> tuple[int, ...]:
        """The ten digits in order of decreasing probability."""
        return tuple(np.argsort(self.probabilities)[::-1].tolist())

    @property
    def digit(self) -> int | None:
        """The most probable digit; None if the group is not a digit or if nothing is drawn."""
        return self.ranking[0] if self.verdict in (Verdict.DIGIT, Verdict.UNSURE) else None


@dataclass(frozen=True)
class Answer:
    """The predictions for a whole drawing or picture.

    readings: the predictions for all groups, in order from left to right; a single reading if nothing is drawn.
    current: the index of the reading whose group has the stroke that was drawn last; for a picture, the index of the
        rightmost reading.
    milliseconds: the duration of the steps "ink", "normalization" and "network".
    """

    readings: tuple[Reading, ...]
    current: int
    milliseconds: dict[str, float]

    @property
    def reading(self) -> Reading:
        """The reading with the index `current`."""
        return self.readings[self.current]

    @property
    def number(self) -> str:
        """The digits from left to right, such as "2026", with "?" for a non-digit; "" if nothing is drawn."""
        if self.verdict == Verdict.BLANK:
            return ""
        return "".join("?" if reading.digit is None else str(reading.digit) for reading in self.readings)

    @property
    def verdict(self) -> Verdict:
        """The least certain verdict of all readings."""
        return self.readings[self.least_certain].verdict

    @property
    def least_certain(self) -> int:
        """The index of the reading with the least certain verdict. If several readings have it, the leftmost counts."""
        return min(range(len(self.readings)), key=lambda i: LEAST_CERTAIN_FIRST.index(self.readings[i].verdict))
