"""Which marks make up which digit: a drawing of "2026" → four groups of marks, left to right.

A mark is a stroke of a drawing, or a connected part of a picture's ink; either way, points.

In three steps, as usual in reading of handwriting (Casey, Lecolinet 1996, "segmentation by recognition"): marks that
lie over one another are one piece; neighbouring pieces that nearly touch *may* belong together, and each such way of
reading them is a span; a network says how good each span is as a digit, and the best_grouping row of spans is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.preprocessing.geometry import Stroke

Mark = np.ndarray
"""Points, float (P, 2), x right, y down, in any unit, so dense that they tell how near two marks come."""

# Chosen on written numbers, digits and non-digits: `python -m model.numbers` prints how well those are read.
WIDE_GAP = 0.12  # of the drawing's height: pieces that lie further apart are never one digit
TOUCHING = 0.04  # of the drawing's height: ink that lies nearer than this touches
MOST_MARKS = 64  # more are no number, but a scribble
LONGEST_SPAN = 3  # pieces; no digit falls into more
GROUP_COST = 0.25  # nats that each group costs, so that one 4 is likelier than an L and a 1
REFUSAL_COST = 3.0  # nats that a group costs besides when it is no digit


@dataclass(frozen=True)
class Group:
    """Pieces first … last (excluded) as one group, and the numbers of its marks, lowest first.

    whole: a single piece, or pieces whose ink touches: only such a group may be no digit.
    """

    first: int
    last: int
    marks: tuple[int, ...]
    whole: bool


def mark_from_stroke(points: Stroke, count: int = 60) -> Mark:
    """A stroke (P, 2), P ≥ 1, as a mark: `count` points evenly along it, and the four where it reaches furthest."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    places = np.linspace(0, along[-1], count)
    between = np.stack([np.interp(places, along, points[:, axis]) for axis in (0, 1)], axis=1)
    return np.concatenate([between, points[points.argmin(axis=0)], points[points.argmax(axis=0)]])


def candidate_groups(marks: Sequence[Mark]) -> list[Group]:
    """All groups that could be a digit, each piece alone among them; none of no marks."""
    pieces = _pieces(marks)
    if not pieces:
        return []
    boxes = [_across(np.concatenate([marks[i] for i in piece])) for piece in pieces]
    height = _height(marks)
    found = []
    for first in range(len(pieces)):
        whole, right = True, boxes[first][1]
        for last in range(first + 1, min(first + LONGEST_SPAN, len(pieces)) + 1):
            if last - first > 1:
                if boxes[last - 1][0] - right > WIDE_GAP * height:
                    break
                whole &= _distance(marks, pieces[last - 2], pieces[last - 1]) <= TOUCHING * height
                right = max(right, boxes[last - 1][1])
            found.append(Group(first, last, tuple(sorted(sum(pieces[first:last], []))), bool(whole)))
    return found


def best_grouping(spans: Sequence[Group], probabilities: np.ndarray, no_digit: np.ndarray) -> list[int]:
    """Which spans make up the best_grouping row, left to right: their places in `spans`.

    probabilities: (N, 10), and no_digit: (N,), the probability of being none, as the network reads each span.
    """
    tiny = 1e-12
    as_digit = -np.log((1 - no_digit) * probabilities.max(axis=1) + tiny)
    as_other = np.where([span.whole for span in spans], REFUSAL_COST - np.log(no_digit + tiny), np.inf)
    costs = GROUP_COST + np.minimum(as_digit, as_other)
    rows: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for place in sorted(range(len(spans)), key=lambda place: spans[place].last):
        span = spans[place]
        cost, row = rows[span.first]
        if span.last not in rows or cost + costs[place] < rows[span.last][0]:
            rows[span.last] = cost + float(costs[place]), [*row, place]
    return rows[max(rows)][1]


def _pieces(marks: Sequence[Mark]) -> list[list[int]]:
    """Marks that lie over one another, together; left to right by the middle of their boxes.

    The widest comes first; a mark whose middle lies within a piece joins it.
    """
    if len(marks) > MOST_MARKS:
        return [list(range(len(marks)))]
    ends = [_across(mark) for mark in marks]
    pieces: list[tuple[list[int], float, float]] = []
    for i in sorted(range(len(marks)), key=lambda i: ends[i][0] - ends[i][1]):
        left, right = ends[i]
        for at, (members, low, high) in enumerate(pieces):
            if low <= (left + right) / 2 <= high:
                pieces[at] = [*members, i], min(low, left), max(high, right)
                break
        else:
            pieces.append(([i], left, right))
    return [members for members, _, _ in sorted(pieces, key=lambda piece: piece[1] + piece[2])]


def _across(points: np.ndarray) -> tuple[float, float]:
    return float(points[:, 0].min()), float(points[:, 0].max())


def _height(marks: Sequence[Mark]) -> float:
    """Of the drawing; of a row of dashes, a tenth of its width."""
    width, height = np.ptp(np.concatenate(marks), axis=0)
    return float(max(height, width / 10))


def _distance(marks: Sequence[Mark], one: list[int], other: list[int]) -> float:
    """From the nearest point of one piece to the other's."""
    first, second = (np.concatenate([marks[i] for i in piece]) for piece in (one, other))
    return float(np.sqrt(((first[:, None] - second[None]) ** 2).sum(axis=2).min()))
