"""The server that Gradio starts has this project's HTTP protocol and trusted proxies."""

import os

import uvicorn
from uvicorn.config import HTTP_PROTOCOLS

from web.security.connections import BoundedProtocol
from web.security.forwarded_headers import VARIABLE
from web.uvicorn_settings import uvicorn_settings


async def application(scope, receive, send) -> None:
    """Answer nothing."""


def test_only_servers_that_are_started_in_the_block_have_the_settings(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    protocol = HTTP_PROTOCOLS["auto"]
    with uvicorn_settings("203.0.113.9"):
        config = uvicorn.Config(application)
        config.load()
    assert config.http_protocol_class is BoundedProtocol
    assert config.forwarded_allow_ips == "203.0.113.9"
    assert HTTP_PROTOCOLS["auto"] == protocol and VARIABLE not in os.environ


def test_without_trusted_proxies_uvicorn_does_not_believe_this_machine_either():
    with uvicorn_settings(""):
        config = uvicorn.Config(application)
        config.load()
    assert "127.0.0.1" not in config.loaded_app.trusted_hosts
