"""Divide the drawing of a known number into its digits, where only one division is possible."""

from collections.abc import Sequence
from itertools import pairwise

from model.preprocessing.geometry import Stroke, bounding_box
from model.preprocessing.segmentation import Group, groups_of_strokes

MIN_HEIGHT = 0.5
"""Smallest height of a digit, as a fraction of the drawing's height. A lower group may be a dot or part of a digit."""


def divide(strokes: Sequence[Stroke], count: int) -> list[list[Stroke]] | None:
    """Return the strokes of each of `count` digits, from left to right.

    Returns None if the division is uncertain: if no grouping of the strokes has `count` groups, if several have, if two
    groups overlap horizontally, or if a group is too low for a digit. No network takes part, because the network has
    read this number wrong.
    """
    groupings = _groupings(groups_of_strokes(strokes), count)
    if len(groupings) != 1:
        return None
    digits = [[strokes[i] for i in group.marks] for group in groupings[0]]
    boxes = [bounding_box(digit) for digit in digits]
    overlap = any(left[1][0] > right[0][0] for left, right in pairwise(boxes))
    low = min(_height(digit) for digit in digits) < MIN_HEIGHT * _height(strokes)
    return None if overlap or low else digits


def _groupings(groups: Sequence[Group], count: int) -> list[list[Group]]:
    """Return up to two groupings of `count` groups that together cover every piece exactly once."""
    # Dynamic programming: found[stop, n] holds up to two groupings of the first `stop` pieces with n groups.
    found: dict[tuple[int, int], list[list[Group]]] = {(0, 0): [[]]}
    for group in sorted(groups, key=lambda group: group.stop):
        for n in range(count):
            longer = [[*grouping, group] for grouping in found.get((group.start, n), [])]
            key = (group.stop, n + 1)
            found[key] = (found.get(key, []) + longer)[:2]
    return found.get((max((group.stop for group in groups), default=0), count), [])


def _height(strokes: Sequence[Stroke]) -> float:
    (_, top), (_, bottom) = bounding_box(strokes)
    return float(bottom - top)
