"""The page works below a path: of uvicorn's --root-path, of another application, or of a proxy that strips the path."""

import re
import threading

import pytest
import uvicorn
from fastapi import FastAPI
from gradio_client import Client
from starlette.testclient import TestClient

import demo
from tests.helpers.documents import block
from tests.helpers.drawings import SEVEN
from tests.helpers.fake_service import fake_service
from tests.helpers.server import free_port
from tests.helpers.waiting import wait_until
from web.api import Api
from web.app import application
from web.paths import route_path


@pytest.mark.parametrize(
    "path, root, expected",
    [
        ("/health", "", "/health"),
        ("/digits/health", "/digits", "/health"),
        ("/digits/health", "/digits/", "/health"),
        ("/health", "/digits", "/health"),
        ("/digits/", "/digits", "/"),
        ("/digits", "/digits", "/"),
        ("/digitsandmore", "/digits", "/digitsandmore"),
    ],
)
def test_the_path_of_a_request_is_the_part_below_the_path_of_the_application(path, root, expected):
    assert route_path({"path": path, "root_path": root}) == expected


@pytest.fixture(scope="module")
def page() -> FastAPI:
    return application(demo.build_page, Api(fake_service()))


@pytest.fixture(params=["root path", "mounted", "proxy that removes the path"])
def client(request, page):
    """A client whose addresses are relative to the page's address, http://testserver/digits/."""
    if request.param == "mounted":
        other = FastAPI()
        other.mount("/digits", page)
        return TestClient(other, base_url="http://testserver/digits/")
    base = "http://testserver/" if request.param.startswith("proxy") else "http://testserver/digits/"
    return TestClient(page, base_url=base, root_path="/digits")


def test_every_kind_of_route_works_below_a_path(client):
    document = client.get("")
    assert document.status_code == 200 and 'id="languages"' in document.text
    [script] = re.findall(r'src="(static/[^"]+)"', document.text)
    for path in ("health", "health/live", "openapi.json", "docs", "config", "gradio_api/info", "theme.css", script):
        assert client.get(path).status_code == 200, path
    assert client.post("api/predict", json=SEVEN).json()["number"] == "7"
    assert client.post("gradio_api/run/predict", json={"data": [SEVEN]}).json()["data"][0]["number"] == "7"
    assert client.get("file=/etc/passwd").status_code == 404


def test_a_method_that_a_route_does_not_have_is_refused_with_the_possible_methods(client):
    answer = client.get("api/predict")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_gradio_client_calls_a_page_that_another_application_serves_as_documented(monkeypatch):
    monkeypatch.setattr(demo, "app", lambda: application(demo.build_page, Api(fake_service())))
    names = {}
    exec(block("docs/deployment.md", "import demo"), names)
    server = uvicorn.Server(uvicorn.Config(names["other"], port=free_port(), log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    wait_until(lambda: server.started)
    client = Client(f"http://127.0.0.1:{server.config.port}/digits/", verbose=False)
    assert client.submit(SEVEN, api_name="/predict").result(timeout=20)["number"] == "7"
    client.close()
    server.should_exit = True
    thread.join()
