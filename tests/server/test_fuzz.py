"""The server answers invalid requests with an error message and keeps running."""

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.helpers import server as http
from tests.tools import fuzz

NO_DEADLINE = settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def fuzzer(server):
    return fuzz.Fuzzer(server.address)


@pytest.mark.parametrize("name", fuzz.CLASSES)
@NO_DEADLINE
@given(seed=st.integers(0, 2**32))
def test_every_request_gets_an_answer_other_than_a_5xx(fuzzer, name, seed):
    fuzzer.send(name, Random(seed))
    assert fuzzer.failures == []
    assert fuzzer.is_alive()


@pytest.fixture
def post(server):
    """post(path, **body): the server's answer to a POST request. body: keyword arguments of `httpx.post`."""
    return lambda path, **body: http.post(f"{server.address}/gradio_api/{path}", **body)


@pytest.mark.parametrize("route", ["run/predict", "call/predict"])
@pytest.mark.parametrize("data", [{}, {"data": []}, {"data": [fuzz.SEVEN] * 4}, {"data": "7"}])
def test_the_error_for_a_wrong_number_of_arguments_lists_the_expected_arguments(post, route, data):
    answer = post(route, json=data)
    assert answer.status_code == 422
    assert answer.json()["error"] == 'Expected {"data": [drawing, features, examples]}.'


def test_the_error_for_an_unknown_endpoint_lists_all_endpoints(post):
    answer = post("run/js_fn", json={"data": [None]})
    assert answer.status_code == 404
    assert answer.json()["error"].startswith(
        "Unknown endpoint. The endpoints are /predict, /learn, /predict_image, /explain, "
    )


def test_a_million_points_are_rejected_at_once(post):
    answer = post("run/predict", content=b'{"data": [{"strokes": [[' + b"[0.5,0.5]," * 1_000_000 + b"[0,0]]]}]}")
    assert answer.status_code == 413
    assert "256,000 bytes" in answer.json()["error"]
    assert answer.elapsed.total_seconds() < 5


def test_a_body_without_a_content_length_is_limited_too(post):
    assert post("run/predict", content=iter([b" " * 100_000] * 20)).status_code == 413


def test_deeply_nested_json_is_rejected(post):
    answer = post("run/predict", content=b'{"data": ' + b"[" * 100 + b"]" * 100 + b"}")
    assert answer.status_code == 422
    assert "nested too deeply" in answer.json()["error"]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
@pytest.mark.parametrize("route", ["reset", "run/about", "run/predict", "call/steps"])
def test_a_non_finite_number_is_rejected_anywhere(post, route, number):
    answer = post(route, content=f'{{"fn_index": {number}, "data": []}}', headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert "not finite" in answer.json()["error"]


def test_a_picture_is_never_fetched_from_a_path_or_url(post):
    for path in ("/etc/passwd", "http://127.0.0.1/picture.png"):
        value = {"path": path, "url": path, "meta": {"_type": "gradio.FileData"}}
        answer = post("run/predict_image", json={"data": [value]})
        assert answer.status_code == 422
        assert "/gradio_api/upload" in answer.json()["error"]


@pytest.mark.parametrize("path", ["file=/etc/passwd", "proxy=http://127.0.0.1/", "deep_link?session_hash=a", "token"])
def test_routes_that_the_page_does_not_use_do_not_exist(server, path):
    assert http.get(f"{server.address}/gradio_api/{path}").status_code == 404


def test_every_answer_has_security_headers(server):
    for path in ("/", "/nothing", "/gradio_api/info"):
        headers = http.get(server.address + path).headers
        assert "https://huggingface.co" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "x-frame-options" not in headers
