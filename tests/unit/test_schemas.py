"""The models of requests and responses: invalid requests are rejected with a sentence, and images are base64 text."""

import base64
import json

import jsonschema
import numpy as np
import pytest

from model.errors import InputError
from model.inference.answer import Answer, Reading, Verdict
from model.inference.comparison import ModelReading
from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import MAX_POINTS, parse_strokes, rasterize
from model.preprocessing.trace import trace_strokes
from tests.helpers.images import pixels
from web import errors
from web.schemas import responses
from web.schemas.fields import MAX_STROKES
from web.schemas.inside import ActivationsRequest, OcclusionRequest
from web.schemas.requests import (
    CorrectionRequest,
    DigitDrawing,
    Drawing,
    ExplainRequest,
    PictureRequest,
    PredictRequest,
    Request,
)
from web.schemas.responses import AnswerResponse, ReadingResponse
from web.texts import answer_reason, reading_reason

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}
IMAGE = normalize(rasterize(parse_strokes(SEVEN)))
TEXT = responses.encode(IMAGE)
EXAMPLE = {
    "features": base64.b64encode(bytes(128)).decode(),
    "label": "7",
    "reach": 0.3,
    "weight": 4.0,
    "network": "0123456789ab",
}
SECRET = "my secret"


def reading(digit: int, verdict: Verdict = Verdict.DIGIT, strokes: tuple[int, ...] = (0,)) -> Reading:
    probabilities = tuple(0.91 if other == digit else 0.01 for other in range(10))
    return Reading(probabilities, 0.25, verdict, IMAGE, (0.1, 0.2, 0.3, 0.4), strokes)


def rejection(model: type[Request], arguments: object) -> str:
    """Return the sentence with which a request is rejected."""
    with pytest.raises(InputError) as rejected:
        errors.parse(model, arguments)
    return str(rejected.value)


# --- requests


def test_strokes_become_arrays_without_empty_strokes():
    drawing = Drawing(strokes=[[[0, 0.5]], [], *SEVEN["strokes"]])
    assert [array.shape for array in drawing.arrays] == [(1, 2), (3, 2)]
    assert {array.dtype for array in drawing.arrays} == {np.dtype(np.float64)}


def test_a_drawing_of_one_digit_is_strokes_or_the_image_of_a_reading():
    np.testing.assert_array_equal(DigitDrawing(**SEVEN).normalized, IMAGE)
    assert not DigitDrawing(strokes=[]).normalized.any()
    image = DigitDrawing(image=TEXT).normalized
    assert image.dtype == np.float32
    np.testing.assert_allclose(image, IMAGE, atol=0.5 / 255 + 1e-6)
    assert responses.encode(image) == TEXT


def test_a_picture_is_bytes_or_a_data_url():
    assert PictureRequest(picture=b"picture").picture == b"picture"
    assert PictureRequest(picture="data:image/png;base64,cGljdHVyZQ==").picture == b"picture"


def test_features_and_examples_are_optional():
    request = PredictRequest(**SEVEN)
    assert (request.features, request.examples) == (False, [])
    assert PredictRequest(**SEVEN, features=True, examples=[EXAMPLE] * 5).examples[0].label == "7"


POINT = SEVEN["strokes"][0][0]


@pytest.mark.parametrize(
    "model, arguments, problem",
    [
        (Drawing, {}, "strokes is missing; expected a list of at most"),
        (Drawing, [], "The request is not a JSON object; expected application/json, an object with strokes."),
        (Drawing, {"strokes": SECRET}, "strokes is not a list;"),
        (Drawing, {"strokes": [[POINT], SECRET]}, "strokes[1] is not a list;"),
        (Drawing, {"strokes": [[POINT, {SECRET: 1}]]}, "strokes[0][1] is not a list;"),
        (Drawing, {"strokes": [[POINT, [0.5]]]}, "strokes[0][1] has fewer than 2 entries;"),
        (Drawing, {"strokes": [[POINT, [0.5] * 3]]}, "strokes[0][1] has more than 2 entries;"),
        (Drawing, {"strokes": [[["0.5", 0.5]]]}, "strokes[0][0][0] is not a number;"),
        (Drawing, {"strokes": [[[0.5, True]]]}, "strokes[0][0][1] is not a number;"),
        (Drawing, {"strokes": [[[0.5, float("nan")]]]}, "strokes[0][0][1] is not a finite number;"),
        (Drawing, {"strokes": [[[10**400, 0.5]]]}, "strokes[0][0][0] is not a number;"),
        (Drawing, {"strokes": [[[0.5, 1e300]]]}, "strokes[0][0][1] is above 1000;"),
        (Drawing, {"strokes": [[[0.5, -1e300]]]}, "strokes[0][0][1] is below -1000;"),
        (Drawing, {"strokes": [[]] * (MAX_STROKES + 1)}, f"strokes has more than {MAX_STROKES} entries;"),
        (Drawing, {"strokes": [[POINT] * (MAX_POINTS + 1)]}, f"strokes has more than {MAX_POINTS:,} points;"),
        (Drawing, SEVEN | {SECRET: 1}, "The request has an unknown field; expected strokes."),
        (PredictRequest, SEVEN | {"features": 1}, "features is neither true nor false;"),
        (PredictRequest, SEVEN | {"examples": [EXAMPLE] * 6}, "examples has more than 5 entries;"),
        (PredictRequest, SEVEN | {"examples": [EXAMPLE | {"features": SECRET}]}, "examples[0].features is not base64"),
        (PredictRequest, SEVEN | {"examples": [SECRET]}, "examples[0] is not an object;"),
        (DigitDrawing, {}, "The request has both strokes and an image, or neither;"),
        (DigitDrawing, SEVEN | {"image": TEXT}, "The request has both strokes and an image, or neither;"),
        (DigitDrawing, {"image": TEXT[:-4]}, "image is not base64 text of the expected length;"),
        (DigitDrawing, {"image": [[0] * 28] * 28}, "image is not text;"),
        (ExplainRequest, SEVEN, "digit is missing; expected the answer to explain: an integer from 0 to 9, or null"),
        (ExplainRequest, SEVEN | {"digit": 10}, "digit is not below 10;"),
        (ExplainRequest, SEVEN | {"digit": -1}, "digit is below 0;"),
        (ExplainRequest, SEVEN | {"digit": "7"}, "digit is not an integer;"),
        (ExplainRequest, SEVEN | {"digit": True}, "digit is not an integer;"),
        (ExplainRequest, SEVEN | {"digit": 3.0}, "digit is not an integer;"),
        (ActivationsRequest, SEVEN | {"silenced": [[1]]}, "silenced[0] has fewer than 2 entries; expected a list of"),
        (ActivationsRequest, SEVEN | {"silenced": [[1, -1]]}, "silenced[0][1] is below 0;"),
        (ActivationsRequest, SEVEN | {"silenced": [[1, 1]] * 201}, "silenced has more than 200 entries;"),
        (ActivationsRequest, SEVEN | {"model": SECRET * 20}, "model has more than 100 characters;"),
        (ActivationsRequest, SEVEN | {"layer": "1"}, "layer is not an integer;"),
        (OcclusionRequest, SEVEN, "digit is missing;"),
        (CorrectionRequest, SEVEN | {"label": SECRET}, "label is not one of the accepted values; expected the correct"),
        (
            CorrectionRequest,
            SEVEN | {"label": "1" * 11},
            "label is not one of the accepted values; expected the correct",
        ),
        (CorrectionRequest, SEVEN | {"label": 12}, "label is not text; expected the correct label"),
        (PictureRequest, {"picture": f"http://{SECRET}/seven.png"}, "picture is not a data: URL with base64 content;"),
        (PictureRequest, {"picture": "data:image/png;base64,???"}, "picture is not a data: URL with base64 content;"),
        (PictureRequest, {"picture": {"path": SECRET}}, "picture is not a data: URL with base64 content;"),
        (Request, {SECRET: 1}, "The request has an unknown field; expected no fields."),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_an_invalid_request_is_rejected_with_a_sentence_that_does_not_repeat_it(model, arguments, problem):
    message = rejection(model, arguments)
    assert message.startswith(problem)
    assert message.endswith(".") and SECRET not in message and len(message) < 250


def test_validation_stops_at_the_first_error():
    assert "strokes[0][0] is not a list" in rejection(Drawing, {"strokes": [[0] * MAX_POINTS]})


# --- responses


def through_json(response: responses.Response) -> dict:
    """Return the JSON that a client receives."""
    return json.loads(response.model_dump_json())


def test_a_reading_has_all_values():
    payload = through_json(ReadingResponse.of(reading(7, strokes=(0, 2))))
    assert (payload["digit"], payload["verdict"], payload["no_digit"]) == (7, "digit", 0.25)
    assert payload["reason"] == reading_reason(reading(7))
    assert payload["probabilities"] == [0.01] * 7 + [0.91] + [0.01] * 2
    assert (payload["box"], payload["strokes"]) == ([0.1, 0.2, 0.3, 0.4], [0, 2])
    np.testing.assert_allclose(pixels(payload["image"]) / 255, IMAGE, atol=0.5 / 255 + 1e-6)


def test_a_field_that_is_null_counts_as_missing_in_the_schema_too():
    is_valid = jsonschema.Draft202012Validator(DigitDrawing.model_json_schema()).is_valid
    assert is_valid(SEVEN | {"image": None}) and DigitDrawing.model_validate(SEVEN | {"image": None}).image is None
    assert is_valid({"strokes": None, "image": TEXT}) and is_valid(SEVEN)
    assert not any(map(is_valid, (SEVEN | {"image": TEXT}, {}, {"strokes": None, "image": None})))


def test_a_blank_reading_has_neither_digit_nor_box():
    blank = Reading((0.1,) * 10, 0.0, Verdict.BLANK, np.zeros((28, 28), np.float32))
    payload = through_json(ReadingResponse.of(blank))
    assert (payload["digit"], payload["box"], payload["strokes"]) == (None, None, [])


def test_the_largest_reading_takes_at_most_4_kb():
    long = 1.2345678901234567e-10  # As many characters as a number can have.
    strokes = tuple(range(MAX_STROKES))
    largest = Reading((long,) * 10, long, Verdict.NOT_DIGIT, IMAGE, (-long,) * 4, strokes)
    assert len(ReadingResponse.of(largest).model_dump_json()) <= 4_000


def test_an_answer_has_the_readings_and_the_verdict_on_the_whole_drawing():
    answer = Answer((reading(7), reading(4, Verdict.UNSURE, (1,))), 1, {"ink": 0.5, "network": 2.0})
    payload = through_json(AnswerResponse.of(answer))
    assert (payload["number"], payload["verdict"], payload["current"]) == ("74", "unsure", 1)
    assert payload["reason"] == answer_reason(answer)
    assert payload["readings"] == [through_json(ReadingResponse.of(part)) for part in answer.readings]
    assert payload["milliseconds"] == {"ink": 0.5, "network": 2.0}
    assert (payload["marks"], payload["features"], payload["version"]) == ([], None, "1.0")


def test_a_brief_answer_has_no_images():
    answer = AnswerResponse.of(Answer((reading(7), reading(4)), 1, {}))
    brief = answer.brief()
    assert [part.image for part in brief.readings] == [None, None]
    assert answer.readings[0].image == TEXT
    assert AnswerResponse.model_validate(through_json(brief)) == brief


def test_contributions_are_scaled_to_127():
    contributions = np.zeros((28, 28), np.float32)
    contributions[3, 4], contributions[5, 6] = -0.2, 0.1
    evidence = pixels(responses.ExplainResponse.of(contributions).evidence, dtype=np.int8)
    assert evidence.shape == (28, 28)
    assert (evidence[3, 4], evidence[5, 6], np.count_nonzero(evidence)) == (-127, 64, 2)
    assert not pixels(responses.ExplainResponse.of(0 * contributions).evidence).any()


def test_a_model_has_the_probability_of_its_answer():
    softmax = ModelReading("softmax", reading(7), 0.12345, 0.92, 30_000, own=True, kind="linear")
    assert through_json(responses.ModelResponse.of(softmax)) == {
        "name": "softmax",
        "digit": 7,
        "verdict": "digit",
        "probability": 0.91,
        "probabilities": [0.01] * 7 + [0.91] + [0.01] * 2,
        "no_digit": 0.25,
        "mnist": 0.92,
        "bytes": 30_000,
        "milliseconds": 0.123,
        "own": True,
        "kind": "linear",
    }
    rejected = responses.ModelResponse.of(
        ModelReading("digits", reading(7, Verdict.NOT_DIGIT), 1.0, 0.997, 900_000, own=False, kind="convolutional")
    )
    assert (rejected.digit, rejected.probability) == (None, 0.25)


def test_the_steps_of_normalization_are_named_images_in_order():
    images = trace_strokes(parse_strokes(SEVEN))
    steps = responses.StepsResponse.of(images)
    assert [step.name for step in steps.steps] == list(images)
    assert pixels(steps.steps[0].image, steps.steps[0].width).shape == images["ink"].shape
    assert steps.steps[-1].image == TEXT
    assert [step.image is None for step in steps.brief().steps] == [True, True, True, False]
    assert responses.StepsResponse.of({}).steps == []
