"""Calibration: probabilities match frequencies, and the fitted thresholds have the required error rates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model.evaluation.metrics import expected_calibration_error
from model.inference import calibration

logits = arrays(np.float32, (3, 10), elements=st.floats(-1e4, 1e4, width=32))


@given(logits, st.floats(0.01, 100))
def test_softmax_gives_probabilities_in_the_order_of_the_logits(values, temperature):
    probabilities = calibration.softmax(values, temperature)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert (probabilities >= 0).all()
    winner = values.argmax(axis=1)
    assert (probabilities[np.arange(3), winner] == probabilities.max(axis=1)).all()


def sample_labels(rng, values, temperature):
    """Return a random label for each row of `values`, drawn from the softmax of this row at the temperature."""
    cumulative = calibration.softmax(values, temperature).cumsum(axis=1)
    return (rng.random((len(values), 1)) > cumulative).sum(axis=1).clip(0, 9)


def test_the_temperature_that_generated_the_labels_is_recovered():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 4, (20_000, 10))
    for temperature in (0.5, 1.0, 3.0):
        fitted = calibration.fit_temperature(values, sample_labels(rng, values, temperature))
        assert abs(fitted / temperature - 1) < 0.05


def test_the_confidence_threshold_is_the_lowest_threshold_with_the_required_accuracy(monkeypatch):
    monkeypatch.setattr(calibration, "SURE_ACCURACY", 0.95)
    rng = np.random.default_rng(2)
    values = rng.normal(0, 3, (20_000, 10))
    labels = sample_labels(rng, values, 1.0)
    probabilities = calibration.softmax(values)
    confidence, correct = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    threshold = calibration.fit_confidence_threshold(confidence, correct)
    assert correct[confidence >= threshold].mean() >= 0.95
    lower = np.sort(confidence[confidence < threshold])[-200]
    assert correct[confidence >= lower].mean() < 0.95


def test_no_answer_is_sure_if_even_the_most_probable_answers_are_wrong():
    assert calibration.fit_confidence_threshold(np.ones(50), np.zeros(50, bool)) == 1.0


def test_sure_answers_on_validation_data_are_accurate_enough_and_few_digits_are_rejected():
    """ "Sure" is decided with the probability that the drawing is this digit, which includes that it is a digit."""
    rng = np.random.default_rng(5)
    values, labels = rng.normal(0, 6, (20_000, 12)), rng.integers(0, 12, 20_000)
    values[np.arange(20_000), labels] += rng.normal(9, 4, 20_000)
    fitted = calibration.fit_calibration(values, labels)
    found, is_digit = calibration.calibrated(values, fitted["temperature"]), labels < 10
    accepted = found.not_digit <= fitted["rejection_threshold"]
    sure = accepted & ((1 - found.not_digit) * found.digits.max(axis=1) >= fitted["confidence_threshold"])
    assert np.mean(~accepted[is_digit]) <= calibration.MAX_REJECTED
    assert np.mean(found.digits.argmax(axis=1)[sure & is_digit] == labels[sure & is_digit]) >= 0.999
    assert sure.sum() > 100


def test_a_drawing_is_rejected_if_it_is_more_probably_no_digit_but_at_most_one_percent_of_the_digits():
    rng = np.random.default_rng(3)
    assert calibration.fit_rejection_threshold(rng.beta(1, 19, 10_000), rng.beta(9, 2, 3_000)) == 0.5
    doubtful = rng.beta(2, 5, 10_000)
    threshold = calibration.fit_rejection_threshold(doubtful, rng.beta(5, 2, 3_000))
    assert threshold > 0.5 and np.mean(doubtful > threshold) == pytest.approx(0.01, abs=2e-4)


def test_separable_digits_and_non_digits_are_separated_without_errors():
    digits, non_digits = np.array([0.0, 0.1, 0.2]), np.array([0.7, 0.9])
    threshold = calibration.fit_rejection_threshold(digits, non_digits)
    assert (digits <= threshold).all() and (non_digits > threshold).all()


def test_a_network_without_an_output_for_non_digits_rejects_nothing():
    fitted = calibration.fit_calibration(np.eye(10)[np.arange(100) % 10] * 9, np.arange(100) % 10)
    assert fitted["rejection_threshold"] == 1.0
    found = calibration.calibrated(np.zeros((3, 10)), 1.0)
    assert (found.not_digit == 0).all() and found.several is None


def test_a_probability_is_never_above_1():
    values = np.random.default_rng(6).normal(0, 30, (20_000, 12))
    found = calibration.calibrated(values, 1.0)
    assert max(part.max() for part in (found.digits, found.not_digit, found.several)) <= 1


@given(arrays(np.float32, (3, 12), elements=st.floats(-50, 50, width=32)), st.floats(0.5, 3))
def test_digit_probabilities_are_conditional_on_being_a_digit(values, temperature):
    """Chain rule: the probability of a 7 given a digit, times the probability of a digit, is the probability of a 7.

    The probability of a 7 is the one in the softmax over all twelve outputs. "Not one digit" has the last two outputs.
    """
    digits, not_digit, several, _ = calibration.calibrated(values, temperature)
    joint = calibration.softmax(values, temperature)
    np.testing.assert_allclose(several, joint[:, 11])
    np.testing.assert_allclose(not_digit, joint[:, 10] + joint[:, 11], atol=1e-12)
    np.testing.assert_allclose(digits.sum(axis=1), 1)
    np.testing.assert_allclose(digits * (1 - not_digit[:, None]), joint[:, :10], atol=1e-12)


def test_non_digits_do_not_change_the_temperature():
    rng = np.random.default_rng(4)
    values, labels = rng.normal(0, 4, (3_000, 11)), rng.integers(0, 10, 3_000)
    digits_only = calibration.fit_calibration(values, labels)
    with_non_digits = calibration.fit_calibration(
        np.concatenate([values, rng.normal(0, 9, (500, 11))]), np.concatenate([labels, np.full(500, 10)])
    )
    assert with_non_digits["temperature"] == digits_only["temperature"]


def test_the_expected_calibration_error_is_the_gap_between_confidence_and_accuracy():
    probabilities = np.full((100, 10), 0.2 / 9)
    probabilities[:, 3] = 0.8
    labels = np.where(np.arange(100) < 60, 3, 4)
    assert abs(expected_calibration_error(probabilities, labels) - 0.2) < 1e-9
