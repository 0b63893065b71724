"""The security middleware around a small application.

Only expected requests reach the application, and every response has security headers.
"""

import json

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.helpers.coroutines import finish
from web.admission import Overloaded
from web.security import middleware
from web.security.bodies import RequestRejected
from web.security.corrections import CorrectionGuard
from web.security.middleware import SecurityMiddleware
from web.security.responses import GENERIC_MESSAGE

PICTURE = "/api/predict_image"
FORMS = [PICTURE]


class Calls:
    """A fake call checker.

    It rejects the endpoint "unknown", replaces the file of "predict_image", and records each call.
    """

    def __init__(self):
        self.checked = []

    def check_call(self, route: str, name: str, body: dict) -> str:
        self.checked.append((route, name))
        if name == "unknown":
            raise RequestRejected(404, "Unknown endpoint.")
        if name == "predict_image":
            body["data"] = ["checked file"]
        return name


async def echo(scope, receive, send) -> None:
    """Answer with the path and the body of the request."""
    body = await Request(scope, receive).body()
    await JSONResponse({"path": scope["path"], "body": body.decode()})(scope, receive, send)


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def request_page(calls):
    """request_page(method, path, **options): the response to a request that goes through the middleware.

    app: the application behind the middleware. options: keyword arguments of httpx's `request`.
    """

    def request_page(method: str, path: str, app=echo, **options) -> httpx.Response:
        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(SecurityMiddleware(app, calls, FORMS, CorrectionGuard([])))
            async with httpx.AsyncClient(transport=transport, base_url="http://page") as visitor:
                return await visitor.request(method, path, **options)

        return finish(send())

    return request_page


MODULE = "/static/0123456789abcdef/components/share/share.js"
OWN = ("/", "/docs", "/openapi.json", "/health", "/health/live", "/api/predict", "/mcp", MODULE)
GRADIOS = ("/config", "/pwa_icon", "/theme.css", "/assets/index-1.js", "/static/img/logo.svg", "/gradio_api/info")
CALLS = ("/gradio_api/heartbeat/abc123", "/gradio_api/call/predict/abc123")


@pytest.mark.parametrize("path", [*OWN, *GRADIOS, *CALLS])
def test_a_request_of_the_page_reaches_the_application(request_page, path):
    response = request_page("GET", path)
    assert (response.status_code, response.json()["path"]) == (200, path)
    assert response.headers["x-content-type-options"] == "nosniff"


FORBIDDEN = (
    "/nothing",
    "/healthz",
    "/api/%00",
    "/pwa_icon/192",
    "/gradio_api/upload_progress",
    "/gradio_api/file=/etc/passwd",
)
TRAVERSALS = (
    "/static/0123456789abcdef/..%2fdemo.py",
    "/assets/..%2f..%2fetc/passwd",
    "/static/%2e%2e/secret",
    "/assets/a..b",
)


@pytest.mark.parametrize(
    "path", [*FORBIDDEN, *TRAVERSALS, "/gradio_api/upload_progress", "/gradio_api/proxy=http://127.0.0.1/"]
)
def test_any_other_path_is_answered_with_404(request_page, path):
    response = request_page("GET", path)
    key = "error" if path.startswith("/gradio_api") else "detail"
    assert (response.status_code, response.json()) == (404, {key: "This page does not exist."})
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "x-forwarded-proto"])
def test_a_malformed_host_is_rejected(request_page, header):
    response = request_page("GET", "/", headers={header: "page/../?"})
    assert response.status_code == 400 and "host" in response.json()["detail"]


@pytest.mark.parametrize("host", ["page", "page:7860", "[::1]:7860", "one.example, two.example"])
def test_a_well_formed_host_is_accepted(request_page, host):
    assert request_page("GET", "/", headers={"x-forwarded-host": host}).status_code == 200


def test_a_body_of_the_api_reaches_the_application_as_it_was_sent(request_page, calls):
    body = '{"strokes":  7'
    assert request_page("POST", "/api/predict", content=body).json()["body"] == body
    assert calls.checked == []


def test_the_application_gets_the_checked_file_instead_of_the_sent_file(request_page):
    response = request_page("POST", "/gradio_api/run/predict_image", json={"data": [{"path": "/etc/passwd"}]})
    assert json.loads(response.json()["body"]) == {"data": ["checked file"]}


@pytest.mark.parametrize(
    "path, route, name",
    [("call/predict", "call", "predict"), ("call/v2/predict", "call/v2", "predict"), ("queue/join", "queue", "join")],
)
def test_every_route_that_calls_an_endpoint_is_checked(request_page, calls, path, route, name):
    assert request_page("POST", f"/gradio_api/{path}", json={}).status_code == 200
    assert calls.checked == [(route, name)]


def test_a_rejected_call_gets_its_status_and_message(request_page):
    response = request_page("POST", "/gradio_api/run/unknown", json={"data": []})
    assert (response.status_code, response.json()) == (404, {"error": "Unknown endpoint."})


def test_a_body_that_is_not_json_is_rejected(request_page, calls):
    response = request_page("POST", "/gradio_api/run/predict", content="strokes, please")
    assert (response.status_code, response.json()) == (422, {"error": "The request is not JSON."})
    assert calls.checked == []


def test_the_id_of_an_upload_does_not_reach_gradio(request_page):
    async def show_query(scope, receive, send) -> None:
        await JSONResponse(scope["query_string"].decode())(scope, receive, send)

    assert request_page("POST", "/gradio_api/upload?upload_id=a", app=show_query).json() == ""
    assert request_page("GET", "/config?theme=dark", app=show_query).json() == "theme=dark"


def test_a_call_is_refused_with_503_if_its_session_has_too_many_answers(request_page, calls, monkeypatch):
    def refuse(*_):
        raise Overloaded

    monkeypatch.setattr(calls, "check_call", refuse)
    response = request_page("POST", "/gradio_api/queue/join", json={})
    assert (response.status_code, response.json()["error"]) == (503, str(Overloaded()))
    assert response.headers["retry-after"] == "1"


SIZES = (
    ("/mcp", 101, 413),
    ("/gradio_api/run/predict", 101, 413),
    ("/gradio_api/upload", 150, 200),
    ("/gradio_api/upload", 201, 413),
    ("/api/predict", 101, 413),
    (PICTURE, 150, 200),
    (PICTURE, 201, 413),
)


def test_json_and_uploads_have_different_size_limits(request_page, monkeypatch):
    monkeypatch.setattr(middleware, "MAX_JSON", 100)
    monkeypatch.setattr(middleware, "MAX_UPLOAD", 200)
    for path, size, status in SIZES:
        response = request_page("POST", path, content=b" " * size)
        assert response.status_code == status, (path, size)
        assert status == 200 or "too large" in response.text


def test_an_exception_of_the_application_gets_a_generic_message(request_page, caplog):
    async def broken(scope, receive, send) -> None:
        raise ValueError("broken")

    response = request_page("GET", "/config", app=broken)
    assert (response.status_code, response.json()) == (500, {"detail": GENERIC_MESSAGE})
    assert caplog.records[-1].getMessage() == "/config: broken"


def test_a_message_of_another_protocol_than_http_is_passed_on(calls):
    passed = []

    async def app(scope, receive, send) -> None:
        passed.append(scope["type"])

    finish(SecurityMiddleware(app, calls, FORMS, CorrectionGuard([]))({"type": "lifespan"}, None, None))
    assert passed == ["lifespan"]
