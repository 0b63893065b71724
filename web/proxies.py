"""Keep the server's requests to itself away from proxies. Gradio requests its own address while it starts."""

import contextlib
import os
from collections.abc import Iterator

NAMES = ("no_proxy", "NO_PROXY")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
ALL = "*"
"""The value of `no_proxy` that turns all proxies off. Without it, httpx fails if `ALL_PROXY` names a SOCKS proxy: it
would need another package, or does not know the scheme "socks"."""


@contextlib.contextmanager
def direct_requests(to_others: bool) -> Iterator[None]:
    """In this context, send requests to this machine directly, whatever http_proxy, https_proxy and ALL_PROXY say.

    to_others: whether requests to other machines still use the proxies.
    """
    before = {name: os.environ.get(name) for name in NAMES}
    hosts = [value for value in before.values() if value] + list(LOOPBACK) if to_others else [ALL]
    os.environ.update(dict.fromkeys(NAMES, ",".join(hosts)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
