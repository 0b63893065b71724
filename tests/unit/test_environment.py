"""The server starts whatever proxies and addresses the environment names; its requests to itself use no proxy."""

import os

import httpx
import pytest

from web.environment import gradio_environment

LOCAL, OTHER = ("http://localhost:7860", "http://127.0.0.1:7860", "http://[::1]:7860"), "http://example.com"


@pytest.fixture(params=["http://127.0.0.1:9", "socks5://127.0.0.1:9", "socks://127.0.0.1:9/"])
def proxy(request, monkeypatch):
    """The address of a proxy that no request must reach."""
    for name in ("http_proxy", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, request.param)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return request.param


def uses_proxy(url: str) -> bool:
    """Return whether httpx would send a request for this URL to a proxy."""
    with httpx.Client() as client:
        return client._transport_for_url(httpx.URL(url)) is not client._transport


def test_no_request_uses_a_proxy_of_any_kind(proxy):
    with gradio_environment():
        assert not any(map(uses_proxy, (*LOCAL, OTHER)))


def test_requests_to_other_machines_can_still_use_the_proxy(monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "intranet.example")
    with gradio_environment(uses_proxies=True):
        assert uses_proxy(OTHER)
        assert not any(map(uses_proxy, LOCAL))
        assert "intranet.example" in os.environ["no_proxy"]


def test_the_environment_is_the_same_afterwards(proxy):
    before = dict(os.environ) | {"GRADIO_ANALYTICS_ENABLED": "False"}
    with pytest.raises(RuntimeError), gradio_environment():
        raise RuntimeError
    assert dict(os.environ) == before


def test_the_import_of_gradio_sees_no_address_and_no_proxy(proxy, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", "abc")
    monkeypatch.setenv("GRADIO_SERVER_NAME", "::1")
    before = dict(os.environ)
    with gradio_environment():
        assert "GRADIO_SERVER_PORT" not in os.environ and "GRADIO_SERVER_NAME" not in os.environ
        assert not any(map(uses_proxy, (*LOCAL, OTHER)))
    assert dict(os.environ) == before | {"GRADIO_ANALYTICS_ENABLED": "False"}
