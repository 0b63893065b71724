"""The result of reading a drawing or a picture: a verdict and one reading for each digit."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Verdict(StrEnum):
    """What a drawing, or one group of its strokes, is."""

    DIGIT = "digit"
    UNSURE = "unsure"
    NOT_DIGIT = "not a digit"
    BLANK = "blank"


@dataclass(frozen=True)
class Reading:
    """One group of strokes, or of components of a picture, as the network reads it.

    probabilities: ten calibrated probabilities that sum to 1, given that it is a digit; 0.1 each if blank.
    not_digit: probability of not being a digit; 0 for a network that distinguishes digits only.
    verdict: the verdict on this group.
    image: the normalized image that the network received, float32 (28, 28), 0 paper, 1 ink.
    box: left, top, right, bottom in fractions of the pad's or picture's sides; None if blank.
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
        """The ten digits, most probable first."""
        return tuple(np.argsort(self.probabilities)[::-1].tolist())

    @property
    def digit(self) -> int | None:
        """The most probable digit; None if the group is not a digit or blank."""
        return self.ranking[0] if self.verdict in (Verdict.DIGIT, Verdict.UNSURE) else None


@dataclass(frozen=True)
class Answer:
    """What the network makes of a whole drawing or picture.

    readings: at least one, left to right.
    current: index of the reading whose strokes were drawn last; of a picture, the rightmost.
    milliseconds: duration of each step by name: "ink", "normalization", "network".
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
        """The digits from left to right, such as "2026"; "?" for a group that is not a digit; "" if blank."""
        if self.verdict == Verdict.BLANK:
            return ""
        return "".join("?" if reading.digit is None else str(reading.digit) for reading in self.readings)

    @property
    def verdict(self) -> Verdict:
        """The least certain verdict of all readings."""
        return self.readings[self.least_certain].verdict

    @property
    def least_certain(self) -> int:
        """Index of the first reading with the least certain verdict."""
        order = (Verdict.NOT_DIGIT, Verdict.UNSURE, Verdict.BLANK, Verdict.DIGIT)
        return min(range(len(self.readings)), key=lambda index: order.index(self.readings[index].verdict))
