"""The headers of reverse proxies reach the application only if the proxy is trusted."""

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tests.helpers.coroutines import finish
from web.security.forwarded_headers import ProxyHeaders, trusted_proxies

PROXY = "203.0.113.9"
SENT = {
    "x-forwarded-host": "evil.example, page",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "198.51.100.7",
    "x-forwarded-prefix": "/evil",
    "forwarded": "host=evil.example",
    "x-gradio-server": "http://evil.example",
    "accept": "text/html",
}


async def report(scope, receive, send) -> None:
    """Answer with the names of the request's headers, its address and its client."""
    request = Request(scope)
    found = [name for name in request.headers if name in SENT]
    body = {"headers": found, "url": str(request.url), "client": request.client.host}
    await JSONResponse(body)(scope, receive, send)


def received(trusted: str, peer: str) -> dict:
    """Return what the application gets, if uvicorn has the same trusted proxies. peer: who opens the connection."""

    async def send() -> httpx.Response:
        app = ProxyHeadersMiddleware(ProxyHeaders(report, trusted), trusted)
        transport = httpx.ASGITransport(app, client=(peer, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            return await client.get("/", headers=SENT)

    return finish(send()).json()


@pytest.mark.parametrize("trusted, peer", [("", "127.0.0.1"), (PROXY, "127.0.0.1"), ("10.0.0.0/8", PROXY)])
def test_headers_of_other_clients_are_removed(trusted, peer):
    assert received(trusted, peer) == {"headers": ["accept"], "url": "http://page/", "client": peer}


@pytest.mark.parametrize("trusted", [PROXY, f"10.0.0.0/8,{PROXY}", "203.0.113.0/24", "*"])
def test_a_trusted_proxy_tells_the_host_the_scheme_and_the_address_of_the_visitor(trusted):
    got = received(trusted, PROXY)
    assert (got["url"], got["client"]) == ("https://evil.example/", "198.51.100.7")
    assert "x-forwarded-host" in got["headers"]  # Gradio reads this header.


def test_the_header_of_gradios_own_proxy_is_always_removed():
    assert "x-gradio-server" not in received("*", PROXY)["headers"]


def test_the_proxy_of_a_space_and_the_tunnel_of_a_shared_page_are_trusted_by_default(monkeypatch):
    for name in ("FORWARDED_ALLOW_IPS", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    assert trusted_proxies() == ""
    assert trusted_proxies(share=True) == "127.0.0.1,::1"
    monkeypatch.setenv("SPACE_ID", "ada/digits")
    assert received(trusted_proxies(), "10.16.31.47")["url"].startswith("https:")
    assert received(trusted_proxies(), PROXY)["url"] == "http://page/"
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", PROXY)
    assert trusted_proxies(share=True) == PROXY
