"""The application: the HTTP API with a fake service, and the error messages of the command line."""

import re
import signal
import socket
import tempfile
import threading

import gradio as gr
import httpx
import pytest

import demo
from tests.helpers.coroutines import finish
from tests.helpers.drawings import SEVEN
from tests.helpers.fake_service import fake_service
from web import app
from web.admission import Overloaded
from web.api import Api
from web.rest import rest_app


def request(method: str, path: str, ready: bool = True, **options) -> httpx.Response:
    """Return the response of the HTTP API, with a fake service."""
    service = fake_service()
    service.ready = ready

    async def send() -> httpx.Response:
        app = httpx.ASGITransport(rest_app(Api(service)))
        async with httpx.AsyncClient(transport=app, base_url="http://page") as client:
            return await client.request(method, path, **options)

    return finish(send())


def test_the_health_check_tells_whether_the_networks_are_loaded():
    assert request("GET", "/health").json() == {"ready": True}
    loading = request("GET", "/health", ready=False)
    assert (loading.status_code, loading.json()) == (503, {"ready": False})
    assert loading.headers["retry-after"] == "1"
    assert request("GET", "/health/live", ready=False).json() == {"live": True}


def test_a_request_gets_an_answer_or_a_sentence():
    assert request("POST", "/api/predict", json=SEVEN).json()["number"] == "7"
    rejected = request("POST", "/api/predict", json={"strokes": 7})
    assert rejected.status_code == 422 and rejected.json()["detail"].startswith("strokes is not a list; expected")


def test_a_picture_is_a_file_of_a_form_which_stays_in_memory(monkeypatch):
    monkeypatch.setattr(tempfile, "TemporaryFile", pytest.fail)  # A spooled file calls this when it moves to the disk.
    content = bytes(5_000_000)
    assert request("POST", "/api/predict_image", files={"picture": content}).json()["number"] == "7"
    for wrong in ({"json": SEVEN}, {"files": {"other": b"picture"}}, {"data": {"picture": "text"}}):
        rejected = request("POST", "/api/predict_image", **wrong)
        assert rejected.status_code == 422 and "expected" in rejected.json()["detail"]


@pytest.mark.parametrize("method, path, status", [("POST", "/api/nothing", 404), ("GET", "/api/predict", 405)])
def test_an_unknown_path_or_method_gets_a_sentence(method, path, status):
    response = request(method, path)
    assert response.status_code == status and list(response.json()) == ["detail"]
    assert status == 404 or response.headers["allow"] == "POST"


@pytest.mark.parametrize("body", [b"{", b"[" * 100_000, b"\xff", b"1" * 5_000, b'"', b""])
def test_a_body_that_is_not_a_json_object_gets_a_sentence(body):
    response = request("POST", "/api/predict", content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert response.json()["detail"].endswith(("object.", "object with strokes, features and examples."))


def test_an_overloaded_server_answers_503_with_the_time_to_wait(monkeypatch):
    async def refuse(*_):
        raise Overloaded

    monkeypatch.setattr(Api, "call", refuse)
    response = request("POST", "/api/predict", json=SEVEN)
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert response.json() == {"detail": str(Overloaded())}


def test_the_documentation_names_only_addresses_of_this_server():
    page = request("GET", "/docs").text
    assert re.findall(r'(?:src|href)="([^"]+)"', page) and "//" not in re.sub(r"<!--.*?-->", "", page, flags=re.DOTALL)
    assert request("GET", "/openapi.json").json()["paths"].keys() >= {"/api/predict", "/api/corrections", "/health"}


def test_the_schema_names_the_failures_of_endpoints_that_store_something():
    paths = request("GET", "/openapi.json").json()["paths"]
    for method in ("post", "delete"):
        assert {"403", "429"} <= paths["/api/corrections"][method]["responses"].keys()
    assert not {"403", "429"} & paths["/api/predict"]["post"]["responses"].keys()


@pytest.fixture
def error_line(monkeypatch, capsys):
    """error_line(*arguments): the error message of `python demo.py` with these arguments."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # Keep this process's handler of SIGTERM.

    def error_line(*arguments: str) -> str:
        with pytest.raises(SystemExit) as stopped:
            demo.main(list(arguments))
        assert capsys.readouterr() == ("", "")
        return stopped.value.code  # The code is a text. Python prints the text to stderr and exits with status 1.

    return error_line


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid"])
def test_an_address_of_another_machine_gives_one_error_line(error_line, host):
    message = error_line("--host", host)
    assert message.startswith(f"demo: {host} is not an address of this machine.") and "\n" not in message


def test_a_port_in_use_gives_one_error_line(error_line):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert error_line("--port", str(port)) == (
            f"demo: port {port} is in use. Choose another port, or leave --port out for the next free one."
        )


def test_a_missing_checkpoint_gives_one_error_line(error_line, tmp_path):
    message = error_line("--checkpoint", str(tmp_path / "mine.keras"))
    assert message.startswith("demo: ") and "\n" not in message
    assert "mine.keras does not exist" in message


def test_an_error_of_gradio_gives_one_error_line(error_line, monkeypatch):
    def launch(*_, **options):
        raise ValueError("Unknown scheme for proxy URL\nand more")

    monkeypatch.setattr(gr.Blocks, "launch", launch)
    monkeypatch.setattr(app, "Service", lambda *_: fake_service())
    assert error_line() == "demo: Gradio cannot serve the page (Unknown scheme for proxy URL)."


def test_the_command_runs_in_a_thread_that_is_not_the_main_thread():
    messages = []

    def run() -> None:
        try:
            demo.main(["--checkpoint", "mine.keras"])
        except SystemExit as stopped:
            messages.append(stopped.code)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert "mine" in messages[0]


def test_the_command_reads_the_checkpoint_from_the_environment(error_line, monkeypatch):
    monkeypatch.setenv("DEMO_CHECKPOINT", "nowhere/yours.keras")
    assert "yours" in error_line()
    assert "mine" in error_line("--checkpoint", "nowhere/mine.keras")


@pytest.mark.parametrize("port", ["0", "65536", "seven"])
def test_an_impossible_port_is_an_error_of_the_option(monkeypatch, capsys, port):
    with pytest.raises(SystemExit) as stopped:
        demo.main(["--port", port])
    assert stopped.value.code == 2 and "--port" in capsys.readouterr().err
