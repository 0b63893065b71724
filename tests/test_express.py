"""The way past Gradio: the same answers and refusals, a bound on what is under way."""

import anyio
import httpx
import pytest
from gradio_client import Client
from hand import DIGITS, number

from model.ink import InkError
from web import express

SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}


@pytest.mark.parametrize("strokes", [DIGITS[3], number("74"), []])
def test_the_answer_is_gradios_own(server, strokes):
    drawing = {"strokes": [[list(point) for point in stroke] for stroke in strokes]}
    quick = httpx.post(f"{server.address}{express.PATH}", json={"data": [drawing]}).json()["data"][0]
    slow = Client(server.address, verbose=False).predict(drawing, api_name="/predict")
    assert {**quick, "milliseconds": None} == {**slow, "milliseconds": None}


def test_what_is_no_drawing_is_refused_in_words(server):
    refused = httpx.post(f"{server.address}{express.PATH}", json={"data": ["seven"]})
    assert refused.status_code == 422 and "not JSON" in refused.json()["error"]


async def asked(page: express.Express, count: int) -> list[int]:
    """So many at once → their statuses."""
    transport = httpx.ASGITransport(page)
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        statuses = []

        async def ask():
            statuses.append((await client.post(express.PATH, json={"data": [SEVEN]})).status_code)

        async with anyio.create_task_group() as tasks:
            for _ in range(count):
                tasks.start_soon(ask)
    return sorted(statuses)


def test_past_the_bound_requests_are_turned_away_and_none_is_lost(monkeypatch):
    monkeypatch.setattr(express, "MOST", 5)
    release = []

    def read(drawing: object) -> dict:
        while len(release) < 1:
            pass
        return {}

    page = express.Express(None, read)

    async def crowd():
        async with anyio.create_task_group() as tasks:
            results = []

            async def all_of_them():
                results.extend(await asked(page, 9))

            tasks.start_soon(all_of_them)
            await anyio.sleep(0.5)
            release.append(True)
        return results

    assert anyio.run(crowd) == [200] * 5 + [503] * 4
    assert anyio.run(asked, express.Express(None, lambda drawing: {}), 3) == [200] * 3


def test_a_refusal_makes_room_again(monkeypatch):
    monkeypatch.setattr(express, "MOST", 1)

    def refuse(drawing: object) -> dict:
        raise InkError("No.")

    page = express.Express(None, refuse)
    assert [anyio.run(asked, page, 1) for _ in range(3)] == [[422]] * 3
