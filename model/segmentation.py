"""Which strokes make up which digit: a drawing of "2026" → four groups of strokes, left to right.

In three steps, as usual in reading of handwriting (Casey, Lecolinet 1996, "segmentation by recognition"): strokes that
lie over one another are one piece; neighbouring pieces that nearly touch *may* belong together, and each such way of
reading them is a span; a network says how good each span is as a digit, and the best row of spans is taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.ink import Stroke

# Chosen on written numbers, digits and non-digits: `python -m model.numbers` prints how well those are read.
WIDE_GAP = 0.12  # of the drawing's height: pieces that lie further apart are never one digit
TOUCHING = 0.04  # of the drawing's height: ink that lies nearer than this touches
MOST_STROKES = 64  # more are no number, but a scribble
LONGEST_SPAN = 3  # pieces; no digit falls into more
GROUP_COST = 0.25  # nats that each group costs, so that one 4 is likelier than an L and a 1
REFUSAL_COST = 3.0  # nats that a group costs besides when it is no digit


@dataclass(frozen=True)
class Span:
    """Pieces first … last (excluded) as one group, and the numbers of its strokes in the order of drawing.

    whole: a single piece, or pieces whose ink touches: only such a group may be no digit.
    """

    first: int
    last: int
    strokes: tuple[int, ...]
    whole: bool


def spans(strokes: Sequence[Stroke]) -> list[Span]:
    """All groups that could be a digit of the drawing, each piece alone among them; none of no strokes.

    strokes: float (P, 2) each, P ≥ 1, in any unit.
    """
    pieces = _pieces(strokes)
    if not pieces:
        return []
    boxes = [_across(np.concatenate([strokes[i] for i in piece])) for piece in pieces]
    height = _height(strokes)
    found = []
    for first in range(len(pieces)):
        whole, right = True, boxes[first][1]
        for last in range(first + 1, min(first + LONGEST_SPAN, len(pieces)) + 1):
            if last - first > 1:
                if boxes[last - 1][0] - right > WIDE_GAP * height:
                    break
                whole &= _distance(strokes, pieces[last - 2], pieces[last - 1]) <= TOUCHING * height
                right = max(right, boxes[last - 1][1])
            found.append(Span(first, last, tuple(sorted(sum(pieces[first:last], []))), bool(whole)))
    return found


def best(spans: Sequence[Span], probabilities: np.ndarray, no_digit: np.ndarray) -> list[int]:
    """Which spans make up the best row, left to right: their places in `spans`.

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


def _pieces(strokes: Sequence[Stroke]) -> list[list[int]]:
    """Strokes that lie over one another, together; left to right by the middle of their boxes.

    The widest comes first; a stroke whose middle lies within a piece joins it.
    """
    if len(strokes) > MOST_STROKES:
        return [list(range(len(strokes)))]
    ends = [_across(stroke) for stroke in strokes]
    pieces: list[tuple[list[int], float, float]] = []
    for i in sorted(range(len(strokes)), key=lambda i: ends[i][0] - ends[i][1]):
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


def _height(strokes: Sequence[Stroke]) -> float:
    """Of the drawing; of a row of dashes, a tenth of its width."""
    width, height = np.ptp(np.concatenate(strokes), axis=0)
    return float(max(height, width / 10))


def _distance(strokes: Sequence[Stroke], one: list[int], other: list[int]) -> float:
    """From the nearest point of one piece to the other, along both ways of the pen."""
    first, second = (np.concatenate([_dense(strokes[i]) for i in piece]) for piece in (one, other))
    return float(np.sqrt(((first[:, None] - second[None]) ** 2).sum(axis=2).min()))


def _dense(points: np.ndarray, count: int = 60) -> np.ndarray:
    """`count` points along a stroke, evenly."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    places = np.linspace(0, along[-1], count)
    return np.stack([np.interp(places, along, points[:, axis]) for axis in (0, 1)], axis=1)
