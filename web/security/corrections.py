"""Protect the corrections: refuse requests of other sites, and limit how many corrections a client can store or delete.

The addresses of clients stay in memory.
"""

import ipaddress
import math
import os
import time
from collections.abc import Collection, Mapping

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from model.errors import UserError
from web.paths import route_path
from web.registry import Endpoint
from web.security.bodies import RequestRejected
from web.security.origins import is_foreign

FOREIGN = "This server stores and deletes corrections for its own page and for programs only, not for other sites."
FOREIGN_MCP = "This server answers MCP requests of its own page and of programs only, not of other sites."
TOO_MANY = "Too many {calls} came {source}; try again in {wait}."
# Each network of this size has one limit, because one customer usually gets the whole network.
IPV6_NETWORK = 64


class CorrectionGuard:
    """Checks requests that store or delete corrections. Raises RequestRejected.

    The limits have the notation of the library `limits`, such as "10/minute;100/day".
    """

    def __init__(self, endpoints: Collection[Endpoint], per_client: str = "", in_total: str = ""):
        """endpoints: all endpoints. per_client, in_total: the limits; "" for no limit. Raises UserError for a limit in
        another notation.
        """
        self._by_route = {(each.method, each.path): each for each in endpoints if each.stores}
        self._by_name = {each.name: each for each in endpoints if each.stores}
        self._per_client, self._in_total = _parse(per_client), _parse(in_total)
        # Fixed windows, because the memory of a moving window keeps every address for good.
        self._windows = FixedWindowRateLimiter(MemoryStorage())

    @classmethod
    def configured(cls, endpoints: Collection[Endpoint]) -> "CorrectionGuard":
        """Return the guard with the limits that two environment variables define."""
        return cls(
            endpoints,
            os.environ.get("CORRECTIONS_PER_CLIENT", "10/minute;100/day"),
            os.environ.get("CORRECTIONS_IN_TOTAL", "60/minute;5000/day"),
        )

    def check_route(self, scope, headers: Mapping[str, str]) -> None:
        """Check a request to a route of the API."""
        endpoint = self._by_route.get((scope["method"], route_path(scope).rstrip("/")))
        if endpoint:
            self._check(endpoint, scope, headers)

    def check_call(self, name: str | None, scope, headers: Mapping[str, str]) -> None:
        """Check a call of the endpoint `name` through Gradio's routes."""
        if name in self._by_name:
            self._check(self._by_name[name], scope, headers)

    def check_mcp(self, headers: Mapping[str, str]) -> None:
        """Check an MCP request. The protocol demands that a server checks the origin of every request."""
        if is_foreign(headers):
            raise RequestRejected(403, FOREIGN_MCP)

    def count(self, endpoint: Endpoint, client: tuple[str, int] | None) -> None:
        """Count a call if it stores or deletes a correction.

        Deletions are counted separately, with the same limits, so that a client can delete all that it has stored.
        client: the address and the port of the client, or None.
        """
        if endpoint.name not in self._by_name:
            return
        key = _network(client[0] if client else "")
        # The total comes first, so that it also limits the number of addresses in memory.
        limits = [(each, "in total", "") for each in self._in_total]
        limits += [(each, "from this address", key) for each in self._per_client]
        for limit, source, client_key in limits:
            if not self._windows.test(limit, endpoint.name, client_key):
                raise self._rejection(limit, source, endpoint, client_key)
        for limit, _, client_key in limits:
            self._windows.hit(limit, endpoint.name, client_key)

    def _check(self, endpoint: Endpoint, scope, headers: Mapping[str, str]) -> None:
        if is_foreign(headers):
            raise RequestRejected(403, FOREIGN)
        self.count(endpoint, scope.get("client"))

    def _rejection(self, limit: RateLimitItem, source: str, endpoint: Endpoint, key: str) -> RequestRejected:
        reset = self._windows.get_window_stats(limit, endpoint.name, key).reset_time
        seconds = max(1, math.ceil(reset - time.time()))
        calls = "deletions" if endpoint.method == "DELETE" else "corrections"
        message = TOO_MANY.format(calls=calls, source=source, wait=_duration(seconds))
        return RequestRejected(429, message, retry_after=seconds)


def _parse(text: str) -> list[RateLimitItem]:
    try:
        return parse_many(text) if text else []
    except ValueError:
        raise UserError(
            f'"{text}" is not a limit of corrections. Expected limits such as "10/minute;100/day", or "" for no limit.'
        ) from None


def _duration(seconds: int) -> str:
    for unit, size in (("hours", 3600), ("minutes", 60)):
        if seconds > 2 * size:
            return f"{math.ceil(seconds / size)} {unit}"
    return f"{seconds} seconds"


def _network(address: str) -> str:
    """Return the key under which calls of this address are counted: an IPv4 address or an IPv6 network."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:  # A Unix socket has no address.
        return address
    if parsed.version == 4 or parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped if parsed.version == 6 else parsed)
    return str(ipaddress.ip_network((parsed, IPV6_NETWORK), strict=False))
