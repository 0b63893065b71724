"""Limits of the running server: sizes of JSON, pictures that are being read, and calls of Gradio's clients."""

import contextlib
import json
import socket
import uuid
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN
from tests.helpers.pictures import picture_from, render, saved
from tests.helpers.server import Server, call, get, post
from web.admission import COSTLY_CAPACITY
from web.api import PICTURE
from web.security.sessions import MAX_UNFETCHED_OF_SESSION

OVERLOADED = "Many people are drawing at once; try again in a moment."
ROUTES = ["api/predict", "api/corrections", "gradio_api/run/predict", "gradio_api/call/v2/predict", "mcp"]


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("body, status", [(b" " * 256_001, 413), (b"[" + b"[]," * 20_000 + b"[]]", 422)])
def test_json_that_is_too_large_or_too_complex_is_rejected_with_a_sentence(server, path, body, status):
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    answer = post(f"{server.address}/{path}", content=body, headers=headers)
    message = next(iter(answer.json().values()))
    assert answer.status_code == status and message.endswith("accepted."), message


def test_a_drawing_that_is_too_complex_for_a_number_has_one_reading(server):
    answer = call(server.address, "predict", strokes=[[[i / 100, 0.2], [i / 100, 0.8]] for i in range(64)]).json()
    [reading] = answer["readings"]
    assert reading["strokes"] == list(range(64))


def begin_picture(server: Server) -> socket.socket:
    """Send the start of a picture, and return the connection."""
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    connection.sendall(
        b"POST /api/predict_image HTTP/1.1\r\nHost: page\r\nContent-Length: 1000\r\n"
        b"Content-Type: multipart/form-data; boundary=edge\r\n\r\n--edge\r\n"
    )
    return connection


def test_clients_that_send_only_the_start_of_a_picture_do_not_keep_others_from_the_server(server):
    picture = saved(picture_from(1 - render(DIGIT_DRAWINGS[7]))).getvalue()
    with contextlib.ExitStack() as stack:
        for _ in range(2 * COSTLY_CAPACITY // PICTURE):
            stack.enter_context(begin_picture(server))
        assert post(f"{server.address}/api/predict_image", files={"picture": picture}).json()["number"] == "7"
        assert call(server.address, "steps", **SEVEN).status_code == 200


@pytest.fixture(scope="module")
def about(server) -> dict:
    """The body of a call of the endpoint `about` through Gradio's queue."""
    functions = get(f"{server.address}/config").json()["dependencies"]
    return {"fn_index": next(each["id"] for each in functions if each["api_name"] == "about"), "data": []}


def test_a_full_queue_and_a_session_that_fetches_nothing_are_refused_with_503(server, about):
    session = uuid.uuid4().hex

    def join(_) -> tuple[int, dict, str | None]:
        answer = post(f"{server.address}/gradio_api/queue/join", json=about | {"session_hash": session})
        return answer.status_code, answer.json(), answer.headers.get("retry-after")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(join, range(MAX_UNFETCHED_OF_SESSION + 8)))
    accepted = [body for status, body, _ in answers if status == 200]
    refused = [(body, retry) for status, body, retry in answers if status == 503]
    assert len(accepted) + len(refused) == len(answers) and 0 < len(accepted) <= MAX_UNFETCHED_OF_SESSION
    assert all(body["error"] == OVERLOADED and retry == "1" for body, retry in refused)


def test_an_answer_can_be_fetched_after_many_other_calls_were_abandoned(server, about):
    event = post(f"{server.address}/gradio_api/call/predict", json={"data": [SEVEN]}).json()["event_id"]
    for _ in range(20):
        post(f"{server.address}/gradio_api/queue/join", json=about | {"session_hash": uuid.uuid4().hex})
    text = get(f"{server.address}/gradio_api/call/predict/{event}").text
    lines = dict(line.split(": ", 1) for line in text.strip().splitlines()[-2:])
    assert lines["event"] == "complete" and json.loads(lines["data"])[0]["number"] == "7"


def test_the_images_of_the_steps_are_small_for_any_drawing(server):
    rng = np.random.default_rng(1)
    for width in (0, 1e-9, 0.01, 1, 100):
        strokes = [(rng.random((500, 2)) * [width, 1]).tolist()]
        steps = call(server.address, "steps", strokes=strokes).json()["steps"]
        assert max(max(step["width"], step["height"]) for step in steps) <= 94
