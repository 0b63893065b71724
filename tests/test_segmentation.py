"""Strokes → digits: what lies together stays together, what is apart is parted."""

import numpy as np
import pytest
from hand import DIGITS, STYLES, number
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.evaluation import multidigit
from model.preprocessing import segmentation
from model.preprocessing.segmentation import Group

BAR = [np.array([[0.0, 0.0], [0.0, 1.0]])]
points = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(0, 1))


def strokes(drawn) -> list[np.ndarray]:
    return [np.array(stroke, float) for stroke in drawn]


def spans(drawn) -> list[Group]:
    return segmentation.candidate_groups([segmentation.mark_from_stroke(stroke) for stroke in strokes(drawn)])


def groups(drawn) -> set[tuple[int, ...]]:
    return {span.marks for span in spans(drawn)}


@pytest.mark.parametrize("drawn", [*DIGITS, *(drawn for _, drawn in STYLES.values())])
def test_the_strokes_of_a_digit_are_one_piece(drawn):
    assert groups(drawn) == {tuple(range(len(drawn)))}


def test_what_stands_wide_apart_is_never_one_digit():
    apart = groups([*BAR, BAR[0] + [0.3, 0]])
    assert apart == {(0,), (1,)}


def test_what_nearly_touches_may_be_one_digit():
    assert groups([*BAR, BAR[0] + [0.1, 0]]) == {(0,), (1,), (0, 1)}


def test_only_touching_ink_may_be_no_digit_together():
    near, touching = ([*BAR, BAR[0] + [gap, 0]] for gap in (0.1, 0.02))
    assert [span.whole for span in spans(near) if len(span.marks) == 2] == [False]
    assert [span.whole for span in spans(touching) if len(span.marks) == 2] == [True]


@given(st.lists(points, max_size=12))
def test_every_stroke_is_in_a_piece_and_all_pieces_make_up_the_drawing(drawn):
    found = spans(drawn)
    single = [span for span in found if span.last - span.first == 1]
    assert sorted(i for span in single for i in span.marks) == list(range(len(drawn)))
    assert {(span.first, span.last) for span in single} == {(i, i + 1) for i in range(len(single))}


def test_a_scribble_of_a_thousand_strokes_is_one_piece():
    rng = np.random.default_rng(1)
    assert [len(span.marks) for span in spans(rng.random((1000, 5, 2)))] == [1000]


def judged(*rows: tuple[int, int, float, float, bool]):
    """(first, last, probability of its digit, of being none, whole) each → what `best` makes of them."""
    probabilities = np.full((len(rows), 10), 0.0)
    probabilities[:, 3] = [sure for _, _, sure, _, _ in rows]
    no_digit = np.array([none for _, _, _, none, _ in rows])
    listed = [Group(first, last, (), whole) for first, last, _, _, whole in rows]
    return [rows[place][:2] for place in segmentation.best_grouping(listed, probabilities, no_digit)]


def test_a_four_is_likelier_than_an_l_and_a_one():
    parts = [(0, 1, 0.9, 0.99, True), (1, 2, 0.99, 0.01, True), (0, 2, 0.99, 0.01, True)]
    assert judged(*parts) == [(0, 2)]


def test_two_digits_that_touch_are_likelier_than_something_that_is_none():
    parts = [(0, 1, 0.99, 0.01, True), (1, 2, 0.99, 0.01, True), (0, 2, 0.5, 0.999, True)]
    assert judged(*parts) == [(0, 1), (1, 2)]


def test_a_letter_in_touching_strokes_is_refused_as_a_whole():
    parts = [(0, 1, 0.9, 0.9, True), (1, 2, 0.9, 0.9, True), (0, 2, 0.5, 0.999, True)]
    assert judged(*parts) == [(0, 2)]


# Composing numbers to measure


@pytest.mark.parametrize("gap", [0.0, 0.25, 1.0])
def test_composed_digits_are_equally_large_and_as_far_apart_as_asked(gap):
    digits = [strokes(DIGITS[i]) for i in (3, 8, 0)]
    composed = multidigit.compose(digits, gap, np.random.default_rng(1))["strokes"]
    boxes = [np.array([np.min(stroke, axis=0), np.max(stroke, axis=0)]) for stroke in composed]
    heights = [box[1, 1] - box[0, 1] for box in boxes]
    np.testing.assert_allclose(heights, heights[0])
    spaces = [right[0, 0] - left[1, 0] for left, right in zip(boxes, boxes[1:], strict=False)]
    np.testing.assert_allclose(np.array(spaces) / heights[0], gap, atol=1e-9)
    assert all(0 <= value <= 1 for stroke in composed for point in stroke for value in point)


@pytest.mark.parametrize(
    "written, read, count", [("2026", "2026", 4), ("2026", "206", 3), ("12", "21", 1), ("7", "", 0), ("44", "?4", 1)]
)
def test_digits_read_in_order_are_counted(written, read, count):
    assert multidigit.in_order(written, read) == count


def test_the_hand_written_numbers_of_these_tests_are_numbers():
    assert len(number("2026")) == 4
