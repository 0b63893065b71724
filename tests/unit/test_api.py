"""The endpoints, called through `Api` with a fake service: answers, errors, batches, load shedding."""

import asyncio
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from model.corrections.sqlite_file import StorageError
from model.errors import InputError
from model.inference.answer import Answer, Reading, Verdict
from tests.helpers.coroutines import finish
from tests.helpers.fake_service import fake_service
from tests.helpers.images import pixels
from web import errors
from web.admission import CAPACITY, Overloaded
from web.api import Api
from web.registry import ENDPOINTS

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}


@pytest.fixture
def service(kept) -> SimpleNamespace:
    return fake_service(kept)


@pytest.fixture
def call(service):
    """call(name, **fields): the response of an endpoint."""
    api = Api(service)

    def call(name: str, **fields):
        endpoint = ENDPOINTS[name]
        return finish(api.call(endpoint, errors.parse(endpoint.request, fields)))

    return call


def test_strokes_and_a_picture_get_the_same_kind_of_answer(call):
    answer = call("predict", **SEVEN)
    assert (answer.number, answer.verdict) == ("7", "digit")
    assert call("predict_image", picture=b"seven") == answer


def test_an_explanation_a_comparison_and_the_steps_are_given(call):
    evidence = pixels(call("explain", **SEVEN, digit=7).evidence, dtype=np.int8)
    assert (evidence == 127).all()
    assert call("compare", **SEVEN).models == []
    assert [step.name for step in call("steps", **SEVEN).steps] == ["ink", "cropped", "fitted", "centred"]


def test_a_correction_is_stored_with_the_networks_answer_and_can_be_deleted_once(call, kept):
    stored = call("correct", **SEVEN, label="1")
    [row] = kept
    assert (row.label, row.number, row.verdict) == ("1", "7", "digit")
    assert (stored.label, stored.time) == ("1", row.time)
    assert call("undo_correction", token=stored.token).deleted
    assert list(kept) == []
    with pytest.raises(InputError, match="No correction has this token"):
        call("undo_correction", token=stored.token)


def test_the_token_of_a_correction_deletes_no_other_correction(call, kept):
    call("correct", **SEVEN, label="1")
    other = call("correct", **SEVEN, label="2")
    call("undo_correction", token=other.token)
    assert [row.label for row in kept] == ["1"]


@pytest.mark.parametrize("name, fields", [("correct", SEVEN | {"label": "1"}), ("undo_correction", {"token": "a"})])
def test_without_a_store_corrections_are_rejected(call, service, name, fields):
    service.store = None
    with pytest.raises(InputError, match="This server does not store corrections"):
        call(name, **fields)


def test_a_failure_to_store_is_an_error_for_the_caller(call, kept, monkeypatch):
    def fail(*_):
        raise StorageError("the disk failed")

    monkeypatch.setattr(kept, "keep", fail)
    with pytest.raises(StorageError, match="the disk failed"):
        call("correct", **SEVEN, label="1")


def test_calls_that_arrive_together_are_answered_together_and_too_many_are_refused(service):
    sizes, release = [], threading.Event()

    def read_drawings(drawings):
        assert release.wait(10)
        sizes.append(len(drawings))
        return [Answer((Reading((0.1,) * 10, 0.0, Verdict.UNSURE, np.zeros((28, 28))),), 0, {}) for _ in drawings]

    service.classifier.read_drawings = read_drawings
    api, endpoint = Api(service), ENDPOINTS["predict"]

    async def many():
        request = errors.parse(endpoint.request, SEVEN)
        calls = [asyncio.ensure_future(api.call(endpoint, request)) for _ in range(CAPACITY + 3)]
        await asyncio.sleep(0)
        release.set()
        return await asyncio.gather(*calls, return_exceptions=True)

    results = finish(many())
    assert [type(result) for result in results[CAPACITY:]] == [Overloaded] * 3
    assert sum(sizes) == CAPACITY and max(sizes) == 16


def test_every_endpoint_has_a_description_of_at_least_one_sentence():
    for endpoint in ENDPOINTS.values():
        assert len(endpoint.description) > 60 and endpoint.description.endswith("."), endpoint.name
