"""The drawing of a number is divided into digits only if exactly one division is possible."""

import numpy as np

from model.evaluation import multidigit
from model.preprocessing.division import divide
from tests.helpers.drawings import DIGIT_DRAWINGS, number

BAR = np.array([[0.0, 0.0], [0.0, 1.0]])


def test_each_digit_of_a_number_gets_its_own_strokes():
    strokes = [np.array(stroke) for stroke in number("4574")]
    digits = divide(strokes, 4)
    assert [len(digit) for digit in digits] == [len(DIGIT_DRAWINGS[int(digit)]) for digit in "4574"]
    assert [id(stroke) for digit in digits for stroke in digit] == list(map(id, strokes))


def test_strokes_that_can_be_grouped_in_one_way_only_are_divided():
    near, far = BAR + [0.1, 0], BAR + [1, 0]
    assert [len(digit) for digit in divide([BAR, near, far], 2)] == [2, 1]


def test_an_uncertain_division_is_left_out():
    row = [BAR + [0.1 * index, 0] for index in range(3)]
    assert divide(row, 2) is None  # The bar in the middle can belong to either neighbor.
    assert divide(row, 4) is None  # There are too few strokes.
    assert divide([BAR], 2) is None
    assert divide([], 2) is None
    assert divide([BAR] * 50, 2) is None  # The drawing is too complex for a number.


def test_digits_that_overlap_are_not_divided():
    slanted = np.array([[0.0, 1.0], [0.4, 0.0]])
    assert divide([slanted, slanted + [0.5, 0]], 2) is not None
    assert divide([slanted, slanted + [0.3, 0]], 2) is None


def test_no_number_is_divided_wrong_and_most_numbers_are_divided():
    rng = np.random.default_rng(1)
    drawings, _ = multidigit.synthetic_digits(100, seed=1)
    divided = 0
    for _ in range(50):
        digits = [drawings[i] for i in rng.choice(len(drawings), size=4)]
        strokes = multidigit.compose(digits, 0.1, rng)
        parts = divide(strokes, 4)
        if parts:
            divided += 1
            assert [len(part) for part in parts] == [len(digit) for digit in digits]
            assert [id(stroke) for part in parts for stroke in part] == list(map(id, strokes))
    assert divided > 40


def test_a_dot_is_never_a_digit():
    dot = np.array([[1.0, 1.0], [1.0, 0.99]])
    assert divide([BAR, dot], 2) is None
