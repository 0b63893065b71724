"""The JSON of the API: invalid requests are rejected, and answers consist of plain lists, numbers and strings."""

import json

import numpy as np
import pytest

from model.errors import InputError
from model.inference.answer import Answer, Reading, Verdict
from model.inference.comparison import ModelReading
from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import parse_strokes, rasterize
from model.preprocessing.trace import trace_strokes
from web import schemas
from web.texts import answer_reason, reading_reason

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}
IMAGE = normalize(rasterize(parse_strokes(SEVEN)))
READING_KEYS = {"digit", "verdict", "reason", "probabilities", "no_digit", "image", "box", "strokes"}


def reading(digit: int, verdict: Verdict = Verdict.DIGIT, strokes: tuple[int, ...] = (0,)) -> Reading:
    probabilities = tuple(0.91 if other == digit else 0.01 for other in range(10))
    return Reading(probabilities, 0.25, verdict, IMAGE, (0.1, 0.2, 0.3, 0.4), strokes)


def through_json(value: object) -> object:
    """Convert a value to JSON and back, and return the result: the value that a client receives."""
    return json.loads(json.dumps(value, allow_nan=False))


# Requests


def test_strokes_become_their_normalized_image():
    np.testing.assert_array_equal(schemas.parse_image(SEVEN), IMAGE)
    assert not schemas.parse_image({"strokes": []}).any()


def test_the_image_of_an_answer_can_be_sent_back():
    rows = through_json(schemas.image_json(IMAGE))
    image = schemas.parse_image({"image": rows})
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, IMAGE, atol=0.5 / 255 + 1e-6)
    assert schemas.image_json(image) == rows


@pytest.mark.parametrize(
    "image",
    [
        None,
        [],
        "image",
        {},
        [[0] * 28] * 27,
        [[0] * 27] * 28,
        [[0] * 28] * 27 + [None],
        [[True] * 28] * 28,
        [["0"] * 28] * 28,
        [[256] * 28] * 28,
        [[-1] * 28] * 28,
        [[float("nan")] * 28] * 28,
        [[float("inf")] * 28] * 28,
    ],
)
def test_an_invalid_image_is_rejected_with_what_is_expected(image):
    with pytest.raises(InputError, match="28 rows of 28 numbers"):
        schemas.parse_image({"image": image})


@pytest.mark.parametrize("payload", [None, "{", 7, [], {"strokes": None}])
def test_a_payload_that_is_neither_strokes_nor_an_image_is_rejected(payload):
    with pytest.raises(InputError):
        schemas.parse_image(payload)


@pytest.mark.parametrize("digit", [*range(10), None])
def test_a_digit_or_null_is_accepted(digit):
    assert schemas.parse_digit(digit) == digit


@pytest.mark.parametrize("payload", [10, -1, True, 3.0, "3", [], {}, float("nan"), "x" * 10_000])
def test_anything_else_than_a_digit_is_rejected_with_a_short_message(payload):
    with pytest.raises(InputError, match="from 0 to 9, or null") as rejection:
        schemas.parse_digit(payload)
    assert len(str(rejection.value)) < 200


# Answers


def test_the_json_of_a_reading_has_all_values():
    payload = through_json(schemas.reading_json(reading(7, strokes=(0, 2))))
    assert set(payload) == READING_KEYS
    assert (payload["digit"], payload["verdict"], payload["no_digit"]) == (7, "digit", 0.25)
    assert payload["reason"] == reading_reason(reading(7))
    assert payload["probabilities"] == [0.01] * 7 + [0.91] + [0.01] * 2
    assert (payload["box"], payload["strokes"]) == ([0.1, 0.2, 0.3, 0.4], [0, 2])
    np.testing.assert_allclose(np.array(payload["image"]) / 255, IMAGE, atol=0.5 / 255 + 1e-6)


def test_a_blank_reading_has_neither_digit_nor_box():
    blank = Reading((0.1,) * 10, 0.0, Verdict.BLANK, np.zeros((28, 28), np.float32))
    payload = through_json(schemas.reading_json(blank))
    assert (payload["digit"], payload["box"], payload["strokes"]) == (None, None, [])


def test_an_answer_has_all_readings_and_repeats_the_current_reading_at_the_top_level():
    answer = Answer((reading(7), reading(4, Verdict.UNSURE, (1,))), 1, {"ink": 0.5, "network": 2.0})
    payload = through_json(schemas.answer_json(answer))
    assert set(payload) == READING_KEYS | {"number", "readings", "current", "milliseconds"}
    assert (payload["number"], payload["verdict"], payload["current"]) == ("74", "unsure", 1)
    assert payload["reason"] == answer_reason(answer)
    assert payload["readings"] == [through_json(schemas.reading_json(part)) for part in answer.readings]
    assert payload["milliseconds"] == {"ink": 0.5, "network": 2.0}
    for key in READING_KEYS - {"verdict", "reason"}:
        assert payload[key] == payload["readings"][1][key]


def test_the_verdict_at_the_top_level_is_the_verdict_on_the_whole_number():
    answer = Answer((reading(4, Verdict.UNSURE), reading(7)), 1, {})
    payload = schemas.answer_json(answer)
    assert (payload["digit"], payload["readings"][1]["verdict"], payload["verdict"]) == (7, "digit", "unsure")


def test_contributions_are_scaled_to_127():
    contributions = np.zeros((28, 28), np.float32)
    contributions[3, 4], contributions[5, 6] = -0.2, 0.1
    evidence = np.array(through_json(schemas.attribution_json(contributions))["evidence"])
    assert evidence.shape == (28, 28)
    assert (evidence[3, 4], evidence[5, 6], np.count_nonzero(evidence)) == (-127, 64, 2)


def test_contributions_of_0_stay_0():
    assert not np.any(schemas.attribution_json(np.zeros((28, 28), np.float32))["evidence"])


def test_a_comparison_has_the_probability_of_each_models_answer():
    models = [
        ModelReading("softmax", reading(7), 0.12345, 0.92, 30_000),
        ModelReading("digits", reading(7, Verdict.NOT_DIGIT), 1.0, 0.997, 900_000),
    ]
    softmax, digits = through_json(schemas.comparison_json(models))["models"]
    assert softmax == {
        "name": "softmax",
        "digit": 7,
        "verdict": "digit",
        "probability": 0.91,
        "mnist": 0.92,
        "bytes": 30_000,
        "milliseconds": 0.123,
    }
    assert (digits["digit"], digits["probability"]) == (None, 0.25)
    assert schemas.comparison_json([]) == {"models": []}


def test_the_steps_of_normalization_are_named_images_in_order():
    images = trace_strokes(parse_strokes(SEVEN))
    steps = through_json(schemas.trace_json(images))["steps"]
    assert [step["name"] for step in steps] == list(images)
    assert steps[-1]["image"] == schemas.image_json(IMAGE)
    assert schemas.trace_json({}) == {"steps": []}
