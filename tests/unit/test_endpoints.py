"""The methods of `Api`: single calls, batches of calls, and the errors that Gradio sends to the caller."""

from types import SimpleNamespace

import gradio as gr
import numpy as np
import pytest

from model.corrections.store import StorageError
from model.errors import InputError
from model.inference.answer import Answer, Reading, Verdict
from web.api import ANSWER, Api, describe

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}
READING = Reading((0.01,) * 7 + (0.91, 0.01, 0.01), 0.1, Verdict.DIGIT, np.zeros((28, 28)), (0.0, 0.0, 1.0, 1.0), (0,))
IS_SEVEN = Answer((READING,), 0, {"ink": 1.0, "normalization": 1.0, "network": 1.0})


@pytest.fixture
def service() -> SimpleNamespace:
    """A fake service. It reads every drawing as a 7. It explains a digit by a tenth of the digit for each pixel."""
    return SimpleNamespace(
        classifier=SimpleNamespace(
            read_strokes=lambda strokes: IS_SEVEN, read_drawings=lambda drawings: [IS_SEVEN for _ in drawings]
        ),
        attribution=SimpleNamespace(attribute=lambda image, digit, contrast: np.full((28, 28), digit / 10)),
        comparison=SimpleNamespace(compare=lambda image: []),
        read_picture=lambda picture: IS_SEVEN,
        notes={"sha256": "0123456789abcdef" * 4},
    )


@pytest.fixture
def api(service, kept) -> Api:
    return Api(service, kept)


def test_a_batch_gets_the_same_answers_as_single_calls(api):
    assert api.batched["predict"]([(SEVEN,), (SEVEN,)]) == [api.predict(SEVEN)] * 2
    assert api.batched["explain"]([(SEVEN, 7, 1)]) == [api.explain(SEVEN, 7, 1)]


def test_in_a_batch_an_invalid_call_gets_an_error_and_the_valid_calls_get_answers(api):
    first, broken, last = api.batched["predict"]([(SEVEN,), ("seven",), (SEVEN,)])
    assert first["number"] == last["number"] == "7"
    assert isinstance(broken, InputError) and "not JSON" in str(broken)
    evidence, wrong = api.batched["explain"]([(SEVEN, 7, None), (SEVEN, 11, None)])
    assert len(evidence["evidence"]) == 28
    assert isinstance(wrong, InputError) and "from 0 to 9" in str(wrong)


@pytest.mark.parametrize("endpoint", ["predict", "compare", "steps"])
def test_an_invalid_drawing_is_an_error_for_the_caller(api, endpoint):
    with pytest.raises(gr.Error, match="not JSON") as error:
        getattr(api, endpoint)("seven")
    assert not error.value.print_exception


def test_a_picture_gets_the_answer_of_the_service(api):
    assert api.predict_image("seven.png") == api.predict(SEVEN)


def test_a_comparison_and_the_steps_are_json(api):
    assert api.compare(SEVEN) == {"models": []}
    assert [step["name"] for step in api.steps(SEVEN)["steps"]] == ["ink", "cropped", "fitted", "centred"]


def test_a_correction_is_stored_with_the_networks_answer(api, kept):
    answer = api.correct(SEVEN, "1")
    [stored] = kept
    assert (stored.label, stored.number, stored.verdict) == ("1", "7", "digit")
    assert answer == {"label": "1", "time": stored.time}


def test_without_a_store_a_correction_is_an_error_for_the_caller(service):
    with pytest.raises(gr.Error, match="This server does not store corrections"):
        Api(service, None).correct(SEVEN, "1")


def test_a_failure_to_store_is_an_error_for_the_caller(api, kept, monkeypatch):
    def fail(*_):
        raise StorageError("the disk failed")

    monkeypatch.setattr(kept, "keep", fail)
    with pytest.raises(gr.Error, match="the disk failed"):
        api.correct(SEVEN, "1")


def test_the_description_of_an_answer_is_added_to_endpoints_that_return_an_answer(api):
    assert all(" ".join(ANSWER.split()) in describe(endpoint) for endpoint in (api.predict, api.predict_image))
    assert describe(api.steps) == " ".join(Api.steps.__doc__.split())
