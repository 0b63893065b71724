"""The kinds of drawings on the pad that the table lists. Importing this module registers them."""

import numpy as np

from model.preprocessing.geometry import Stroke, bounding_box, longer_side
from tests.tools.picture_kinds.case import kind
from tests.tools.picture_kinds.kinds import ellipse, grown, number, underline, with_sign
from tests.tools.picture_kinds.writing import Row, Writing

TOUCH = 0.02
"""Longest path of a pen that touches the pad once, as a fraction of the pad's side."""


def on_pad(rng, strokes: list[Stroke]) -> list[Stroke]:
    """Return the strokes on a pad of side 1, at a random size and position."""
    low, high = bounding_box(strokes)
    size = high - low
    scale = rng.uniform(0.45, 0.9) / size.max()
    corner = rng.uniform(0.03, 0.97 - scale * size)
    return [(stroke - low) * scale + corner for stroke in strokes]


def touch(rng, at: np.ndarray) -> Stroke:
    """Return the path of a pen that touches the pad at a point and hardly moves."""
    return at + rng.uniform(-TOUCH / 2, TOUCH / 2, (int(rng.integers(1, 5)), 2))


@kind("pad: plain")
def plain(rng, writing: Writing):
    row = number(rng, writing)
    return on_pad(rng, row.strokes), row.text


@kind("pad: a stray dot alone")
def dot(rng, writing: Writing):
    return [touch(rng, rng.uniform(0.1, 0.9, 2))], "?"


@kind("pad: a stray dot beside a digit")
def dot_beside(rng, writing: Writing):
    row: Row = number(rng, writing)
    drawn = on_pad(rng, row.strokes)
    points = np.concatenate(drawn)
    for _ in range(200):
        at = rng.uniform(0.02, 0.98, 2)
        far = np.hypot(*(points - at).T).min() > 0.15 * longer_side(drawn)
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        is_point = left < at[0] < right or (at[0] < left and at[1] > (top + bottom) / 2)  # As in 3.14 or in .5
        if far and not is_point:
            return [*drawn, touch(rng, at)], row.text
    return drawn, row.text


@kind("pad: underlined")
def underlined(rng, writing: Writing):
    row = number(rng, writing)
    return on_pad(rng, [*row.strokes, underline(row, rng, 0.05)]), row.text


@kind("pad: circled", may_be_unsure=True)
def circled(rng, writing: Writing):
    row = number(rng, writing)
    return on_pad(rng, [*row.strokes, ellipse(*grown(row, rng, 0.05, 0.2))]), row.text


@kind("pad: decimal point or comma")
def decimal(rng, writing: Writing):
    row = with_sign(rng, writing, [".", ","])
    return on_pad(rng, [*row.strokes, *row.signs]), row.text


@kind("pad: colon, slash or dash", may_be_unsure=True)
def sign(rng, writing: Writing):
    row = with_sign(rng, writing, [":", "/", "-"])
    return on_pad(rng, [*row.strokes, *row.signs]), row.text


@kind("pad: two lines of digits", may_be_unsure=True)
def two_lines(rng, writing: Writing):
    length = int(rng.integers(1, 4))
    above = writing.number(rng, length)
    below = writing.number(rng, length)
    moved = below.placed(rng.uniform(-0.3, 0.3), above.box[3] + rng.uniform(0.25, 0.8), 1)
    return on_pad(rng, [*above.strokes, *moved.strokes]), f"{above.text} / {below.text}"
