"""Classes and labels."""

import numpy as np

from model.classes import CLASS_NOT_DIGIT, CLASS_SEVERAL, LABELS, classes_of


def test_the_class_of_a_digit_is_the_digit_numbers_have_one_class_and_all_other_labels_another():
    classes = classes_of(["0", "9", "12", "2026", "not a digit", "A", "", "٣", "1" * 11])
    assert classes.tolist() == [0, 9, *[CLASS_SEVERAL] * 2, *[CLASS_NOT_DIGIT] * 5]
    assert classes.dtype == np.uint8


def test_labels_are_in_the_order_of_their_classes():
    assert classes_of(LABELS).tolist() == list(range(11))


def test_no_labels_have_no_classes():
    assert classes_of([]).shape == (0,)
