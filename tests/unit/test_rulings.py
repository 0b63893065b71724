"""Ruled lines behind and beside digits."""

import numpy as np
import pytest

from model.preprocessing.rulings import lines

HEIGHT, WIDTH = 300, 200
Y, X = np.mgrid[:HEIGHT, :WIDTH]


def bar(left: int, top: int, right: int, bottom: int) -> np.ndarray:
    """Return the mask of a rectangle."""
    return (left <= X) & (right > X) & (top <= Y) & (bottom > Y)


MARGIN = bar(30, 0, 33, HEIGHT)
ONE = bar(100, 80, 109, 220)
SEVEN = ONE | bar(70, 80, 109, 89)
NOTHING = np.zeros((HEIGHT, WIDTH), bool)


@pytest.mark.parametrize("digit", [ONE, SEVEN, ONE | bar(92, 90, 100, 100)], ids=["1", "7", "1 with a flag"])
@pytest.mark.parametrize("line", [MARGIN, NOTHING], ids=["margin line", "no line"])
def test_a_margin_line_is_a_ruled_line_and_the_stem_of_a_digit_is_not(digit, line):
    np.testing.assert_array_equal(lines(digit | line, 1.0 * (digit | line)), line)


def test_rows_of_ruled_paper_are_found_and_a_digit_that_crosses_them_stays_whole():
    rows = np.logical_or.reduce([bar(0, y, WIDTH, y + 2) for y in (60, 150, 240)])
    np.testing.assert_array_equal(lines(SEVEN | rows, 1.0 * (SEVEN | rows)), rows & ~SEVEN)


def test_only_a_line_of_the_strength_of_a_ruled_line_is_removed_where_both_meet():
    band = bar(0, 0, WIDTH, 10)
    stem, seven = bar(60, 8, 66, 150), bar(130, 60, 137, 200) | bar(90, 60, 137, 67)
    contrast = np.where(stem | seven, 1.0, 0.2 * band)
    assert not (lines(band | stem | seven, contrast) & stem)[12:].any()
    assert lines(band | stem | seven, np.where(stem, 0.2, contrast))[stem].all()


def test_a_pale_band_from_edge_to_edge_is_no_stem_even_if_it_is_larger_than_the_writing():
    band = bar(0, 0, WIDTH, 12)
    seven = bar(140, 30, 147, 130) | bar(2, 30, 147, 37)
    assert lines(band | seven, np.where(seven, 1.0, 0.2 * band))[band].all()
