"""Metrics: accuracy, calibration, accuracy per writer, and rejection of non-digits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.evaluation import metrics
from model.inference import calibration

# Accuracy and calibration


def test_the_confusion_matrix_counts_true_against_predicted_digits():
    measured = metrics.classification_metrics(np.eye(10)[[0, 1, 1, 9]], np.array([0, 1, 2, 9], np.uint8))
    assert measured["accuracy"] == 0.75
    assert measured["confusion"][2][1] == 1 and np.sum(measured["confusion"]) == 4
    assert measured["per_class"][:3] == [1.0, 1.0, 0.0]
    assert metrics.most_common_mistakes(measured) == [(2, 1, 1)]


def test_the_interval_is_the_wilson_interval():
    # The expected values were calculated by hand, for 9 successes in 10 trials and z = 1.96.
    assert metrics.wilson_interval(9, 10) == pytest.approx([0.5958, 0.9821], abs=1e-4)
    low, high = metrics.wilson_interval(10, 10)
    assert low < 1 and high == pytest.approx(1)


def test_reliability_compares_confidence_with_accuracy():
    probabilities = np.full((100, 10), 0.2 / 9)
    probabilities[:, 3] = 0.8
    found = metrics.reliability(probabilities, np.where(np.arange(100) < 60, 3, 4))
    assert found["count"] == [0] * 12 + [100, 0, 0]
    assert (found["confidence"][12], found["accuracy"][12]) == (pytest.approx(0.8), pytest.approx(0.6))
    assert found["confidence"][0] is None and found["accuracy"][0] is None


def test_the_calibration_error_is_the_mean_gap_between_confidence_and_accuracy():
    rng = np.random.default_rng(1)
    probabilities, labels = calibration.softmax(rng.normal(0, 3, (500, 10))), rng.integers(0, 10, 500)
    confidence = probabilities.max(axis=1)
    gap = confidence - (probabilities.argmax(axis=1) == labels)
    sums = np.bincount(np.digitize(confidence, np.arange(1, 15) / 15), weights=gap)
    measured = metrics.classification_metrics(probabilities, labels)
    assert measured["calibration_error"] == pytest.approx(np.abs(sums).sum() / 500, abs=1e-12)


def test_writers_with_few_drawings_are_left_out():
    # Each of the writers w0 to w9 has 10 drawings. Of these, w0 has 0 correct predictions, w1 has 1, …, w9 has 9. The
    # writer "once" has a single drawing.
    correct = np.concatenate([np.arange(10) < number for number in range(10)] + [[True]])
    found = metrics.writer_accuracy(correct, [*np.repeat([f"w{i}" for i in range(10)], 10), "once"])
    assert found == {"count": 10, "median": pytest.approx(0.45), "worst_decile": pytest.approx(0.09)}
    assert metrics.writer_accuracy(correct[-1:], ["once"]) == {"count": 0, "median": None, "worst_decile": None}


# Rejection


@pytest.mark.parametrize(
    "digits, non_digits, expected",
    [([0.1, 0.2], [0.3, 0.4], 1), ([0.3, 0.4], [0.1, 0.2], 0), ([0.1, 0.3], [0.2], 0.5), ([0.1, 0.2], [0.2], 0.75)],
)
def test_auroc_agrees_with_values_worked_by_hand(digits, non_digits, expected):
    assert metrics.auroc(np.array(digits), np.array(non_digits)) == expected


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_auroc_is_the_fraction_of_correctly_ordered_pairs_and_ties_count_half(digits, non_digits):
    pairs = [(other > digit) + (other == digit) / 2 for digit in digits for other in non_digits]
    assert metrics.auroc(np.array(digits), np.array(non_digits)) == pytest.approx(np.mean(pairs))


def test_rejection_is_counted_at_the_threshold_and_by_label():
    digits, non_digits = np.array([0.0, 0.1, 0.2, 0.9]), np.array([0.95, 0.8, 0.1])
    found = metrics.rejection_metrics(digits, non_digits, ["A", "A", "B"], rejection_threshold=0.5)
    assert found["digits_accepted"] == 0.75 and found["non_digits_rejected"] == pytest.approx(2 / 3)
    assert list(found["per_label"].items()) == [
        ("B", {"count": 1, "rejected": 0.0}),
        ("A", {"count": 2, "rejected": 1.0}),
    ]
    # To accept 98 % or 99 % of the digits, the threshold must accept all four digits, because three are only 75 %. The
    # lowest threshold that accepts all four is 0.9. Of the three non-digits, only the one with 0.95 is above 0.9.
    assert found["at"] == {"0.98": pytest.approx(1 / 3), "0.99": pytest.approx(1 / 3)}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0, 1))
def test_the_acceptance_threshold_is_the_lowest_threshold_with_the_given_acceptance_rate(digits, rate):
    digits = np.array(digits)
    threshold = metrics.acceptance_threshold(digits, rate)
    assert np.mean(digits <= threshold) >= rate
    below = digits[digits < threshold]
    assert not len(below) or np.mean(digits <= below.max()) < rate + 1e-9


def test_the_rejection_rate_falls_as_the_acceptance_rate_rises():
    rng = np.random.default_rng(2)
    found = metrics.rejection_metrics(rng.random(200) / 2, rng.random(300), ["x"] * 300, 0.5)
    accepted, rejected = found["curve"]["digits_accepted"], found["curve"]["non_digits_rejected"]
    assert len(accepted) == len(rejected) == 101 and accepted[-1] == 1
    assert (np.diff(accepted) >= 0).all() and (np.diff(rejected) <= 0).all()


def test_a_network_that_distinguishes_digits_only_rejects_nothing():
    found = metrics.rejection_metrics(np.zeros(5), np.zeros(3), ["A", "B", "C"], rejection_threshold=1.0)
    assert (found["auroc"], found["non_digits_rejected"], found["digits_accepted"]) == (0.5, 0, 1)
    assert set(found["at"].values()) == {0}
