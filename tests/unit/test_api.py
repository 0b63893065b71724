"""The endpoints, called through `Api` with a fake service: answers, errors, batches, load shedding."""

import asyncio
import json
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
from web.schemas.requests import DigitDrawing

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


def test_activations_are_a_header_and_signed_bytes_on_the_scale_of_the_layer(call):
    answer = call("activations", **SEVEN, ledger=True)
    image = DigitDrawing(**SEVEN).normalized
    [layer] = answer.layers
    assert (layer.maps, layer.count, layer.window.size, answer.silenced) == ([2, 0], 3, 5, None)
    maps = np.frombuffer(answer.data, np.int8, 2 * 784, layer.offset).reshape(2, 28, 28)
    drawn = np.frombuffer(answer.data, np.uint8, 784, answer.image).reshape(28, 28)
    np.testing.assert_allclose(drawn / 255, image, atol=0.002)
    np.testing.assert_allclose(maps[0] / 127 * layer.scale, 2 * image, atol=layer.scale / 127)
    assert not maps[1].any()
    ledger = np.frombuffer(answer.data, "<f4", 11 * answer.ledger.columns, answer.ledger.offset).reshape(11, -1)
    np.testing.assert_allclose(ledger.sum(axis=1) + answer.ledger.empty, answer.outcome.logits, atol=1e-3)
    content = answer.to_bytes()
    size = int.from_bytes(content[:4], "little")
    assert size % 4 == 0 and content[4 + size :] == answer.data
    assert json.loads(content[4 : 4 + size]) == answer.model_dump(mode="json", exclude={"data"})


def test_a_whole_layer_and_silenced_maps_can_be_requested(call):
    whole, few = call("activations", **SEVEN, layer=0, silenced=[[0, 2]]), call("activations", **SEVEN)
    assert whole.layers[0].maps == [0, 1, 2] and whole.image == 3 * 784
    assert whole.outcome == few.outcome
    assert whole.silenced.logits[7] == pytest.approx(few.outcome.logits[7] / 3, rel=1e-3)
    assert whole.brief().data is None
    with pytest.raises(InputError, match="expected 0 to 0, or null"):
        call("activations", **SEVEN, layer=1)


def test_occlusion_gives_the_change_for_each_block(call):
    drawn = call("occlusion", **SEVEN, digit=7, rather_than=1, dots=True)
    assert drawn.score == pytest.approx(DigitDrawing(**SEVEN).normalized.sum(), abs=0.01)
    assert len(drawn.erased) == len(drawn.added) == 49
    assert sum(drawn.erased) == pytest.approx(-drawn.score, abs=0.01) and max(drawn.added) > 10
    silenced = call("occlusion", **SEVEN, digit=7, rather_than=1, silenced=[[0, 2]])
    assert silenced.score == pytest.approx(drawn.score / 3, abs=0.01) and silenced.added is None


def test_the_effect_of_the_ink_on_a_cell_takes_the_place_of_the_score(call):
    image = DigitDrawing(**SEVEN).normalized
    cell = int(image.argmax())
    found = call("occlusion", **SEVEN, digit=None, cell=[0, 2, cell])
    assert found.score == pytest.approx(2 * image.max(), abs=0.01)
    block = cell // 28 // 4 * 7 + cell % 28 // 4
    assert [index for index, change in enumerate(found.erased) if change] == [block]
    assert found.erased[block] == pytest.approx(-found.score, abs=1e-4)


def test_a_network_without_pictures_of_cutouts_has_an_empty_answer(call):
    found = call("cutouts", layer=0)
    assert (found.maps, found.count, found.size, found.data) == ([], 9, 5, b"")
    with pytest.raises(InputError, match="expected 0 to 0."):
        call("cutouts", layer=1)


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
