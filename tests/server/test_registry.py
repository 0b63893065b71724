"""Adding an endpoint needs one function with its schema: the documentation's example, called in three ways."""

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

import demo
from tests.helpers.coroutines import finish
from tests.helpers.documents import block
from tests.helpers.fake_service import fake_service
from tests.helpers.mcp_client import call_tool
from tests.helpers.server import serving_in_thread
from web.api import Api
from web.app import application
from web.registry import ENDPOINTS


@pytest.fixture(scope="module")
def address():
    """The address of a page with one more endpoint."""
    exec(block("docs/development.md", "from pydantic"), {})
    try:
        app = application(demo.build_page, Api(fake_service()))
    finally:
        ENDPOINTS.pop("repeat")
    with serving_in_thread(app) as address:
        yield address


SENTENCE = "times is above 3; expected how often to repeat the word."


def test_the_endpoint_is_an_http_route_with_a_schema(address):
    response = httpx.post(f"{address}/api/repeat", json={"word": "ab"})
    assert (response.status_code, response.json()) == (200, {"text": "abab"})
    rejected = httpx.post(f"{address}/api/repeat", json={"word": "ab", "times": 4})
    assert (rejected.status_code, rejected.json()) == (422, {"detail": SENTENCE})
    schema = httpx.get(f"{address}/openapi.json").json()
    assert schema["paths"]["/api/repeat"]["post"]["description"] == "Repeat a word."
    assert schema["components"]["schemas"]["RepeatRequest"]["properties"]["times"]["maximum"] == 3


def test_the_endpoint_is_offered_to_gradio_client_with_types_and_optional_parameters(address):
    client = Client(address, verbose=False)
    described = client.view_api(return_format="dict", print_info=False)["named_endpoints"]["/repeat"]
    assert [(each["parameter_name"], each["parameter_has_default"]) for each in described["parameters"]] == [
        ("word", False),
        ("times", True),
    ]
    assert [each["python_type"]["type"] for each in described["parameters"]] == ["str", "int"]
    assert client.predict("ab", api_name="/repeat") == {"text": "abab"}
    assert client.predict("ab", times=3, api_name="/repeat") == {"text": "ababab"}
    with pytest.raises(AppError, match=SENTENCE):
        client.predict("ab", 4, api_name="/repeat")


def test_the_endpoint_is_an_mcp_tool(address):
    result = finish(call_tool(address, "repeat", {"word": "ab"}))
    assert (result.isError, result.structuredContent) == (False, {"text": "abab"})
    rejected = finish(call_tool(address, "repeat", {"word": "ab", "times": 4}))
    assert rejected.isError and rejected.content[0].text == SENTENCE
