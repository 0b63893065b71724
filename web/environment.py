"""Environment variables that would keep Gradio from starting, or from reaching this machine."""

import contextlib
import os
from collections.abc import Iterator, MutableMapping

NO_PROXY = ("no_proxy", "NO_PROXY")
LOOPBACK = "localhost,127.0.0.1,::1"
ALL = "*"
"""The value of `no_proxy` that turns all proxies off. Without it, httpx fails if `ALL_PROXY` names a SOCKS proxy: it
would need another package, or does not know the scheme "socks"."""
# Gradio reads these variables as numbers, or as the address of an IPv4 socket. `web.listening` reads them instead.
ADDRESS = ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS", "GRADIO_NODE_NUM_PORTS")


@contextlib.contextmanager
def gradio_environment(uses_proxies: bool = False) -> Iterator[None]:
    """While the context is open, hide the variables that would keep Gradio from starting.

    Gradio sends requests to this machine directly: it checks that its server answers. It sends no usage statistics.
    uses_proxies: whether requests to other machines still use the proxies.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    hosts = ",".join([value for name in NO_PROXY if (value := os.environ.get(name))] + [LOOPBACK])
    with replaced(os.environ, dict.fromkeys(NO_PROXY, hosts if uses_proxies else ALL) | dict.fromkeys(ADDRESS)):
        yield


@contextlib.contextmanager
def replaced(mapping: MutableMapping[str, str], values: dict[str, str | None]) -> Iterator[None]:
    """While the context is open, replace values of a mapping, such as os.environ. None removes a key."""
    before = {key: mapping.get(key) for key in values}
    _update(mapping, values)
    try:
        yield
    finally:
        _update(mapping, before)


def _update(mapping: MutableMapping[str, str], values: dict[str, str | None]) -> None:
    for key, value in values.items():
        if value is None:
            mapping.pop(key, None)
        else:
            mapping[key] = value
