"""Divide the drawing of a known number into its digits, where only one division is possible."""

from collections.abc import Sequence

import numpy as np

from model.preprocessing.geometry import Stroke
from model.preprocessing.segmentation import Group, groups_of_strokes

MIN_HEIGHT = 0.5
"""Smallest height of a digit, as a fraction of the drawing's height. A lower group may be a dot or part of a digit."""


def divide(strokes: Sequence[Stroke], count: int) -> list[list[Stroke]] | None:
    """Return the strokes of each of `count` digits, from left to right.

    Returns None if the division is uncertain: if no grouping of the strokes has `count` groups, if several have, or if
    a group is too low for a digit. No network takes part, because it has read this number wrong.
    """
    groupings = _groupings(groups_of_strokes(strokes), count)
    if len(groupings) != 1:
        return None
    digits = [[strokes[i] for i in group.marks] for group in groupings[0]]
    lowest = min(_height(digit) for digit in digits)
    return digits if lowest >= MIN_HEIGHT * _height(strokes) else None


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
    return float(np.ptp(np.concatenate(strokes)[:, 1]))
