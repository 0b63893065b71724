"""Monitoring: the access log and the counters contain no drawings, addresses, ids or tokens."""

import logging

import httpx
import pytest
from starlette.responses import PlainTextResponse

import web.api  # noqa: F401  Registers the endpoints.
from model.errors import UserError
from tests.helpers.coroutines import finish
from web import metrics, monitoring
from web.monitoring import Monitoring, Observer
from web.registry import ENDPOINTS
from web.route_names import RouteNames

NAMES = RouteNames(ENDPOINTS.values())


def request(method: str, path: str, status: int = 200) -> None:
    """Send a request to an application behind the observer."""

    async def app(scope, receive, send) -> None:
        await PlainTextResponse("text", status)(scope, receive, send)

    async def send() -> None:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(Observer(app, NAMES)), base_url="http://page"
        ) as page:
            await page.request(method, path)

    finish(send())


@pytest.mark.parametrize(
    "path, name",
    [
        ("/", "/"),
        ("/api/predict", "/api/predict"),
        ("/api/predict/", "/api/predict"),
        ("/gradio_api/call/predict/0123abcd", "/gradio_api/call/predict"),
        ("/gradio_api/heartbeat/0123abcd", "/gradio_api/heartbeat"),
        ("/static/0123abcd/page/main.js", "/static"),
        ("/api/nothing", "other"),
        ("/gradio_api/call/nothing/0123abcd", "other"),
        ("/wp-login.php", "other"),
    ],
)
def test_routes_have_names_without_ids(path, name):
    assert NAMES(path) == name


def test_the_access_log_has_a_line_for_each_request_without_its_query(caplog):
    caplog.set_level(logging.INFO, logger="web.access")
    request("DELETE", "/api/corrections?token=secret", 422)
    [line] = [record.getMessage() for record in caplog.records if record.name == "web.access"]
    assert line.startswith("DELETE /api/corrections 422 ") and line.endswith(" ms")


def test_a_request_without_an_answer_is_logged(caplog):
    caplog.set_level(logging.INFO, logger="web.access")

    async def silent(scope, receive, send) -> None:
        """Send nothing."""

    scope = {"type": "http", "method": "BREW", "path": "/"}
    finish(Observer(silent, NAMES)(scope, None, None))
    assert caplog.records[-1].getMessage().startswith("other / 499 ")


def test_uvicorns_own_access_log_has_no_tokens():
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', None, None)
    record.args = ("198.51.100.7:50000", "DELETE", "/api/corrections?token=secret", "1.1", 200)
    assert monitoring.without_query(record)
    assert record.getMessage() == '198.51.100.7:50000 - "DELETE /api/corrections HTTP/1.1" 200'


def test_without_metrics_nothing_is_counted(monkeypatch):
    monkeypatch.setattr(metrics, "_metrics", None)
    request("GET", "/")
    metrics.count_batch("predict", 3)
    metrics.count_picture_worker_restart()
    assert metrics.render() is None and Monitoring().routes == []


def test_the_counters_have_the_format_of_prometheus(monkeypatch):
    monkeypatch.setattr(metrics, "_metrics", None)
    metrics.enable()
    request("POST", "/api/predict")
    request("POST", "/api/predict", 503)
    metrics.count_batch("predict", 3)
    metrics.count_picture_worker_restart()
    lines = metrics.render().decode().splitlines()
    assert 'http_requests_total{method="POST",route="/api/predict",status="200"} 1.0' in lines
    assert 'http_requests_total{method="POST",route="/api/predict",status="503"} 1.0' in lines
    assert 'batch_size_bucket{endpoint="predict",le="4.0"} 1.0' in lines
    assert "picture_worker_restarts_total 1.0" in lines


def test_variables_turn_monitoring_on(monkeypatch):
    assert Monitoring.configured() == Monitoring(False, False)
    assert Monitoring.configured(access_log=True) == Monitoring(True, False)
    monkeypatch.setenv("METRICS", "1")
    assert Monitoring.configured() == Monitoring(False, True)
    monkeypatch.setenv("METRICS", "0")
    assert Monitoring.configured() == Monitoring(False, False)


def test_a_missing_folder_of_counters_is_an_error_that_names_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "missing"))
    with pytest.raises(UserError, match="PROMETHEUS_MULTIPROC_DIR is .*missing; expected a folder"):
        metrics.Metrics()
