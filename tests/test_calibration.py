"""Probabilities that mean what they say."""

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


def drawn_from(rng, values, temperature):
    """Labels that come up as often as the probabilities at this temperature say."""
    cumulated = calibration.softmax(values, temperature).cumsum(axis=1)
    return (rng.random((len(values), 1)) > cumulated).sum(axis=1).clip(0, 9)


def test_the_temperature_that_made_the_labels_is_found_again():
    rng = np.random.default_rng(1)
    values = rng.normal(0, 4, (20_000, 10))
    for temperature in (0.5, 1.0, 3.0):
        fitted = calibration.fit_temperature(values, drawn_from(rng, values, temperature))
        assert abs(fitted / temperature - 1) < 0.05


def test_answers_above_the_line_are_right_as_often_as_promised_and_the_line_is_no_higher_than_needed():
    rng = np.random.default_rng(2)
    values = rng.normal(0, 3, (20_000, 10))
    labels = drawn_from(rng, values, 1.0)
    probabilities = calibration.softmax(values)
    line = calibration.fit_confidence_threshold(probabilities, labels, accuracy=0.95)
    top, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    assert right[top >= line].mean() >= 0.95
    below = np.sort(top[top < line])[-200]
    assert right[top >= below].mean() < 0.95


def test_no_answer_is_sure_when_even_the_surest_are_wrong():
    probabilities = np.eye(10)[np.zeros(50, int)]
    assert calibration.fit_confidence_threshold(probabilities, np.ones(50, int)) == 1.0


def test_as_large_a_share_of_digits_is_refused_as_of_others_accepted():
    rng = np.random.default_rng(3)
    digits, others = rng.beta(1, 9, 10_000), rng.beta(5, 2, 3_000)
    line = calibration.fit_rejection_threshold(digits, others)
    assert np.mean(digits > line) == pytest.approx(np.mean(others <= line), abs=1 / 3_000)


def test_where_digits_and_others_lie_apart_none_is_on_the_wrong_side():
    digits, others = np.array([0.0, 0.1, 0.2]), np.array([0.7, 0.9])
    line = calibration.fit_rejection_threshold(digits, others)
    assert (digits <= line).all() and (others > line).all()


def test_a_network_that_knows_digits_alone_refuses_nothing():
    fitted = calibration.fit_calibration(np.eye(10)[np.arange(100) % 10] * 9, np.arange(100) % 10)
    assert fitted["rejection_threshold"] == 1.0
    assert (calibration.not_digit_probability(np.zeros((3, 10)), 1.0) == 0).all()


@given(arrays(np.float32, (3, 11), elements=st.floats(-50, 50, width=32)), st.floats(0.5, 3))
def test_which_digit_and_whether_are_two_questions(values, temperature):
    """The ten stay those of a digit whatever the eleventh output says, and together they are the softmax of eleven."""
    ten = calibration.digit_probabilities(values, temperature)
    none = calibration.not_digit_probability(values, temperature)
    whole = calibration.softmax(values, temperature)
    np.testing.assert_allclose(ten.sum(axis=1), 1)
    np.testing.assert_allclose(ten * (1 - none[:, None]), whole[:, :10], atol=1e-12)


def test_non_digits_do_not_move_temperature_and_sureness():
    rng = np.random.default_rng(4)
    values, labels = rng.normal(0, 4, (3_000, 11)), rng.integers(0, 10, 3_000)
    alone = calibration.fit_calibration(values, labels)
    more = np.concatenate([values, rng.normal(0, 9, (500, 11))])
    together = calibration.fit_calibration(more, np.concatenate([labels, np.full(500, 10)]))
    assert [together[name] for name in ("temperature", "confidence_threshold")] == [
        alone[name] for name in ("temperature", "confidence_threshold")
    ]


def test_calibration_error_is_the_gap_between_sure_and_right():
    sure = np.full((100, 10), 0.2 / 9)
    sure[:, 3] = 0.8
    labels = np.where(np.arange(100) < 60, 3, 4)
    assert abs(expected_calibration_error(sure, labels) - 0.2) < 1e-9
