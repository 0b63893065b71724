"""The groups of a drawing that could be digits, normalized for the network."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from model.inference.answer import Doubt, SignReading
from model.inference.touching_digits import Cuts
from model.preprocessing import segmentation
from model.preprocessing.enclosures import enclosing, has_two_lines
from model.preprocessing.geometry import Stroke, bounding_box, longer_side
from model.preprocessing.normalization import normalize_all
from model.preprocessing.segmentation import Group
from model.preprocessing.signs import POINT, UNKNOWN, Row, find_signs
from model.preprocessing.strokes import rasterize

DOT = 0.03
"""Longer side of the largest drawing that is only a dot, as a fraction of the pad's side. The pen is 0.05 wide."""


@dataclass(frozen=True)
class Candidates:
    """The N groups of one drawing or picture that could be digits. All lists have the length N.

    images: the normalized image of each group, float32 (N, 28, 28).
    boxes, strokes: for each group, the values of `Reading.box` and `Reading.strokes`.
    marks: the points of each mark, to which `Group.marks` refers.
    milliseconds: the duration of the steps "ink" and "normalization".
    signs, doubt: the values of `Answer`.
    whole: the candidates with the ring or the underline, if there is one. These candidates are without it.
    is_dot: whether the drawing is only a dot, which is not a digit.
    pen: the width of the strokes whose outlines are the marks; 0 if the marks are strokes.
    cuts: returns the cuts of a group, given by its index, into two digits that touch; None for a drawing, in which the
        digits are separate strokes.
    is_doubtful: whether the paper of a picture may be the ink.
    """

    groups: list[Group]
    images: np.ndarray
    boxes: list[tuple[float, ...]]
    strokes: list[tuple[int, ...]]
    marks: Sequence[np.ndarray]
    milliseconds: dict[str, float]
    signs: tuple[SignReading, ...] = ()
    doubt: Doubt | None = None
    whole: "Candidates | None" = None
    is_dot: bool = False
    pen: float = 0.0
    cuts: Callable[[int], Cuts] | None = None
    is_doubtful: bool = False


@dataclass
class Timer:
    """Measures the duration of steps, in milliseconds."""

    milliseconds: dict[str, float] = field(default_factory=dict)
    _start: float = field(default_factory=time.perf_counter)

    def end(self, step: str) -> None:
        """End a step and start the next one."""
        now = time.perf_counter()
        self.milliseconds[step], self._start = round((now - self._start) * 1000, 3), now


def of_strokes(strokes: Sequence[Stroke]) -> Candidates:
    """Return the candidates of a drawing. Each stroke is float (P, 2), P ≥ 1, in fractions of the pad's side."""
    boxes = np.array([stroke_box([stroke]) for stroke in strokes]).reshape(-1, 4)
    ring, is_certain = enclosing(strokes, boxes) if len(strokes) <= segmentation.MAX_MARKS else (None, False)
    everything = tuple(range(len(strokes)))
    if ring is None:
        return _of_some(strokes, boxes, everything)
    whole = None if is_certain else _of_some(strokes, boxes, everything)
    return _of_some(strokes, boxes, tuple(i for i in everything if i != ring), whole)


def _of_some(
    strokes: Sequence[Stroke], boxes: np.ndarray, chosen: tuple[int, ...], whole: Candidates | None = None
) -> Candidates:
    """Return the candidates of some strokes of a drawing, given by their indices."""
    timer = Timer()
    is_scribble = len(chosen) > segmentation.MAX_MARKS
    row = Row(tuple(range(len(chosen)))) if is_scribble else find_signs(boxes[list(chosen)])
    digits = tuple(chosen[i] for i in row.digits)
    marks = [strokes[i] for i in digits]
    groups = segmentation.groups_of_strokes(marks)
    inks = [rasterize([marks[i] for i in group.marks]) for group in groups]
    group_boxes = [stroke_box([marks[i] for i in group.marks]) for group in groups]
    timer.end("ink")
    images = normalize_all(inks)
    timer.end("normalization")
    signs = tuple(_sign(sign.kind, strokes, tuple(chosen[i] for i in sign.marks)) for sign in row.signs)
    return Candidates(
        groups,
        images,
        group_boxes,
        [tuple(digits[i] for i in group.marks) for group in groups],
        marks,
        timer.milliseconds,
        signs,
        doubt_of(boxes[list(digits)], signs),
        whole,
        is_dot=bool(strokes) and longer_side(strokes) < DOT,
    )


def _sign(kind: str, strokes: Sequence[Stroke], indices: tuple[int, ...]) -> SignReading:
    return SignReading(kind, stroke_box([strokes[i] for i in indices]), indices)


def doubt_of(boxes: np.ndarray, signs: Sequence[SignReading]) -> Doubt | None:
    """Return why the answer to marks with these boxes, (N, 4), is not sure."""
    if has_two_lines(boxes):
        return Doubt.TWO_LINES
    kinds = [sign.kind for sign in signs]
    return Doubt.SIGN if UNKNOWN in kinds or kinds.count(POINT) > 1 else None  # A number has one decimal point.


def stroke_box(marks: Sequence[Stroke]) -> tuple[float, ...]:
    """Return left, top, right and bottom of the box around some marks."""
    top_left, bottom_right = bounding_box(marks)
    return (*top_left.tolist(), *bottom_right.tolist())
