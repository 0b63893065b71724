"""Points and other signs between digits; rings, underlines and lines of digits."""

import numpy as np
import pytest

from model.inference.answer import Doubt, SignReading
from model.inference.candidates import doubt_of
from model.preprocessing.enclosures import ZERO_SLASH_SLOPE, enclosing, has_slash, has_two_lines, is_slash
from model.preprocessing.signs import find_signs, is_sign

# Boxes: left, top, right, bottom. The first two are digits.
DIGITS = [(0.0, 0.0, 0.6, 1.0), (1.0, 0.0, 1.6, 1.0)]
ANGLES = np.linspace(0, 6.2, 40)
RING = 0.5 + 0.5 * np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
BAR = np.array([[0.5, 0.25], [0.5, 0.8]])


def kinds(*boxes: tuple[float, ...]) -> list[tuple[str, tuple[int, ...]]]:
    return [(sign.kind, sign.marks) for sign in find_signs(np.array([*DIGITS, *boxes])).signs]


@pytest.mark.parametrize("box", [(0.78, 0.95, 0.8, 0.96), (0.7, 0.9, 0.85, 1.15), (0.79, 0.96, 0.79, 0.96)])
def test_a_small_low_mark_between_two_digits_is_a_point(box):
    assert kinds(box) == [(".", (2,))]


@pytest.mark.parametrize("box", [(0.68, 0.5, 0.93, 0.52), (0.78, 0.2, 0.82, 0.25), (0.7, 0.92, 0.99, 0.95)])
def test_other_small_marks_between_digits_are_unknown_signs(box):
    assert [kind for kind, _ in kinds(box)] in ([], ["?"])
    assert "." not in [kind for kind, _ in kinds(box)]


def test_a_dot_exactly_below_a_line_without_width_is_no_sign_between_digits():
    row = find_signs(np.array([(0.0, 0.0, 0.6, 1.0), (0.8, 0.0, 0.8, 1.0), (0.78, 0.9, 0.82, 0.94)]))
    assert row.signs == ()


def test_dust_between_two_digits_of_a_picture_is_no_sign():
    digits = np.array(DIGITS)
    for top in (0.5, 0.95):
        assert is_sign(np.array([0.76, top, 0.82, top + 0.06]), digits)
        assert not is_sign(np.array([0.78, top, 0.8, top + 0.02]), digits)


def test_a_colon_is_one_unknown_sign():
    assert kinds((0.78, 0.3, 0.82, 0.34), (0.78, 0.9, 0.82, 0.94)) == [("?", (2, 3))]


@pytest.mark.parametrize("box", [(2.0, 0.9, 2.02, 0.92), (-0.5, 0.1, -0.48, 0.12), (1.3, 1.5, 1.32, 1.52)])
def test_a_stray_dot_beside_the_digits_is_ignored(box):
    row = find_signs(np.array([*DIGITS, box]))
    assert (row.digits, row.signs, row.ignored) == ((0, 1), (), (2,))


@pytest.mark.parametrize("dot", [(0.1, 1.4, 0.16, 1.46), (-0.2, 1.7, -0.15, 1.75), (0.1, -0.6, 0.15, -0.55)])
def test_a_dot_above_or_below_a_single_stroke_belongs_to_it_as_in_an_exclamation_mark(dot):
    assert find_signs(np.array([(0.0, 0.0, 0.2, 1.0), dot])).digits == (0, 1)
    beside, at_foot, far = (0.6, 0.9, 0.65, 0.95), (0.4, 1.02, 0.45, 1.07), (0.1, 2.4, 0.15, 2.45)
    for stray in (beside, at_foot, far):
        assert find_signs(np.array([(0.0, 0.0, 0.2, 1.0), stray])).ignored == (1,)


def test_a_low_dot_before_the_first_digit_may_be_a_point():
    assert kinds((-0.2, 0.95, -0.18, 0.97)) == [("?", (2,))]


def test_a_point_stands_between_digits_of_several_strokes():
    four = [(1.18, 0.0, 1.78, 0.61), (1.63, 0.26, 1.68, 1.15)]
    [sign] = find_signs(np.array([(0.0, 0.08, 0.48, 1.08), *four, (0.71, 1.04, 0.8, 1.22)])).signs
    assert (sign.kind, sign.marks) == (".", (3,))


def test_a_point_stands_before_an_eight_of_two_loops():
    loops = [(1.05, 0.0, 1.5, 0.42), (0.9, 0.47, 1.55, 0.95)]
    [sign] = find_signs(np.array([DIGITS[0], *loops, (0.7, 0.9, 0.78, 1.07)])).signs
    assert (sign.kind, sign.marks) == (".", (3,))


def test_a_part_of_a_digit_is_no_sign():
    assert kinds((0.0, 0.0, 0.7, 0.05)) == []


def boxes_of(*strokes: np.ndarray) -> np.ndarray:
    return np.array([(*stroke.min(axis=0), *stroke.max(axis=0)) for stroke in strokes])


def test_a_ring_around_a_stroke_and_an_underline_are_found():
    line = np.array([[0.1, 1.0], [0.9, 1.02]])
    assert enclosing([BAR, RING], boxes_of(BAR, RING)) == (1, False)
    assert enclosing([BAR, line], boxes_of(BAR, line)) == (1, True)


def test_the_foot_of_a_one_is_no_underline():
    foot = np.array([[0.3, 0.8], [0.7, 0.8]])
    assert enclosing([BAR, foot], boxes_of(BAR, foot))[0] is None


def test_two_lines_have_a_gap_and_a_digit_of_two_strokes_has_none():
    assert has_two_lines(np.array([(0, 0, 1, 1), (0, 1.3, 1, 2.3)]))
    assert not has_two_lines(np.array([(0, 0, 1, 1), (0, 1.1, 1, 2.1)]))
    assert not has_two_lines(np.array(DIGITS))


def test_a_slash_leans_to_the_right_and_is_straight():
    slash = np.linspace([0.5, 0], [0, 1], 20)
    assert is_slash(slash, 0)
    assert not is_slash(slash * [-1, 1], 0) and not is_slash(BAR, 0) and not is_slash(RING, 0)


def test_a_slash_in_a_zero_is_less_steep_than_a_one_in_a_ring():
    one, slash = np.linspace([0.5, 0], [0, 1], 20), np.linspace([0.8, 0], [0, 1], 20)
    assert [is_slash(mark, 0, ZERO_SLASH_SLOPE) for mark in (one, slash)] == [False, True]


def test_an_oblique_one_that_is_higher_than_the_digits_may_be_a_slash():
    slash = np.linspace([0.5, 0], [0, 1], 20)
    assert has_slash([None, slash, None], [1, 1.2, 1.1], 0)
    assert not has_slash([None, slash, None], [1, 1.2, 1.3], 0) and not has_slash([slash, None, None], [2, 1, 1], 0)
    assert not has_slash([None, BAR, None], [1, 2, 1], 0)
    assert not has_slash([None, slash, None, None], [1, 1.2, 1, 1.2], 0)  # The last digit is as high.
    assert has_slash([None, slash, None, slash, None], [1, 1.3, 1, 1.4, 1], 0)  # A date has two slashes.


def test_a_number_with_two_points_or_with_an_unknown_sign_is_not_sure():
    boxes, point, unknown = np.array(DIGITS), SignReading(".", DIGITS[0]), SignReading("?", DIGITS[0])
    assert doubt_of(boxes, [point]) is None
    assert doubt_of(boxes, [point, point]) == doubt_of(boxes, [unknown]) == Doubt.SIGN
