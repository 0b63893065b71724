"""The fast path gives the answers that Gradio's own routes give, and error messages for invalid calls."""

import pytest
from gradio_client import Client

from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN, number, payload
from tests.helpers.server import call


@pytest.mark.parametrize("strokes", [DIGIT_DRAWINGS[3], number("74"), []])
def test_an_answer_equals_the_answer_of_gradios_own_route(server, strokes):
    drawing = payload(strokes)
    answer = call(server.address, "predict", drawing).json()["data"][0]
    slow = Client(server.address, verbose=False).predict(drawing, api_name="/predict")
    assert {**answer, "milliseconds": None} == {**slow, "milliseconds": None}


def test_an_explanation_equals_the_explanation_of_gradios_own_route(server):
    answer = call(server.address, "explain", SEVEN, 7, 1).json()["data"][0]
    assert answer == Client(server.address, verbose=False).predict(SEVEN, 7, 1, api_name="/explain")
    assert max(map(max, answer["evidence"])) == 127


@pytest.mark.parametrize(
    ("endpoint", "data", "message"),
    [("predict", ["seven"], "not JSON"), ("explain", [SEVEN, 7, 7], "cannot be compared with itself")],
)
def test_an_invalid_call_gets_an_error_message(server, endpoint, data, message):
    answer = call(server.address, endpoint, *data)
    assert answer.status_code == 422 and message in answer.json()["error"]
