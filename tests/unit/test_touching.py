"""Cutting two digits that touch in a picture."""

import numpy as np
import pytest

from model.inference.calibration import Probabilities
from model.inference.touching_digits import best_cut
from model.preprocessing.strokes import rasterize
from model.preprocessing.touching import cuts
from tests.helpers.drawings import DIGIT_DRAWINGS


def beside(left, right):
    """Return the ink of two drawn digits, which touch at one point, and the ink of the left digit alone."""
    one, two = rasterize(DIGIT_DRAWINGS[left]), rasterize(DIGIT_DRAWINGS[right])
    one, two = (np.pad(each, ((0, 100 - len(each)), (0, 0))) for each in (one, two))
    width = one.shape[1] + two.shape[1]
    first, second = np.zeros((100, width)), np.zeros((100, width))
    first[:, : one.shape[1]] = one
    for move in range(width):
        second[:] = 0
        second[:, one.shape[1] - move : width - move] = two
        if ((first > 0.5) & (second > 0.5)).any():
            return np.maximum(first, second), first
    raise AssertionError("the digits do not touch")


@pytest.mark.parametrize("left, right", [(5, 3), (2, 4), (6, 0), (3, 8)])
def test_one_of_the_cuts_is_between_two_digits_that_touch(left, right):
    ink, first = beside(left, right)
    errors = [np.abs(part - first).sum() / first.sum() for part, *_ in cuts(ink)]
    assert min(errors) < 0.05


def test_a_cut_loses_no_ink():
    ink, _ = beside(5, 3)
    for left, right, _ in cuts(ink):
        np.testing.assert_allclose(left + right, ink, atol=1e-6)


def test_ink_of_one_pixel_and_no_ink_have_no_cuts():
    assert cuts(np.zeros((20, 20))) == []
    assert cuts(np.pad(np.ones((1, 1)), 5)) == []


def found(*cuts):
    """Return the probabilities of cuts, each a list of two digits and of the probability of each digit."""
    rows = [(digit, sure) for digits, sure in cuts for digit in digits]
    digits = np.full((len(rows), 10), 1e-4)
    digits[range(len(rows)), [digit for digit, _ in rows]] = [sure for _, sure in rows]
    return Probabilities(digits, np.zeros(len(rows)), None, None)


def test_the_surest_cut_is_chosen_if_all_sure_cuts_agree():
    assert best_cut(found(([1, 2], 0.97), ([3, 4], 0.5), ([1, 2], 0.99)), np.array([1, 2, 2])) == 2


def test_no_cut_is_chosen_if_none_is_sure_or_if_two_sure_cuts_differ():
    assert best_cut(found(([1, 2], 0.9), ([1, 3], 0.8)), np.array([1, 1])) is None
    assert best_cut(found(([1, 2], 0.97), ([1, 3], 0.96)), np.array([1, 1])) is None


def test_no_cut_is_chosen_if_a_cut_through_fewer_strokes_may_give_other_digits():
    assert best_cut(found(([2, 7], 0.99), ([2, 0], 0.3)), np.array([2, 1])) is None
    assert best_cut(found(([2, 7], 0.99), ([2, 0], 0.1)), np.array([2, 1])) == 0


def test_a_cut_counts_the_strokes_that_it_crosses():
    ink = np.zeros((60, 99))
    ink[5:10], ink[30:35, 45:] = 1, 1
    for stem in (0, 45, 94):
        ink[:, stem : stem + 5] = 1
    assert {1, 2} <= {cut.crossings for cut in cuts(ink)}
