"""Believe the headers of reverse proxies only if the proxy is trusted.

A proxy tells the visitor's address, scheme and host in headers such as X-Forwarded-For. Any client can send these
headers, too. Gradio builds addresses from them.
"""

import os

from starlette.datastructures import MutableHeaders
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

VARIABLE = "FORWARDED_ALLOW_IPS"
"""uvicorn's environment variable: addresses and networks of trusted proxies, separated by commas; "*" trusts all."""
LOOPBACK = "127.0.0.1,::1"
PRIVATE = f"10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,{LOOPBACK}"
# Gradio would build addresses from this header of its own proxy, which this project does not use.
GRADIO_HOST = "x-gradio-server"


def trusted_proxies(share: bool = False) -> str:
    """Return the trusted proxies, in the form of the variable FORWARDED_ALLOW_IPS, which takes precedence.

    share: whether Gradio's tunnel forwards requests. The tunnel connects from this machine.
    On a Hugging Face Space, only the Hub's proxy can reach the server, from a private network. Otherwise, the default
    is no proxy.
    """
    default = PRIVATE if os.environ.get("SPACE_ID") else LOOPBACK if share else ""
    return os.environ.get("FORWARDED_ALLOW_IPS") or default


class ProxyHeaders:
    """ASGI middleware that takes the host from the headers of a trusted proxy, and removes the headers of others.

    uvicorn itself takes the visitor's address and the scheme from the headers, before this middleware.
    """

    def __init__(self, app, trusted: str):
        """trusted: the result of `trusted_proxies`."""
        self.app = app
        self._trusted = ProxyHeadersMiddleware(app, trusted).trusted_hosts if trusted else ()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] == "http":
            scope = scope | {"headers": list(scope["headers"])}
            headers = MutableHeaders(scope=scope)
            del headers[GRADIO_HOST]
            if not self._is_trusted(scope):
                for name in _proxy_headers(scope):
                    del headers[name]
            elif host := headers.get("x-forwarded-host", "").split(",")[0].strip():
                headers["host"] = host
        await self.app(scope, receive, send)

    def _is_trusted(self, scope) -> bool:
        host, port = scope.get("client") or ("", 1)
        # No connection comes from port 0. uvicorn sets this port after it has replaced the address of a trusted proxy
        # by the address of the visitor.
        return bool(self._trusted) and (port == 0 or host in self._trusted)


def _proxy_headers(scope) -> set[str]:
    names = {name.decode("latin-1").lower() for name, _ in scope["headers"]}
    return {name for name in names if name.startswith("x-forwarded-") or name == "forwarded"}
