"""Responses: each response gets security headers. A 500 of the application is replaced by a response with a message."""

import json
import logging

import pytest

from tests.helpers.coroutines import finish
from web.admission import Overloaded
from web.security.responses import GENERIC_MESSAGE, HEADERS, Response


class Browser:
    """Receives the ASGI messages of one response."""

    def __init__(self):
        self.messages = []

    async def send(self, message) -> None:
        self.messages.append(message)

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode().lower(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])


@pytest.fixture
def browser() -> Browser:
    return Browser()


def answer(browser: Browser, status: int, *parts: bytes, path: str = "/gradio_api/run/predict") -> None:
    """Send a response to the browser, as the application behind the middleware does. parts: the parts of the body."""

    async def send():
        response = Response(browser.send, path)
        await response.send({"type": "http.response.start", "status": status, "headers": []})
        for part in parts:
            await response.send({"type": "http.response.body", "body": part, "more_body": part is not parts[-1]})

    finish(send())


@pytest.mark.parametrize("status", [200, 404, 503])
def test_a_response_is_sent_on_with_security_headers(browser, status):
    answer(browser, status, b"one, ", b"two")
    assert (browser.status, browser.body) == (status, b"one, two")
    assert {name.lower(): value for name, value in HEADERS.items()}.items() <= browser.headers.items()


def test_a_500_with_an_error_message_becomes_422(browser):
    answer(browser, 500, json.dumps({"error": "The drawing is empty."}).encode())
    assert browser.status == 422 and json.loads(browser.body) == {"error": "The drawing is empty."}
    assert int(browser.headers["content-length"]) == len(browser.body)
    assert browser.headers["x-content-type-options"] == "nosniff"


def test_an_overloaded_endpoint_becomes_503_with_the_time_to_wait(browser):
    answer(browser, 500, json.dumps({"error": str(Overloaded())}).encode())
    assert browser.status == 503 and browser.headers["retry-after"] == "1"


def test_on_gradios_queue_an_error_message_has_the_form_that_gradio_client_reads(browser):
    answer(browser, 500, b'{"error": "The drawing is empty."}', path="/gradio_api/queue/join")
    [error] = json.loads(browser.body)["detail"]
    assert error == {"__type__": "validate", "is_valid": False, "message": "The drawing is empty."}


def test_on_other_paths_an_error_message_is_the_detail(browser):
    answer(browser, 500, b"", path="/api/predict")
    assert json.loads(browser.body) == {"detail": GENERIC_MESSAGE}


@pytest.mark.parametrize(
    "path, cached", [("/assets/Blocks-D1GWYZdr.js", True), ("/assets/logo.svg", False), ("/", False)]
)
def test_files_with_a_hash_in_their_name_may_be_cached(browser, path, cached):
    answer(browser, 200, b"file", path=path)
    assert ("immutable" in browser.headers.get("cache-control", "")) == cached


@pytest.mark.parametrize("body", [b"Internal Server Error", b"", b"[]", b"7", b'{"detail": "?"}', b'{"error": null}'])
def test_any_other_500_gets_a_generic_message(browser, body):
    answer(browser, 500, body)
    assert browser.status == 500 and json.loads(browser.body) == {"error": GENERIC_MESSAGE}


def test_a_500_in_several_parts_is_answered_once(browser):
    answer(browser, 500, b'{"error": "cut', b'off"}')
    assert len(browser.messages) == 2 and json.loads(browser.body) == {"error": GENERIC_MESSAGE}


def test_an_exception_before_the_response_is_logged_and_gets_a_generic_message(browser, caplog):
    finish(Response(browser.send, "/config").send_failure(ValueError("broken")))
    assert browser.status == 500 and json.loads(browser.body) == {"detail": GENERIC_MESSAGE}
    [record] = caplog.records
    assert record.getMessage() == "/config: broken" and record.exc_info


def test_an_exception_at_the_end_of_an_event_stream_is_logged_in_one_line(browser, caplog):
    async def fail_late():
        response = Response(browser.send, "/gradio_api/queue/data")
        await response.send({"type": "http.response.start", "status": 200, "headers": []})
        await response.send_failure(ValueError("the event is unknown"))

    with caplog.at_level(logging.ERROR):
        finish(fail_late())
    assert len(browser.messages) == 1
    [record] = caplog.records
    assert record.getMessage() == "/gradio_api/queue/data: the event is unknown" and not record.exc_info


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/call/predict"])
def test_a_full_queue_gives_the_message_of_an_overloaded_server(browser, path):
    answer(browser, 503, b'{"detail": "Queue is full. Max size is 16 and size is 16."}', path=path)
    assert browser.status == 503 and browser.headers["retry-after"] == "1"
    assert json.loads(browser.body)["error"] == str(Overloaded())
