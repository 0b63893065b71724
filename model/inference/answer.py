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


class Doubt(StrEnum):
    """A reason why the answer is not sure, although each digit may be."""

    SIGN = "sign"
    LOST_PART = "lost part"
    TWO_LINES = "two lines"
    RING = "ring"


LEAST_CERTAIN_FIRST = (Verdict.NOT_DIGIT, Verdict.UNSURE, Verdict.BLANK, Verdict.DIGIT)


@dataclass(frozen=True)
class Reading:
    """The prediction for one group that could be a digit: strokes of a drawing, or connected components of a picture.

    probabilities: the calibrated probability of each digit, given that the group is a digit. The sum is 1. If nothing
        is drawn, each probability is 0.1.
    not_digit: the probability that the group is not one digit; 0 if the network has no output for non-digits.
    several: the probability that the group is several digits, a part of `not_digit`; 0 if the network has no output
        for them.
    features: the features of the image, float32 (FEATURES,); None if they were not requested.
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
    several: float = 0.0
    features: np.ndarray | None = None

    @property
    def ranking(self) -> tuple[int, ...]:
        """The ten digits in order of decreasing probability."""
        return tuple(np.argsort(self.probabilities)[::-1].tolist())

    @property
    def digit(self) -> int | None:
        """The most probable digit; None if the group is not a digit or if nothing is drawn."""
        return self.ranking[0] if self.verdict in (Verdict.DIGIT, Verdict.UNSURE) else None


@dataclass(frozen=True)
class SignReading:
    """A sign between digits. It is not a digit.

    kind: "." for a point or a comma; "?" for any other sign.
    box, strokes: the same as for a `Reading`.
    """

    kind: str
    box: tuple[float, ...]
    strokes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """The predictions for a whole drawing or picture.

    readings: the predictions for all groups, in order from left to right; a single reading if nothing is drawn.
    current: the index of the reading whose group has the stroke that was drawn last; for a picture, the index of the
        rightmost reading.
    milliseconds: the duration of the steps "ink", "normalization" and "network".
    signs: the signs between the digits, from left to right.
    doubt: why the answer is not sure as a whole; None if nothing except the readings makes it unsure.
    """

    readings: tuple[Reading, ...]
    current: int
    milliseconds: dict[str, float]
    signs: tuple[SignReading, ...] = ()
    doubt: Doubt | None = None

    @property
    def reading(self) -> Reading:
        """The reading with the index `current`."""
        return self.readings[self.current]

    @property
    def number(self) -> str:
        """The digits and signs from left to right, such as "3.14"; "" if nothing is drawn.

        A non-digit and a sign that is not a point are "?".
        """
        if self.readings[self.least_certain].verdict == Verdict.BLANK:
            return ""
        texts = ["?" if reading.digit is None else str(reading.digit) for reading in self.readings]
        if not self.signs:
            return "".join(texts)
        texts += [sign.kind for sign in self.signs]
        centers = [item.box[0] + item.box[2] for item in (*self.readings, *self.signs)]
        return "".join(texts[i] for i in np.argsort(centers, kind="stable"))

    @property
    def verdict(self) -> Verdict:
        """The least certain verdict of all readings. A doubt makes a sure answer unsure."""
        verdict = self.readings[self.least_certain].verdict
        return Verdict.UNSURE if self.doubt and verdict == Verdict.DIGIT else verdict

    @property
    def least_certain(self) -> int:
        """The index of the reading with the least certain verdict. If several readings have it, the leftmost counts."""
        return min(range(len(self.readings)), key=lambda i: LEAST_CERTAIN_FIRST.index(self.readings[i].verdict))
