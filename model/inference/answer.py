"""The result of reading a drawing or a picture: an `Answer` with one `Reading` for each digit."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Verdict(StrEnum):
    """The decision on a drawing or on one group of its strokes."""

    DIGIT = "digit"
    UNSURE = "unsure"
    NOT_DIGIT = "not a digit"
    BLANK = "blank"


LEAST_CERTAIN_FIRST = (Verdict.NOT_DIGIT, Verdict.UNSURE, Verdict.BLANK, Verdict.DIGIT)


@dataclass(frozen=True)
class Reading:
    """The prediction for one candidate digit: a group of strokes, or of connected components of a picture.

    probabilities: the calibrated probability of each digit, given that the group is a digit. The sum is 1. If nothing
        is drawn, each probability is 0.1.
    not_digit: the probability that the group is not a digit; 0 if the network has no output for non-digits.
    verdict: the decision on this group.
    image: the network's input, a normalized image, float32 (28, 28), 0 paper, 1 ink.
    box: left, top, right and bottom as fractions of the pad's side or of the picture's sides; None if nothing is drawn.
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

    readings: at least one reading, in order from left to right.
    current: index of the reading with the stroke that was drawn last; for a picture, of the rightmost reading.
    milliseconds: the duration of each of the steps "ink", "normalization" and "network".
    """

    readings: tuple[Reading, ...]
    current: int
    milliseconds: dict[str, float]

    @property
    def reading(self) -> Reading:
        """The current reading."""
        return self.readings[self.current]

    @property
    def number(self) -> str:
        """The digits from left to right, such as "2026", with "?" for a group that is not a digit; "" for no ink."""
        if self.verdict == Verdict.BLANK:
            return ""
        return "".join("?" if reading.digit is None else str(reading.digit) for reading in self.readings)

    @property
    def verdict(self) -> Verdict:
        """The least certain verdict of all readings."""
        return self.readings[self.least_certain].verdict

    @property
    def least_certain(self) -> int:
        """Index of the reading with the least certain verdict. Of equally certain readings, the leftmost."""
        return min(range(len(self.readings)), key=lambda i: LEAST_CERTAIN_FIRST.index(self.readings[i].verdict))
