"""Find the small signs in a row of digits, such as the point in 3.14, and ignore stray dots.

A sign is small beside the digits and stands between two of them. A point or a comma stands at the foot of the row. All
other signs are unknown: the answer has a "?" for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

POINT, UNKNOWN = ".", "?"
"""The kinds of signs. A comma is a point, too."""

# All lengths are fractions of the height of the digits beside the sign.
SMALL, NARROW = 0.35, 0.25
"""Largest height of a sign, and largest width of a point or of a comma. A comma is about 0.2 high. A higher mark is a
digit or a part of one, such as a loop of an 8."""
SMALLEST = 0.04
"""Smallest side of a sign. What is smaller is dust."""
GAP = 0.05
"""Smallest horizontal distance of an unknown sign from the digits, and smallest distance of a dot above or below a
stroke. A part of a digit, such as a flag, is nearer. A dot that is nearer in height is beside the stroke."""
FLAT = 0.8
"""Largest width of a sign, such as a dash."""
LOW, BELOW = 0.5, 0.35
"""A point begins below LOW × the height, from the top, and ends at most BELOW above or under the foot of the digits."""
DOT = 0.2
"""Largest side of a stray dot."""
FAR = 0.2
"""A dot above or below the digits is stray if it is farther away than this."""
ATTACHED, ASIDE = 1.0, 0.3
"""A dot above or below a single stroke belongs to it, as in ! and ?, if it is at most this far away and to the side."""
BESIDE = 0.25
"""A sign is between two digits if its center is at most this fraction of their width inside the box of a digit."""

Boxes = np.ndarray
"""Boxes of N marks: left, top, right, bottom, (N, 4), in any unit that is equal in x and y."""


@dataclass(frozen=True)
class Sign:
    """A sign that is not a digit. kind: POINT or UNKNOWN. marks: the indices of its marks, ascending."""

    kind: str
    marks: tuple[int, ...]


@dataclass(frozen=True)
class Row:
    """The marks of a row, by their role. digits, ignored: indices of marks. signs: from left to right."""

    digits: tuple[int, ...]
    signs: tuple[Sign, ...] = ()
    ignored: tuple[int, ...] = ()


def find_signs(boxes: Boxes) -> Row:
    """Return the role of each mark. A stray dot beside the digits is ignored. Other marks may be parts of digits."""
    everything = tuple(range(len(boxes)))
    sizes = boxes[:, 2:] - boxes[:, :2]
    height = sizes[:, 1].max(initial=0)
    tall = boxes[sizes[:, 1] >= SMALL * height]
    small = [i for i in everything if sizes[i, 1] < SMALL * height and sizes[i, 0] < FLAT * height]
    if not small or not height:
        return Row(everything)
    points = [i for i in small if is_point(boxes[i], tall)]
    small = [i for i in small if i in points or not _is_attached(boxes[i], tall, height)]
    others = [i for i in small if i not in points and _stands_alone(boxes[i], tall)]
    dots = [i for i in small if i not in points and sizes[i].max() <= DOT * height]
    ignored = tuple(i for i in dots if _is_stray(boxes[i], tall, height))
    leading = [i for i in ignored if _is_leading(boxes[i], tall)]
    signs = _joined(boxes, [*points, *leading, *(i for i in others if i not in ignored)], set(points))
    used = {i for sign in signs for i in sign.marks} | set(ignored)
    return Row(tuple(i for i in everything if i not in used), signs, tuple(i for i in ignored if i not in leading))


def is_sign(box: np.ndarray, digits: Boxes) -> bool:
    """Return whether a small part of a picture is a point between two digits, or a sign that stands alone there."""
    if not _is_between(box, digits):
        return False
    left, right = _neighbors(box, digits)
    top, bottom = min(left[1], right[1]), max(left[3], right[3])
    sides = box[2:] - box[:2]
    if is_point(box, digits):
        return bool(sides.min() >= SMALLEST * (bottom - top))
    is_in_row = box[1] < bottom and box[3] > top
    return bool(is_in_row and sides.max() >= SMALLEST * (bottom - top) and _stands_alone(box, digits))


def is_point(box: np.ndarray, digits: Boxes) -> bool:
    """Return whether a mark is a point or a comma: small, at the foot of the row, between two of the digits."""
    if not _is_between(box, digits):
        return False
    left, right = _neighbors(box, digits)
    top, bottom = (left[1] + right[1]) / 2, (left[3] + right[3]) / 2
    height = bottom - top
    is_low = box[1] > top + LOW * height and abs(box[3] - bottom) < BELOW * height
    return bool(is_low and box[2] - box[0] < NARROW * height and box[3] - box[1] < SMALL * height)


def _is_between(box: np.ndarray, digits: Boxes) -> bool:
    center, middles = (box[0] + box[2]) / 2, (digits[:, 0] + digits[:, 2]) / 2
    quarter = BESIDE * (digits[:, 2] - digits[:, 0])
    # The comparison with the middle matters for a vertical line without width, which has its edges at its middle.
    is_left = (digits[:, 2] - quarter <= center) & (middles < center)
    is_right = (digits[:, 0] + quarter >= center) & (middles > center)
    return bool(is_left.any() and is_right.any() and (is_left | is_right).all())


def _neighbors(box: np.ndarray, digits: Boxes) -> tuple[np.ndarray, np.ndarray]:
    """Return the boxes of the digits to the left and to the right of a box that is between digits.

    Marks that overlap horizontally, such as the two strokes of a 4, are one digit.
    """
    center, middles = (box[0] + box[2]) / 2, (digits[:, 0] + digits[:, 2]) / 2
    left, right = digits[middles <= center], digits[middles > center]
    return _united(left, left[left[:, 2].argmax()]), _united(right, right[right[:, 0].argmin()])


def _united(boxes: Boxes, one: np.ndarray) -> np.ndarray:
    """Return the box around one box and all boxes that overlap it horizontally."""
    near = boxes[(boxes[:, 0] <= one[2]) & (boxes[:, 2] >= one[0])]
    return np.concatenate([near[:, :2].min(axis=0), near[:, 2:].max(axis=0)])


def _stands_alone(box: np.ndarray, digits: Boxes) -> bool:
    """Return whether no digit is above, below or around the box, or close to its left or right."""
    gap = GAP * (digits[:, 3] - digits[:, 1])
    return not ((digits[:, 0] - gap < box[2]) & (digits[:, 2] + gap > box[0])).any()


def _is_attached(box: np.ndarray, digits: Boxes, height: float) -> bool:
    """Return whether a dot above or below a single stroke may belong to it, as in an exclamation mark."""
    aside, above_or_below = np.maximum(digits[0, :2] - box[2:], box[:2] - digits[0, 2:])
    is_near = GAP * height < above_or_below <= ATTACHED * height and aside <= ASIDE * height
    return bool(len(digits) == 1 and is_near)


def _is_stray(box: np.ndarray, digits: Boxes, height: float) -> bool:
    """Return whether a dot is beside all digits, or far above or below them."""
    if _stands_alone(box, digits):
        return not _is_between(box, digits)
    return bool(box[3] < digits[:, 1].min() - FAR * height or box[1] > digits[:, 3].max() + FAR * height)


def _is_leading(box: np.ndarray, digits: Boxes) -> bool:
    """Return whether a dot before the first digit may be a point, as in .5: it is at the foot of the digit."""
    first = digits[digits[:, 0].argmin()]
    height = first[3] - first[1]
    is_low = first[1] + LOW * height < box[1] and box[3] < first[3] + BELOW * height
    return bool(is_low and 0 <= first[0] - box[2] < height)


def _joined(boxes: Boxes, small: Sequence[int], points: set[int]) -> tuple[Sign, ...]:
    """Return the signs. Small marks above each other, as in a colon, are one unknown sign."""
    signs: list[list[int]] = []
    for i in sorted(small, key=lambda i: boxes[i, 0]):
        if signs and boxes[i, 0] < boxes[signs[-1], 2].max():
            signs[-1].append(i)
        else:
            signs.append([i])
    return tuple(
        Sign(POINT if len(marks) == 1 and marks[0] in points else UNKNOWN, tuple(sorted(marks))) for marks in signs
    )
