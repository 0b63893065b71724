"""Recognize requests that a page of another site makes a browser send.

Browsers name the site of the page in the header Origin. Programs send no such header.
"""

import os
from collections.abc import Mapping
from urllib.parse import urlsplit

DEFAULT_PORTS = (80, 443)


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Return whether the request comes from a page of another host. The comparison ignores the scheme, because a proxy
    may translate https to http.

    headers: the headers of the request. "Origin: null", which a browser sends for a page without a site, is foreign.
    """
    origin = headers.get("origin")
    if origin is None:
        return False
    own = [headers.get("host", ""), os.environ.get("SPACE_HOST", "")]
    return not any(_same(_split(origin), _split(f"//{host}")) for host in own if host)


def _split(url: str) -> tuple[str | None, int | None]:
    """Return the host and the port of a URL. The port is None if it is a default port."""
    try:
        parts = urlsplit(url)
        return parts.hostname, None if parts.port in DEFAULT_PORTS else parts.port
    except ValueError:
        return None, None


def _same(origin: tuple[str | None, int | None], own: tuple[str | None, int | None]) -> bool:
    # Some proxies pass on the host without its port.
    return origin[0] is not None and origin[0] == own[0] and own[1] in (None, origin[1])
