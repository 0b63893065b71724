"""The way past Gradio: the same answers and refusals, batches, a bound on what is under way."""

import asyncio
import threading

import anyio
import httpx
import pytest
from gradio_client import Client
from hand import DIGITS, number
from loops import finish

from model.errors import InputError
from web import batching
from web.fast_path import PATH, FastPath

SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}


def quick(server, endpoint: str, *data: object) -> httpx.Response:
    return httpx.post(f"{server.address}{PATH}{endpoint}", json={"data": data})


@pytest.mark.parametrize("strokes", [DIGITS[3], number("74"), []])
def test_the_answer_is_gradios_own(server, strokes):
    drawing = {"strokes": [[list(point) for point in stroke] for stroke in strokes]}
    answer = quick(server, "predict", drawing).json()["data"][0]
    slow = Client(server.address, verbose=False).predict(drawing, api_name="/predict")
    assert {**answer, "milliseconds": None} == {**slow, "milliseconds": None}


def test_the_explanation_is_gradios_own(server):
    answer = quick(server, "explain", SEVEN, 7, 1).json()["data"][0]
    assert answer == Client(server.address, verbose=False).predict(SEVEN, 7, 1, api_name="/explain")
    assert max(map(max, answer["evidence"])) == 127


@pytest.mark.parametrize(
    ("endpoint", "data", "why"),
    [("predict", ["seven"], "not JSON"), ("explain", [SEVEN, 7, 7], "cannot be compared with itself")],
)
def test_what_cannot_be_answered_is_refused_in_words(server, endpoint, data, why):
    refused = quick(server, endpoint, *data)
    assert refused.status_code == 422 and why in refused.json()["error"]


async def asked(page: FastPath, count: int) -> list[httpx.Response]:
    """So many at once, numbered from 0 → their responses."""
    responses = [None] * count
    async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://page") as client:

        async def ask(i: int):
            responses[i] = await client.post(f"{PATH}predict", json={"data": [i]})

        async with anyio.create_task_group() as tasks:
            for i in range(count):
                tasks.start_soon(ask, i)
    return responses


def statuses(page: FastPath, count: int) -> list[int]:
    return sorted(response.status_code for response in finish(asked(page, count)))


class Slow:
    """Answers each number with itself, its first batch not before `release` is set."""

    def __init__(self):
        self.sizes: list[int] = []
        self.release = threading.Event()

    def __call__(self, calls):
        self.release.wait(10)
        self.sizes.append(len(calls))
        return [InputError("Not 3.") if number == 3 else {"number": number} for (number,) in calls]


def released_in_a_moment(slow: Slow) -> None:
    threading.Timer(0.5, slow.release.set).start()


def test_what_came_meanwhile_is_answered_together_and_each_gets_its_own(monkeypatch):
    monkeypatch.setattr(batching, "LARGEST", 4)
    slow = Slow()
    released_in_a_moment(slow)
    responses = finish(asked(FastPath(None, {"predict": slow}), 8))
    assert sum(slow.sizes) == 8 and max(slow.sizes) == 4 and len(slow.sizes) <= 3
    for i, response in enumerate(responses):
        assert response.json() == ({"error": "Not 3."} if i == 3 else {"data": [{"number": i}]})


def test_past_the_bound_requests_are_turned_away_and_none_is_lost(monkeypatch):
    monkeypatch.setattr(batching, "MOST", 5)
    slow = Slow()
    released_in_a_moment(slow)
    page = FastPath(None, {"predict": slow})
    assert statuses(page, 9) == [200] * 4 + [422] + [503] * 4
    assert statuses(page, 3) == [200] * 3


def test_a_fault_is_told_to_all_of_its_batch_and_to_none_after_it():
    def answer(calls):
        if len(calls) > 1:
            raise ValueError("a fault")
        return [number for (number,) in calls]

    async def three_and_one():
        page = batching.Batches(answer)
        return await asyncio.gather(*map(page, range(3)), return_exceptions=True), await page(3)

    faults, after = finish(three_and_one())
    assert [str(fault) for fault in faults] == ["a fault"] * 3
    assert after == 3
