"""Frames and rings around digits, and bars: underlines and remains of lines along a picture's edge."""

import numpy as np
import pytest
from scipy import ndimage

from model.preprocessing.bars import Bars
from model.preprocessing.frames import frames, has_ring

HEIGHT, WIDTH = 100, 120
Y, X = np.mgrid[:HEIGHT, :WIDTH]


def filled(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    """Return the mask of a rectangle."""
    return (left <= X) & (right > X) & (top <= Y) & (bottom > Y)


def frame(left: int, top: int, right: int, bottom: int, pen: int = 3) -> np.ndarray:
    return filled(left, top, right, bottom) & ~filled(left + pen, top + pen, right - pen, bottom - pen)


def ring(x: int, y: int, across: int, down: int, pen: int = 3) -> np.ndarray:
    def disc(across: int, down: int) -> np.ndarray:
        return ((X - x) / across) ** 2 + ((Y - y) / down) ** 2 <= 1

    return disc(across, down) & ~disc(across - pen, down - pen)


ONE = filled(55, 30, 62, 70)


@pytest.mark.parametrize("outer", [frame(20, 10, 100, 90), ring(58, 50, 40, 40)], ids=["frame", "ring"])
def test_what_surrounds_a_digit_is_a_frame_and_the_digit_is_not(outer):
    np.testing.assert_array_equal(frames(outer | ONE, sides=4), outer)


def test_a_frame_that_is_open_on_one_side_is_found_with_three_sides():
    outer = frame(20, 10, 100, 90) & ~filled(20, 13, 23, 87)
    assert not frames(outer | ONE, sides=4).any()
    np.testing.assert_array_equal(frames(outer | ONE, sides=3), outer)


@pytest.mark.parametrize(
    "drawn",
    [
        frame(20, 10, 100, 90),
        frame(20, 10, 100, 90) | filled(57, 47, 62, 52),
        ring(40, 50, 20, 30) | filled(38, 35, 43, 65) | filled(80, 20, 87, 80),
        frame(20, 10, 100, 90) | ONE | filled(20, 45, 48, 49),
    ],
    ids=["empty", "around a dot", "a slashed zero beside a one", "attached to a second digit"],
)
def test_other_hollow_parts_are_no_frames(drawn):
    assert not frames(drawn, sides=4).any()


def test_a_part_that_covers_little_of_a_side_is_no_frame():
    digit, left, below = filled(50, 35, 65, 65), filled(30, 20, 34, 84), filled(30, 80, 94, 84)
    long, short = filled(90, 30, 94, 84), filled(90, 58, 94, 84)
    assert frames(digit | left | below | long, sides=3).any()
    assert not frames(digit | left | below | short, sides=3).any()


def test_only_a_round_frame_may_be_a_zero():
    assert has_ring(ring(58, 50, 30, 40)) and not has_ring(frame(20, 10, 100, 90))
    assert not has_ring(np.zeros((HEIGHT, WIDTH), bool))


def bars(*parts: np.ndarray) -> tuple[Bars, np.ndarray, np.ndarray]:
    """Return the bars among the parts, their boxes, and which parts are kept. Part 0 is the paper."""
    numbers = sum((i + 1) * part.astype(int) for i, part in enumerate(parts))
    regions = [(slice(0, 0),) * 2, *ndimage.find_objects(numbers)]
    boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in regions])
    return Bars.of(numbers, len(boxes)), boxes, np.arange(len(boxes)) > 0


DIGIT = ring(58, 40, 15, 25)
BELOW = filled(30, 75, 90, 79)


def test_slim_straight_parts_are_bars():
    found, _, _ = bars(DIGIT, BELOW, filled(5, 20, 9, 80), filled(100, 40, 110, 60))
    assert found.is_bar[1:].tolist() == [False, True, True, False]
    assert found.is_flat[2:4].tolist() == [True, False]


@pytest.mark.parametrize(
    "line, expected",
    [
        (BELOW, True),
        (filled(50, 75, 66, 79), False),
        (filled(30, 2, 90, 6), False),
        (filled(30, 75, 62, 79), False),
    ],
    ids=["longer", "shorter", "above", "on one side"],
)
def test_an_underline_is_below_the_digits_and_longer_at_both_ends(line, expected):
    found, boxes, kept = bars(DIGIT, line)
    assert found.underlines(boxes, kept).tolist() == [False, False, expected]


@pytest.mark.parametrize(
    "line, expected",
    [(filled(0, 20, 4, 80), True), (filled(30, 97, 90, 100), True), (filled(20, 20, 24, 80), False)],
    ids=["at the left edge", "at the bottom", "inside"],
)
def test_bars_along_the_edge_are_remains_of_lines(line, expected):
    found, boxes, kept = bars(DIGIT, line)
    assert found.remains(boxes, kept, (HEIGHT, WIDTH)).tolist() == [False, False, expected]


def test_an_upright_bar_at_the_edge_of_a_tight_crop_is_a_one():
    found, boxes, kept = bars(ring(58, 50, 30, 50), filled(0, 5, 4, 95))
    assert not found.remains(boxes, kept, (HEIGHT, WIDTH)).any()


def test_a_picture_of_only_a_bar_keeps_it():
    found, boxes, kept = bars(filled(0, 20, 4, 80))
    assert not found.remains(boxes, kept, (HEIGHT, WIDTH)).any()
