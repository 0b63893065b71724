"""The fast path as ASGI middleware: it answers the calls of its endpoints, and forwards all other requests."""

import asyncio
import threading

import httpx
import pytest
from starlette.responses import PlainTextResponse

from model.errors import InputError
from tests.helpers.coroutines import finish
from web import batching
from web.fast_path import OVERLOADED, RUN_PATH, FastPath

gradio = PlainTextResponse("Gradio")


def answer(calls) -> list:
    return [InputError("Not 3.") if number == 3 else {"number": number} for (number,) in calls]


def client(page: FastPath) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://page")


async def post_all(page: FastPath, count: int) -> list[httpx.Response]:
    """Send `count` requests at once, numbered from 0, and return the responses."""
    async with client(page) as visitor:
        posts = [visitor.post(f"{RUN_PATH}predict", json={"data": [number]}) for number in range(count)]
        return await asyncio.gather(*posts)


def test_each_call_gets_its_own_answer_or_error_message():
    responses = finish(post_all(FastPath(gradio, {"predict": answer}), 8))
    for number, response in enumerate(responses):
        expected = (422, {"error": "Not 3."}) if number == 3 else (200, {"data": [{"number": number}]})
        assert (response.status_code, response.json()) == expected


def test_calls_above_max_pending_get_503_and_the_other_calls_are_answered(monkeypatch):
    monkeypatch.setattr(batching, "MAX_PENDING", 5)
    release = threading.Event()

    def answer_once_released(calls):
        assert release.wait(10)
        return answer(calls)

    async def nine_then_three():
        page, refused = FastPath(gradio, {"predict": answer_once_released}), []

        async def post(visitor: httpx.AsyncClient, number: int) -> int:
            response = await visitor.post(f"{RUN_PATH}predict", json={"data": [number]})
            if response.status_code == 503:
                refused.append(response.json())
            if len(refused) == 4:
                release.set()
            return response.status_code

        async with client(page) as visitor:
            first = await asyncio.gather(*(post(visitor, number) for number in range(9)))
        return first, [response.status_code for response in await post_all(page, 3)], refused

    first, later, refused = finish(nine_then_three())
    assert sorted(first) == [200] * 4 + [422] + [503] * 4
    assert later == [200] * 3
    assert refused == [{"error": OVERLOADED}] * 4


@pytest.mark.parametrize("method, path", [("GET", "run/predict"), ("POST", "run/steps"), ("POST", "run/predict/1")])
def test_other_requests_reach_gradio(method, path):
    async def send():
        async with client(FastPath(gradio, {"predict": answer})) as visitor:
            return await visitor.request(method, f"/gradio_api/{path}")

    assert finish(send()).text == "Gradio"
