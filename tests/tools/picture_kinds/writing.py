"""Numbers written with synthetic digits. Only digits that the network reads as drawings are used.

So the tables measure how pictures are read, without the mistakes of the network on the same digits as strokes.
"""

from dataclasses import dataclass

import numpy as np

from model.inference.answer import Verdict
from model.inference.classifier import Classifier
from model.preprocessing.geometry import Stroke, bounding_box, resample
from model.synthetic import generator

POOL = 1_500
"""Number of synthetic digits to choose from."""
DENSE = 40
"""Number of points on each stroke when the distance of digits is measured."""


class Writing:
    """A pool of synthetic digits."""

    def __init__(self, classifier: Classifier, seed: int, count: int = POOL):
        rng = np.random.default_rng([seed, 23])
        drawn = [(i % 10, generator.sample_digit(i % 10, rng)) for i in range(count)]
        answers = classifier.read_drawings([strokes for _, strokes in drawn])
        self.digits: dict[int, list[list[Stroke]]] = {digit: [] for digit in range(10)}
        for (digit, strokes), answer in zip(drawn, answers, strict=True):
            if (answer.number, answer.verdict) == (str(digit), Verdict.DIGIT):
                self.digits[digit].append(_of_height_one(strokes))

    def number(self, rng: np.random.Generator, length: int, gaps: tuple[float, float] = (0.2, 0.6)) -> "Row":
        """Return a random number. gaps: the smallest and the largest gap between digits, in heights of a digit."""
        text, digits, x = "", [], 0.0
        for _ in range(length):
            digit = int(rng.integers(10))
            strokes = self.digits[digit][rng.integers(len(self.digits[digit]))]
            scale, y = rng.uniform(0.9, 1.1), rng.uniform(-0.05, 0.05)
            digits.append([scale * (stroke - [0, 0.5]) + [x, 0.5 + y] for stroke in strokes])
            x = bounding_box(digits[-1])[1][0] + rng.uniform(*gaps)
            text += str(digit)
        return Row(text, digits)

    def touching(self, rng: np.random.Generator, overlap: float) -> "Row":
        """Return two digits whose strokes come as near as `overlap`, in heights of a digit."""
        row = self.number(rng, 2, (1.0, 1.0))
        one, two = (np.concatenate([resample(stroke, DENSE) for stroke in digit]) for digit in row.digits)
        for move in np.arange(0, 2.0, 0.01):
            moved = two - [move, 0]
            if np.hypot(*(one[:, None] - moved).transpose(2, 0, 1)).min() <= overlap:
                break
        return Row(row.text, [row.digits[0], [stroke - [move, 0] for stroke in row.digits[1]]])


@dataclass(frozen=True)
class Row:
    """A number in a row. A digit is about 1 unit high.

    text: the number. digits: the strokes of each digit. signs: the strokes of signs between the digits.
    """

    text: str
    digits: list[list[Stroke]]
    signs: tuple[Stroke, ...] = ()

    @property
    def strokes(self) -> list[Stroke]:
        """The strokes of all digits."""
        return sum(self.digits, [])

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        low, high = bounding_box([*self.strokes, *self.signs])
        return (*map(float, low), *map(float, high))

    def placed(self, left: float, top: float, height: float) -> "Row":
        """Return the row, scaled and moved. left, top: the corner of its box. height: the height of a digit."""
        corner, offset = np.array(self.box[:2]), [left, top]
        digits = [[(stroke - corner) * height + offset for stroke in digit] for digit in self.digits]
        return Row(self.text, digits, tuple((stroke - corner) * height + offset for stroke in self.signs))


def _of_height_one(strokes: list[Stroke]) -> list[Stroke]:
    low, high = bounding_box(strokes)
    return [(stroke - low) / max(high[1] - low[1], 0.5 * (high - low).max()) for stroke in strokes]
