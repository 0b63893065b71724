"""What no visitor would send is refused in words, and the page goes on."""

from random import Random

import fuzz
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

UNHURRIED = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def asker(server):
    return fuzz.Asker(server.address)


@pytest.mark.parametrize("name", fuzz.CLASSES)
@UNHURRIED
@given(seed=st.integers(0, 2**32))
def test_no_input_is_answered_by_a_fault_or_not_at_all(asker, name, seed):
    asker.ask(name, Random(seed))
    assert asker.failures == []
    assert asker.lives()


@pytest.fixture
def post(server):
    """post(path, **as httpx.post): the answer."""
    return lambda path, **given: httpx.post(f"{server.address}/gradio_api/{path}", timeout=60, **given)


@pytest.mark.parametrize("way", ["run/predict", "call/predict"])
@pytest.mark.parametrize("data", [{}, {"data": []}, {"data": [fuzz.SEVEN] * 2}, {"data": "7"}])
def test_another_number_of_values_is_told_what_is_expected(post, way, data):
    answer = post(way, json=data)
    assert answer.status_code == 422
    assert answer.json() == {"error": 'A list "data" with 1 of these is expected: drawing.'}


def test_an_endpoint_that_is_not_there_is_told_which_are(post):
    answer = post("run/js_fn", json={"data": [None]})
    assert answer.status_code == 404
    assert "there are /predict, /predict_image, /explain, " in answer.json()["error"]


def test_a_million_points_are_refused_at_once(post):
    answer = post("run/predict", content=b'{"data": [{"strokes": [[' + b"[0.5,0.5]," * 1_000_000 + b"[0,0]]]}]}")
    assert answer.status_code == 413
    assert "1,000,000 bytes" in answer.json()["error"]
    assert answer.elapsed.total_seconds() < 5


def test_a_body_that_does_not_tell_its_length_is_bounded_too(post):
    assert post("run/predict", content=iter([b" " * 100_000] * 20)).status_code == 413


def test_brackets_in_brackets_are_refused(post):
    answer = post("run/predict", content=b'{"data": ' + b"[" * 100 + b"]" * 100 + b"}")
    assert answer.status_code == 422
    assert "brackets" in answer.json()["error"]


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999"])
@pytest.mark.parametrize("way", ["reset", "run/about", "run/predict", "call/steps"])
def test_a_number_that_is_not_finite_is_refused_wherever_it_stands(post, way, number):
    answer = post(way, content=f'{{"fn_index": {number}, "data": []}}', headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert "not finite" in answer.json()["error"]


def test_a_picture_is_not_fetched_from_elsewhere(post):
    for path in ("/etc/passwd", "http://127.0.0.1/picture.png"):
        value = {"path": path, "url": path, "meta": {"_type": "gradio.FileData"}}
        answer = post("run/predict_image", json={"data": [value]})
        assert answer.status_code == 422
        assert "/gradio_api/upload" in answer.json()["error"]


@pytest.mark.parametrize("path", ["file=/etc/passwd", "proxy=http://127.0.0.1/", "deep_link?session_hash=a", "token"])
def test_routes_that_the_page_does_not_need_are_closed(server, path):
    assert httpx.get(f"{server.address}/gradio_api/{path}").status_code == 404


def test_every_answer_keeps_to_its_place(server):
    for path in ("/", "/nothing", "/gradio_api/info"):
        headers = httpx.get(server.address + path).headers
        assert "https://huggingface.co" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "x-frame-options" not in headers
