"""Group the marks of a drawing or picture into digits: "2026" becomes four groups, left to right.

A mark is a stroke of a drawing or a connected component of a picture's ink. The method is segmentation by recognition
(Casey, Lecolinet 1996, "A survey of methods and strategies in character segmentation"), in three steps:

1. Join marks into pieces. Two marks belong to the same piece if they overlap horizontally by at least half the width of
   the narrower mark.
2. List all groups that could be a digit. A group is one piece, or two or three neighboring pieces with small gaps. If
   there are few pieces, the whole drawing is also a group, whatever its gaps.
3. Classify every group with the network. Choose the groups that together cover each piece once, at the lowest cost.
   Dividing the drawing is expensive if the network does not see several digits in the whole drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.preprocessing.geometry import SMALLEST_SIDE, Stroke, longer_side, path_length, resample
from model.preprocessing.strokes import RESOLUTION

Mark = np.ndarray
"""Points on a stroke or on the outline of a component: float (P, 2), x right, y down, in any unit. The points are close
together. Therefore, the smallest distance between the points of two marks is nearly the distance of the marks."""

MARK_POINTS = 60

# A drawing that exceeds one of these limits is too complex for a number. It is one scribble: all marks form one group.
# The limits bound the processor time of an answer. Synthetic numbers with 14 digits (`multidigit.compose`) have at most
# 23 marks, 45 groups and a path of 12,000 pixels.
MAX_MARKS = 40
MAX_GROUPS = 48
MAX_PATH = 16_000
"""Maximum length of the path of the pen in all groups together, in pixels of the groups' ink."""

# These values were chosen on synthetic drawings. `python -m model.evaluation.multidigit` measures how well synthetic
# numbers, digits and non-digits are read.
MAX_GAP = 0.12
"""Largest horizontal gap between neighboring pieces of a group, as a fraction of the drawing's height."""
MAX_STEM_GAP, MIN_STEM_DROP = 0.3, 0.15
"""The stem of a 4 may be farther to the right of the other stroke than MAX_GAP, up to MAX_STEM_GAP × the drawing's
height. Its top and its bottom are lower than those of the other stroke by at least MIN_STEM_DROP × this height."""
TOUCHING_DISTANCE = 0.04
"""Two pieces touch if the distance between them is at most this fraction of the drawing's height."""
MAX_PIECES = 3
"""Largest number of pieces in a group. No digit has more than three pieces."""
MANY_MARKS, MANY_PIECES = 5, 6
"""A drawing of at least MANY_MARKS marks and at most MANY_PIECES pieces could be one non-digit, such as a doodle. The
network has not learned numbers with more digits than MANY_PIECES."""
NOT_DIGIT_COST = 2.0
"""Additional cost, in nats, of a group that is taken as a non-digit."""


@dataclass(frozen=True)
class Group:
    """A group of marks that could be a digit.

    start, stop: the group consists of the pieces with indices start to stop − 1, counted from the left.
    marks: the indices of the group's marks, ascending.
    connected: whether each piece of the group touches the next piece; True for a single piece. A part of a drawing can
        be a non-digit only if it is connected.
    near: whether the gaps between the pieces of the group are small. Only the whole drawing, and a possible 4 whose
        stem does not touch the other stroke, can have large gaps.
    """

    start: int
    stop: int
    marks: tuple[int, ...]
    connected: bool
    near: bool = True


def mark_from_stroke(stroke: Stroke) -> Mark:
    """Return MARK_POINTS points at equal distances along the stroke, and four extreme points.

    The extreme points are the leftmost, top, rightmost and bottom points of the stroke. The stroke must not be empty.
    """
    extremes = stroke[stroke.argmin(axis=0)], stroke[stroke.argmax(axis=0)]
    return np.concatenate([resample(stroke, MARK_POINTS), *extremes])


def groups_of_strokes(strokes: Sequence[Stroke]) -> list[Group]:
    """Return all groups of strokes that could be a digit. A drawing that is too complex for a number is one group."""
    if len(strokes) > MAX_MARKS:
        return [_scribble(len(strokes))]
    groups = candidate_groups([mark_from_stroke(stroke) for stroke in strokes])
    return groups if _total_path(strokes, groups) <= MAX_PATH else [_scribble(len(strokes))]


def candidate_groups(marks: Sequence[Mark]) -> list[Group]:
    """Return all groups that could be a digit. Each piece alone is also a group. Returns [] if there are no marks.

    More than MAX_MARKS marks, or marks that form more than MAX_GROUPS groups, are one group.
    """
    if len(marks) > MAX_MARKS:
        return [_scribble(len(marks))]
    groups = _groups(marks, _pieces(marks))
    return groups if len(groups) <= MAX_GROUPS else [_scribble(len(marks))]


def _total_path(strokes: Sequence[Stroke], groups: Sequence[Group]) -> float:
    """Return the length of the path of the pen in the ink of all groups together, in pixels.

    A point adds at least one pixel, because it is drawn even if it is equal to the point before it.
    """
    lengths, points = [path_length([stroke]) for stroke in strokes], [len(stroke) for stroke in strokes]
    total = 0.0
    for group in groups:
        side = max(longer_side([strokes[i] for i in group.marks]), SMALLEST_SIDE)
        total += sum(lengths[i] * RESOLUTION / side + points[i] for i in group.marks)
    return total


def _scribble(count: int) -> Group:
    """Return the group of all `count` marks of a drawing that is too complex for a number."""
    return Group(0, 1, tuple(range(count)), connected=True)


def _groups(marks: Sequence[Mark], pieces: Sequence[list[int]]) -> list[Group]:
    if not pieces:
        return []
    points = [np.concatenate([marks[i] for i in piece]) for piece in pieces]
    ranges = [_x_range(each) for each in points]
    height = _height(marks)
    groups = []
    for start in range(len(pieces)):
        connected, right = True, ranges[start][1]
        for stop in range(start + 1, min(start + MAX_PIECES, len(pieces)) + 1):
            if stop - start > 1:
                if ranges[stop - 1][0] - right > MAX_GAP * height:
                    if stop - start == 2 and _is_stem(points[start], points[stop - 1], height):
                        groups.append(Group(start, stop, _marks(pieces[start:stop]), connected=False, near=False))
                    break
                connected &= _distance(marks, pieces[stop - 2], pieces[stop - 1]) <= TOUCHING_DISTANCE * height
                right = max(right, ranges[stop - 1][1])
            groups.append(Group(start, stop, _marks(pieces[start:stop]), connected))
    has_whole = any(group.stop - group.start == len(pieces) for group in groups)
    many = len(marks) >= MANY_MARKS and len(pieces) <= MANY_PIECES
    if not has_whole and (len(pieces) <= MAX_PIECES or many):
        groups.append(Group(0, len(pieces), tuple(range(len(marks))), connected=False, near=False))
    return groups


def _is_stem(left: np.ndarray, right: np.ndarray, height: float) -> bool:
    """Return whether the right piece may be the stem of a 4, and the left piece its other stroke.

    left, right: the points of the pieces, (P, 2). height: of the drawing.
    """
    drops = right[:, 1].min() - left[:, 1].min(), right[:, 1].max() - left[:, 1].max()
    gap = right[:, 0].min() - left[:, 0].max()
    return bool(gap <= MAX_STEM_GAP * height and min(drops) >= MIN_STEM_DROP * height)


def _marks(pieces: Sequence[list[int]]) -> tuple[int, ...]:
    """Return the indices of the marks of several pieces, ascending."""
    return tuple(sorted(sum(pieces, [])))


def best_grouping(
    groups: Sequence[Group], probabilities: np.ndarray, not_digit: np.ndarray, several: np.ndarray | None = None
) -> list[int]:
    """Return the indices of the groups in the best grouping, from left to right.

    The best grouping covers every piece exactly once, at the lowest total cost.
    probabilities: for each of the N groups, the probability of each digit, (N, 10).
    not_digit: for each group, the probability that it is not one digit, (N,).
    several: for each group, the probability that it is several digits, (N,); None if the network does not know it.
        This probability is a part of `not_digit`.
    """
    costs = _costs(groups, probabilities, not_digit, several)
    # Dynamic programming: best[i] holds the cost and the groups of the best grouping of the first i pieces.
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for index in sorted(range(len(groups)), key=lambda index: groups[index].stop):
        group = groups[index]
        cost, grouping = best[group.start]
        cost += costs[index]
        if group.stop not in best or cost < best[group.stop][0]:
            best[group.stop] = cost, [*grouping, index]
    return best[max(best)][1]


def _costs(
    groups: Sequence[Group], probabilities: np.ndarray, not_digit: np.ndarray, several: np.ndarray | None
) -> list[float]:
    """Return the cost of each group in nats: the cost as a digit or the cost as a non-digit, whichever is lower.

    Each cost is a negative log-likelihood. The cost as a non-digit also includes NOT_DIGIT_COST.
    """
    tiny = 1e-12
    as_digit = -np.log((1 - not_digit) * probabilities.max(axis=1) + tiny)
    non_digit = not_digit if several is None else not_digit - several
    as_non_digit = NOT_DIGIT_COST - np.log(np.maximum(non_digit, 0) + tiny)
    is_whole = np.array([group.stop - group.start == max(each.stop for each in groups) for group in groups])
    connected, near = (np.array([getattr(group, name) for group in groups]) for name in ("connected", "near"))
    if several is None:
        # Without this probability, a drawing with large gaps is always divided.
        as_digit, as_non_digit = np.where(near, as_digit, np.inf), np.where(connected, as_non_digit, np.inf)
        return np.minimum(as_digit, as_non_digit).tolist()
    too_many = np.array([group.stop - group.start > MAX_PIECES for group in groups])
    as_digit, as_non_digit = (
        np.where(too_many, np.inf, as_digit),
        np.where(connected | is_whole, as_non_digit, np.inf),
    )
    # A division of few pieces costs −log p(several digits). The same is to give this amount to the undivided drawing.
    undivided = np.where(is_whole & ~too_many, np.log(several + tiny), 0.0)
    return (np.minimum(as_digit, as_non_digit) + undivided).tolist()


def _pieces(marks: Sequence[Mark]) -> list[list[int]]:
    """Return the pieces, sorted by their centers from left to right. A piece is a list of indices of marks.

    The loop takes the marks from the widest to the narrowest. If the center of a mark is within the x range of a piece,
    the mark joins this piece. Otherwise, the mark starts a new piece.
    """
    ranges = [_x_range(mark) for mark in marks]
    pieces: list[tuple[list[int], float, float]] = []
    for i in sorted(range(len(marks)), key=lambda i: ranges[i][0] - ranges[i][1]):
        left, right = ranges[i]
        for index, (members, low, high) in enumerate(pieces):
            if low <= (left + right) / 2 <= high:
                pieces[index] = [*members, i], min(low, left), max(high, right)
                break
        else:
            pieces.append(([i], left, right))
    return [members for members, _, _ in sorted(pieces, key=lambda piece: piece[1] + piece[2])]


def _x_range(points: np.ndarray) -> tuple[float, float]:
    return float(points[:, 0].min()), float(points[:, 0].max())


def _height(marks: Sequence[Mark]) -> float:
    """Return the height of the drawing, but at least a tenth of its width.

    MAX_GAP and TOUCHING_DISTANCE are fractions of this height. Without the minimum, they would be almost 0 for a
    drawing that is almost flat, such as a row of dashes.
    """
    width, height = np.ptp(np.concatenate(marks), axis=0)
    return float(max(height, width / 10))


def _distance(marks: Sequence[Mark], one: list[int], other: list[int]) -> float:
    """Return the smallest distance between a point of the piece `one` and a point of the piece `other`."""
    first, second = (np.concatenate([marks[i] for i in piece]) for piece in (one, other))
    across, down = first[:, None, 0] - second[:, 0], first[:, None, 1] - second[:, 1]
    return float(np.sqrt((across**2 + down**2).min()))
