"""Grouping of strokes into digits.

Strokes that overlap horizontally form a piece. A candidate group is one piece, or several pieces side by side. The best
grouping is the choice of candidate groups that contains each piece exactly once and fits the digits best.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.preprocessing import segmentation
from model.preprocessing.segmentation import Group
from tests.helpers.drawings import DIGIT_DRAWINGS, STYLES, number

BAR = [np.array([[0.0, 0.0], [0.0, 1.0]])]
points = arrays(np.float64, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(0, 1))


def candidates(drawn) -> list[Group]:
    strokes = [np.array(stroke, float) for stroke in drawn]
    return segmentation.candidate_groups([segmentation.mark_from_stroke(stroke) for stroke in strokes])


def stroke_sets(drawn) -> set[tuple[int, ...]]:
    return {group.marks for group in candidates(drawn)}


@pytest.mark.parametrize("drawn", [*DIGIT_DRAWINGS, *(drawn for _, drawn in STYLES.values())])
def test_the_strokes_of_a_digit_form_one_piece(drawn):
    assert stroke_sets(drawn) == {tuple(range(len(drawn)))}


def test_with_wide_gaps_only_the_whole_drawing_is_a_candidate_of_several_pieces():
    groups = candidates([*BAR, BAR[0] + [0.3, 0], BAR[0] + [0.6, 0]])
    assert {(group.marks, group.near) for group in groups} == {
        *(((i,), True) for i in range(3)),
        ((0, 1, 2), False),
    }


def test_the_whole_of_four_pieces_is_a_candidate_only_if_there_are_many_marks():
    four = [BAR[0] + [0.3 * i, 0] for i in range(4)]
    assert stroke_sets(four) == {(0,), (1,), (2,), (3,)}
    assert (0, 1, 2, 3, 4) in stroke_sets([*four, four[0]])


def test_strokes_with_a_small_gap_are_a_candidate_together():
    assert stroke_sets([*BAR, BAR[0] + [0.1, 0]]) == {(0,), (1,), (0, 1)}


def test_a_four_in_a_number_is_a_candidate_although_its_stem_is_far_from_the_other_stroke():
    corner = np.array([[0.1, 0.1], [0.08, 0.3], [0.25, 0.3]])
    stem, nine = np.array([[0.35, 0.2], [0.35, 0.5]]), np.array([[0.7, 0.1], [0.9, 0.1], [0.8, 0.5]])
    assert (0, 1) in stroke_sets([corner, stem, nine, nine + [0.5, 0]])
    assert (0, 1) not in stroke_sets([corner, stem + [0.1, 0], nine, nine + [0.5, 0]])  # The gap is too wide.
    assert (0, 1) not in stroke_sets([corner, stem - [0, 0.1], nine, nine + [0.5, 0]])  # A 1 beside the stroke.


def test_only_pieces_that_touch_form_a_connected_group():
    near, touching = ([*BAR, BAR[0] + [gap, 0]] for gap in (0.1, 0.02))
    assert [group.connected for group in candidates(near) if len(group.marks) == 2] == [False]
    assert [group.connected for group in candidates(touching) if len(group.marks) == 2] == [True]


@given(st.lists(points, max_size=12))
def test_every_stroke_is_in_exactly_one_piece(drawn):
    pieces = [group for group in candidates(drawn) if group.stop - group.start == 1]
    assert sorted(i for piece in pieces for i in piece.marks) == list(range(len(drawn)))
    assert {(piece.start, piece.stop) for piece in pieces} == {(i, i + 1) for i in range(len(pieces))}


def bars(count: int, gap: float) -> list[np.ndarray]:
    """Return vertical bars of height 1, side by side."""
    return [BAR[0] + [index * gap, 0] for index in range(count)]


def test_a_drawing_that_is_too_complex_for_a_number_is_one_group():
    zigzag = np.stack([np.arange(2_000) % 2, np.linspace(0, 1, 2_000)], axis=1)
    for drawn in (
        bars(segmentation.MAX_MARKS + 1, gap=0.5),
        bars(segmentation.MAX_GROUPS // 3 + 2, gap=0.1),  # Three groups start with each bar.
        [zigzag, zigzag + [2, 0]],
    ):
        [group] = segmentation.groups_of_strokes(drawn)
        assert (group.marks, group.connected) == (tuple(range(len(drawn))), True)


def test_the_smallest_drawing_and_an_empty_drawing_have_groups():
    assert len(segmentation.groups_of_strokes([np.array([[0.5, 0.5]])] * 2)) == 1
    assert segmentation.groups_of_strokes([]) == []


@pytest.mark.parametrize("digits", ["20261126", "0123456789", "457845784578"])
def test_a_date_and_a_phone_number_are_not_too_complex(digits):
    strokes = [np.array(stroke, float) for stroke in number(digits)]
    assert len(segmentation.groups_of_strokes(strokes)) >= len(digits)


def test_a_scribble_of_a_thousand_strokes_is_one_group():
    rng = np.random.default_rng(1)
    assert [len(group.marks) for group in candidates(rng.random((1000, 5, 2)))] == [1000]


def best(*rows: tuple[int, int, float, float], connected: bool = True) -> list[tuple[int, int]]:
    """Return the groups in the best grouping. Each group is a pair (start, stop) of indices of pieces.

    rows: one row for each candidate group: start, stop, probability of the most probable digit, probability of not
    being a digit.
    connected: whether the pieces of a group touch.
    """
    groups = [Group(start, stop, (), connected or stop - start == 1) for start, stop, _, _ in rows]
    probabilities = np.zeros((len(rows), 10))
    probabilities[:, 3] = [digit for _, _, digit, _ in rows]
    not_digit = np.array([row[3] for row in rows])
    return [rows[index][:2] for index in segmentation.best_grouping(groups, probabilities, not_digit)]


def test_one_four_is_preferred_to_an_l_and_a_one():
    parts = [(0, 1, 0.9, 0.99), (1, 2, 0.99, 0.01), (0, 2, 0.99, 0.01)]
    assert best(*parts) == [(0, 2)]


def test_two_touching_digits_are_preferred_to_one_non_digit():
    parts = [(0, 1, 0.99, 0.01), (1, 2, 0.99, 0.01), (0, 2, 0.5, 0.999)]
    assert best(*parts) == [(0, 1), (1, 2)]


def test_strokes_of_a_letter_are_one_non_digit_if_they_touch():
    parts = [(0, 1, 0.9, 0.9), (1, 2, 0.9, 0.9), (0, 2, 0.5, 0.999)]
    assert best(*parts) == [(0, 2)]
    assert best(*parts, connected=False) == [(0, 1), (1, 2)]


def divided(whole_digit: float, not_digit: float, several: float | None) -> bool:
    """Return whether two bars with a wide gap, each of which could be a digit, are read as two groups.

    The arguments are the network's probabilities of the whole drawing.
    """
    groups = [Group(0, 1, (0,), True), Group(1, 2, (1,), True), Group(0, 2, (0, 1), connected=False, near=False)]
    probabilities = np.zeros((3, 10))
    probabilities[:, 4] = 0.9, 0.9, whole_digit
    known = None if several is None else np.array([0, 0, several])
    best = segmentation.best_grouping(groups, probabilities, np.array([0.01, 0.01, not_digit]), known)
    return best == [0, 1]


def test_a_drawing_is_divided_only_if_the_network_sees_several_digits():
    assert divided(0.9, not_digit=0.999, several=0.99)
    assert not divided(0.9, not_digit=0.999, several=0.001)  # One non-digit, such as quotation marks.
    assert not divided(0.99, not_digit=0.01, several=0.001)  # One digit, such as a 4 with a distant stem.
    assert divided(0.99, not_digit=0.01, several=None)  # The network does not know this class.


def test_the_whole_of_many_marks_can_be_one_non_digit_but_not_one_digit():
    groups = [Group(i, i + 1, (i,), True) for i in range(5)]
    groups.append(Group(0, 5, tuple(range(5)), connected=False, near=False))
    probabilities = np.tile(np.eye(10)[3], (6, 1))

    def best(part: float, whole: float, several: float) -> list[int]:
        """The arguments: p(not one digit) of each part and of the whole drawing, p(several digits) of the whole."""
        not_digit = np.array([*[part] * 5, whole])
        return segmentation.best_grouping(groups, probabilities, not_digit, np.array([*[0] * 5, several]))

    assert best(0.4, whole=0.999, several=0.0) == [5]
    assert best(0.4, whole=0.999, several=0.998) == list(range(5))
    assert best(0.01, whole=0.01, several=0.005) == list(range(5))


def test_number_returns_the_strokes_of_every_digit():
    assert len(number("2026")) == 4
