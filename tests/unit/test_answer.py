"""Answers: the verdict of each reading, the ranking of the digits, and the verdict of a number."""

import numpy as np
import pytest

from model.inference.answer import Answer, Reading, Verdict
from model.inference.classifier import Classifier


def verdict(probabilities, not_digit) -> Verdict:
    """Return the verdict of a classifier with a confidence threshold of 0.9 and a rejection threshold of 0.6."""
    classifier = Classifier.__new__(Classifier)
    classifier.notes = {"confidence_threshold": 0.9, "rejection_threshold": 0.6}
    return classifier._verdict(np.array(probabilities), not_digit)


@pytest.mark.parametrize(
    "highest, not_digit, expected",
    [
        (0.9, 0.0, Verdict.DIGIT),
        (0.89, 0.0, Verdict.UNSURE),
        (1.0, 0.1, Verdict.DIGIT),
        (0.99, 0.1, Verdict.UNSURE),  # The probability of the digit is 0.9 · 0.99, which is below the threshold.
        (0.99, 0.6, Verdict.UNSURE),
        (0.89, 0.61, Verdict.NOT_DIGIT),
        (0.99, 0.61, Verdict.NOT_DIGIT),
    ],
)
def test_the_thresholds_decide_on_the_verdict(highest, not_digit, expected):
    assert verdict([0, 0, 0, 0, highest, 0, 0, 0, 0, 1 - highest], not_digit) == expected


def reading(digit: int, verdict: Verdict) -> Reading:
    probabilities = tuple(0.55 if other == digit else 0.05 for other in range(10))
    return Reading(probabilities, 0.0, verdict, np.zeros((28, 28), np.float32))


def test_the_ranking_orders_digits_by_probability():
    probabilities = (0.01, 0.02, 0.03, 0.04, 0.5, 0.05, 0.0, 0.06, 0.07, 0.22)
    unsure = Reading(probabilities, 0.0, Verdict.UNSURE, np.zeros((28, 28)))
    assert unsure.ranking == (4, 9, 8, 7, 5, 3, 2, 1, 0, 6)
    assert unsure.digit == 4


def test_a_reading_has_a_digit_unless_it_is_blank_or_not_a_digit():
    digits = {verdict: reading(7, verdict).digit for verdict in Verdict}
    assert digits == {Verdict.DIGIT: 7, Verdict.UNSURE: 7, Verdict.NOT_DIGIT: None, Verdict.BLANK: None}


def test_a_number_has_the_least_certain_verdict_of_its_digits():
    confident, unsure, other = reading(7, Verdict.DIGIT), reading(1, Verdict.UNSURE), reading(4, Verdict.NOT_DIGIT)
    for readings, digits, verdict, least_certain in [
        ((confident, confident), "77", Verdict.DIGIT, 0),
        ((confident, unsure), "71", Verdict.UNSURE, 1),
        ((confident, unsure, unsure), "711", Verdict.UNSURE, 1),
        ((unsure, confident, other), "17?", Verdict.NOT_DIGIT, 2),
        ((reading(0, Verdict.BLANK),), "", Verdict.BLANK, 0),
    ]:
        answer = Answer(readings, 0, {})
        assert (answer.number, answer.verdict, answer.least_certain) == (digits, verdict, least_certain)
