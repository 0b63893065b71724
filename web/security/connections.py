"""Limit how long a client may take to send a request, and how many connections are open.

uvicorn has no such limits: its `limit_concurrency` also counts idle connections, and then rejects every visitor.
To use this protocol with uvicorn's own command: --http web.security.connections:BoundedProtocol
"""

import asyncio
import contextlib
import functools
import json
import socket
from collections import OrderedDict
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.server import ServerState

RECEIVE_SECONDS = 20.0
"""Maximum time from the start of a connection, or from the first byte of a later request, to the end of the request."""
SEND_SECONDS = 20.0
"""Maximum time in which a client reads nothing of a response. Linux only."""
MAX_CONNECTIONS = 4_000
"""Maximum number of open connections of a process. A connection that sends nothing takes about 8 kB."""
# Files of the process that are no connections, and connections that the system accepts before the oldest are closed.
RESERVED_FILES = 2_400

TOO_SLOW = f"The request did not arrive within {RECEIVE_SECONDS:g} seconds."


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits for one connection.

    A connection waits while its client has not sent a whole request. It does not wait while the application answers or
    sends an event stream, and not while it is idle between two requests: uvicorn closes idle connections after 5 s.
    Beyond the maximum number of connections, the connection that has waited longest is closed.
    """

    _waiting_of: WeakKeyDictionary[ServerState, "OrderedDict[BoundedProtocol, None]"] = WeakKeyDictionary()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        # All waiting connections of this server; the first one has waited longest.
        self._waiting = self._waiting_of.setdefault(self.server_state, OrderedDict())
        _limit_sending(transport)
        self._start_waiting()
        if len(self.connections) > max_connections():
            # The next connection may come before this connection is removed. Therefore remove it at once.
            oldest, _ = self._waiting.popitem(last=False)
            oldest.connections.discard(oldest)
            oldest.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._start_waiting()
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._start_waiting()  # A request that is in the same packet as the end of another request.

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._stop_waiting()

    def _start_waiting(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(RECEIVE_SECONDS, self._expire)
            self._waiting[self] = None

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.pop(self, None)

    def _expire(self) -> None:
        """Close the connection, unless the application is answering an earlier request."""
        self._stop_waiting()
        if self.pipeline or (self.cycle and not self.cycle.more_body and not self.cycle.response_complete):
            self._start_waiting()
        elif not self.transport.is_closing():
            if not self.cycle or self.cycle.response_complete or not self.cycle.response_started:
                self.transport.write(_timeout_response())
            self.transport.close()


def _timeout_response() -> bytes:
    body = json.dumps({"detail": TOO_SLOW}).encode()
    headers = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return STATUS_LINE[408] + headers.encode() + body


def _limit_sending(transport: asyncio.Transport) -> None:
    """Let the system close the connection if its client reads nothing of a response for SEND_SECONDS."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        with contextlib.suppress(OSError, AttributeError):  # A Unix socket has no such option.
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, int(1000 * SEND_SECONDS))


@functools.cache
def max_connections() -> int:
    """Return the maximum number of connections. The first call raises the limit of open files, if the system allows.

    Without a free file, a server cannot accept connections.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return MAX_CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + RESERVED_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return min(MAX_CONNECTIONS, max(soft - RESERVED_FILES, soft // 2))
