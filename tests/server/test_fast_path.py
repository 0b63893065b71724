"""The fast path: the same answers and errors as Gradio's own routes, batches, load shedding."""

import asyncio
import threading

import anyio
import httpx
import pytest
from gradio_client import Client

from model.errors import InputError
from tests.helpers.coroutines import finish
from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN, number, payload
from tests.helpers.server import call
from web import batching
from web.fast_path import RUN_PATH, FastPath


@pytest.mark.parametrize("strokes", [DIGIT_DRAWINGS[3], number("74"), []])
def test_an_answer_equals_that_of_gradios_route(server, strokes):
    drawing = payload(strokes)
    answer = call(server.address, "predict", drawing).json()["data"][0]
    slow = Client(server.address, verbose=False).predict(drawing, api_name="/predict")
    assert {**answer, "milliseconds": None} == {**slow, "milliseconds": None}


def test_an_explanation_equals_that_of_gradios_route(server):
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


async def post_all(page: FastPath, count: int) -> list[httpx.Response]:
    """Send `count` requests at once, numbered from 0, and return their responses."""
    responses = [None] * count
    async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://page") as client:

        async def post(i: int):
            responses[i] = await client.post(f"{RUN_PATH}predict", json={"data": [i]})

        async with anyio.create_task_group() as tasks:
            for i in range(count):
                tasks.start_soon(post, i)
    return responses


def statuses(page: FastPath, count: int) -> list[int]:
    return sorted(response.status_code for response in finish(post_all(page, count)))


class Slow:
    """Answers each number with itself, once `release` is set."""

    def __init__(self):
        self.sizes: list[int] = []
        self.release = threading.Event()

    def __call__(self, calls):
        self.release.wait(10)
        self.sizes.append(len(calls))
        return [InputError("Not 3.") if number == 3 else {"number": number} for (number,) in calls]


def release_soon(slow: Slow) -> None:
    threading.Timer(0.5, slow.release.set).start()


def test_waiting_calls_are_answered_in_batches_and_each_gets_its_own_answer(monkeypatch):
    monkeypatch.setattr(batching, "MAX_BATCH", 4)
    slow = Slow()
    release_soon(slow)
    responses = finish(post_all(FastPath(None, {"predict": slow}), 8))
    assert sum(slow.sizes) == 8 and max(slow.sizes) == 4 and len(slow.sizes) <= 3
    for i, response in enumerate(responses):
        assert response.json() == ({"error": "Not 3."} if i == 3 else {"data": [{"number": i}]})


def test_above_max_pending_calls_get_503_and_the_others_are_answered(monkeypatch):
    monkeypatch.setattr(batching, "MAX_PENDING", 5)
    slow = Slow()
    release_soon(slow)
    page = FastPath(None, {"predict": slow})
    assert statuses(page, 9) == [200] * 4 + [422] + [503] * 4
    assert statuses(page, 3) == [200] * 3


def test_an_exception_fails_its_whole_batch_and_no_later_one():
    def answer(calls):
        if len(calls) > 1:
            raise ValueError("broken")
        return [number for (number,) in calls]

    async def three_and_one():
        batcher = batching.Batcher(answer)
        return await asyncio.gather(*map(batcher, range(3)), return_exceptions=True), await batcher(3)

    errors, after = finish(three_and_one())
    assert [str(error) for error in errors] == ["broken"] * 3
    assert after == 3
