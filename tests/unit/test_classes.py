"""Classes and labels."""

import numpy as np

from model.classes import CLASS_NOT_DIGIT, LABELS, classes_of


def test_the_class_of_a_digit_is_the_digit_and_all_other_labels_have_one_class():
    classes = classes_of(["0", "9", "not a digit", "A", "12", "", "٣"])
    assert classes.tolist() == [0, 9, *[CLASS_NOT_DIGIT] * 5]
    assert classes.dtype == np.uint8


def test_labels_are_in_the_order_of_their_classes():
    assert classes_of(LABELS).tolist() == list(range(11))


def test_no_labels_have_no_classes():
    assert classes_of([]).shape == (0,)
