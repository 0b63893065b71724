"""Composition of numbers from digits, and counting of the digits that were read correctly and in order."""

import numpy as np
import pytest

from model.evaluation import multidigit
from tests.helpers.drawings import DIGIT_DRAWINGS


@pytest.mark.parametrize("gap", [0.0, 0.25, 1.0])
def test_composed_digits_have_equal_heights_and_the_requested_gaps(gap):
    digits = [[np.array(stroke) for stroke in DIGIT_DRAWINGS[i]] for i in (3, 8, 0)]
    composed = multidigit.compose(digits, gap, np.random.default_rng(1))
    boxes = [np.array([np.min(stroke, axis=0), np.max(stroke, axis=0)]) for stroke in composed]
    heights = [box[1, 1] - box[0, 1] for box in boxes]
    np.testing.assert_allclose(heights, heights[0])
    spaces = [right[0, 0] - left[1, 0] for left, right in zip(boxes, boxes[1:], strict=False)]
    np.testing.assert_allclose(np.array(spaces) / heights[0], gap, atol=1e-9)
    assert all(0 <= value <= 1 for stroke in composed for point in stroke for value in point)


@pytest.mark.parametrize(
    "expected, read, count", [("2026", "2026", 4), ("2026", "206", 3), ("12", "21", 1), ("7", "", 0), ("44", "?4", 1)]
)
def test_digits_found_in_order_are_counted(expected, read, count):
    assert multidigit.in_order(expected, read) == count
