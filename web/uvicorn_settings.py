"""Settings of the uvicorn server that Gradio's `launch` starts. `launch` has no arguments for these settings."""

import contextlib
import os
from collections.abc import Iterator

from uvicorn.config import HTTP_PROTOCOLS

from web.environment import replaced
from web.security.forwarded_headers import VARIABLE

PROTOCOL = "web.security.connections:BoundedProtocol"


@contextlib.contextmanager
def uvicorn_settings(trusted: str) -> Iterator[None]:
    """Set the HTTP protocol and the trusted proxies of the servers that are started in the `with` block.

    trusted: the trusted proxies, in the form of the variable FORWARDED_ALLOW_IPS.
    """
    with replaced(HTTP_PROTOCOLS, {"auto": PROTOCOL}), replaced(os.environ, {VARIABLE: trusted}):
        yield
