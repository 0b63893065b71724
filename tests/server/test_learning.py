"""The server returns examples, applies them, and keeps nothing."""

import pytest

from tests.helpers.server import call, post

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}


@pytest.fixture(scope="module")
def learned(server) -> dict:
    """The example of a 7 that is corrected to 1."""
    return call(server.address, "learn", **SEVEN, label="1").json()


def test_an_example_changes_the_answer_to_this_drawing_and_only_with_the_request(server, learned):
    assert (learned["label"], learned["rather_than"]) == ("1", "7")
    assert call(server.address, "predict", **SEVEN, examples=[learned]).json()["number"] == "1"
    plain = call(server.address, "predict", **SEVEN).json()
    assert (plain["number"], plain["features"]) == ("7", None)
    other = {"strokes": [[[0.5, 0.2], [0.3, 0.5], [0.5, 0.8], [0.7, 0.5], [0.5, 0.2]]]}
    answers = [call(server.address, "predict", **other, examples=kept).json() for kept in ([learned], [])]
    assert answers[0]["number"] == answers[1]["number"]


def test_the_answer_has_the_features_of_each_reading_if_they_are_requested(server, learned):
    answer = call(server.address, "predict", **SEVEN, features=True).json()
    assert answer["features"] == [learned["features"]]


def test_an_example_of_another_network_has_no_effect(server, learned):
    other = learned | {"network": "0" * 12}
    assert call(server.address, "predict", **SEVEN, examples=[other]).json()["number"] == "7"


def test_a_correction_knows_the_examples_that_the_visitor_has_already(server, learned):
    again = call(server.address, "learn", **SEVEN, label="7", examples=[learned]).json()
    assert again["rather_than"] == "1" and again["weight"] > 4
    assert call(server.address, "predict", **SEVEN, examples=[learned, again]).json()["number"] == "7"


@pytest.mark.parametrize(
    "fields, reason",
    [
        (
            {"strokes": [], "label": "1"},
            "There is nothing to learn from an empty drawing; expected a drawing with ink.",
        ),
        (SEVEN | {"label": "12"}, "label is not one of the accepted values; expected"),
        (SEVEN, "label is missing; expected the correct label of the drawing"),
    ],
)
def test_a_request_without_a_drawing_or_a_label_is_rejected(server, fields, reason):
    answer = post(f"{server.address}/api/learn", json=fields)
    assert answer.status_code == 422 and answer.json()["detail"].startswith(reason), answer.text
