"""Corrections are protected in every way of calling: other sites are refused, and each client has a limit."""

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

import demo
from model.corrections.store import CorrectionStore
from tests.helpers.coroutines import finish
from tests.helpers.drawings import SEVEN
from tests.helpers.fake_service import fake_service
from tests.helpers.mcp_client import call_tool
from tests.helpers.server import call, post, serving_in_thread
from web.api import Api
from web.app import application

LIMIT = 2
REFUSED = "Too many corrections came from this address; try again in "
FOREIGN = {"Origin": "https://evil.example"}


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """The address of a server that stores LIMIT corrections of each client per day, and its store."""
    monkeypatch.setenv("CORRECTIONS_PER_CLIENT", f"{LIMIT}/day")
    store = CorrectionStore(tmp_path / "corrections.sqlite")
    with serving_in_thread(application(demo.build_page, Api(fake_service(store)))) as address:
        yield address, store


def test_a_client_that_has_stored_too_many_corrections_is_refused_in_every_way(stored):
    address, store = stored
    for label in ("1", "2"):
        assert call(address, "corrections", **SEVEN, label=label).status_code == 200
    refused = call(address, "corrections", **SEVEN, label="3")
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 86_400
    assert refused.json()["detail"].startswith(REFUSED)
    refused = post(f"{address}/gradio_api/run/correct", json={"data": [SEVEN, "3"]})
    assert refused.status_code == 429 and refused.json()["error"].startswith(REFUSED)
    with pytest.raises((AppError, ValueError), match=REFUSED):
        Client(address, verbose=False).predict(SEVEN, "3", api_name="/correct")
    result = finish(call_tool(address, "correct", SEVEN | {"label": "3"}))
    assert result.isError and result.content[0].text.startswith(REFUSED)
    assert store.count() == {"1": 1, "2": 1}


def test_another_site_can_neither_store_nor_delete_but_it_can_read_a_drawing(stored):
    address, store = stored
    token = call(address, "corrections", **SEVEN, label="1").json()["token"]
    options = {"headers": FOREIGN, "timeout": 60}
    refused = [
        httpx.post(f"{address}/api/corrections", json=SEVEN | {"label": "2"}, **options),
        httpx.delete(f"{address}/api/corrections", params={"token": token}, **options),
        httpx.post(f"{address}/gradio_api/run/correct", json={"data": [SEVEN, "2"]}, **options),
        httpx.post(f"{address}/mcp", json={}, **options),
    ]
    assert [response.status_code for response in refused] == [403] * 4
    with pytest.raises((AppError, ValueError), match="not for other sites"):
        Client(address, verbose=False, headers=FOREIGN).predict(SEVEN, "2", api_name="/correct")
    assert store.count() == {"1": 1}
    assert httpx.post(f"{address}/api/predict", json=SEVEN, **options).status_code == 200


def test_gradio_client_and_mcp_store_numbers_and_a_token_deletes_its_number_once(stored):
    address, store = stored
    client = Client(address, verbose=False)
    token = client.predict(SEVEN, "42", api_name="/correct")["token"]
    assert finish(call_tool(address, "correct", SEVEN | {"label": "437"})).structuredContent["label"] == "437"
    assert finish(call_tool(address, "undo_correction", {"token": token})).structuredContent == {"deleted": True}
    with pytest.raises((AppError, ValueError), match="No correction has this token;"):
        client.predict(token, api_name="/undo_correction")
    assert [correction.label for correction in store] == ["437"]


def test_the_own_page_can_store_a_correction(stored):
    address, store = stored
    response = httpx.post(f"{address}/api/corrections", json=SEVEN | {"label": "1"}, headers={"Origin": address})
    assert response.status_code == 200 and store.count() == {"1": 1}
