"""Limit the connections: their number, the time to send a request, the size of a request's head, and waiting requests.

uvicorn has no such limits: its `limit_concurrency` also counts idle connections, and then rejects every visitor.
To use this protocol with uvicorn's own command: --http web.security.connections:BoundedProtocol
"""

import asyncio
import contextlib
import json
import math
import socket
from collections import OrderedDict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

RECEIVE_SECONDS = 20.0
"""Maximum time from the start of a connection, or from the first byte of a later request, to the end of the request."""
SEND_SECONDS = 20.0
"""Maximum time in which a client reads nothing of a response. Linux only."""
MAX_CONNECTIONS = 4_000
"""Maximum number of open connections of a process. A connection that sends nothing takes about 8 kB."""
MAX_HEAD = 64_000
"""Maximum size of a request's address, header lines and trailers together, in bytes."""
MAX_PIPELINED = 8
"""Maximum number of requests of a connection that wait until an earlier request is answered."""
# Bytes that a header line counts beyond its name and value. HTTP/2 counts so too, because each line takes memory.
LINE_BYTES = 32
# Files of the process that are no connections, and connections that the system accepts before the oldest are closed.
RESERVED_FILES = 2_400

TOO_SLOW = f"The request did not arrive within {RECEIVE_SECONDS:g} seconds."
HEAD_TOO_LARGE = f"The address and the header lines of a request may have at most {MAX_HEAD:,} bytes together."
TOO_MANY_PIPELINED = f"At most {MAX_PIPELINED} requests of a connection may wait for the answer of an earlier request."


class RefusedError(Exception):
    """The server refuses a request while the parser reads it. Arguments: the status and a sentence."""


@dataclass
class _Registry:
    """The open connections of a server, the oldest first."""

    maximum: int
    all: "OrderedDict[BoundedProtocol, None]" = field(default_factory=OrderedDict)
    half_open: "OrderedDict[BoundedProtocol, None]" = field(default_factory=OrderedDict)


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP protocol with limits for one connection.

    A connection is half-open until its client has sent a whole request. Above the maximum, the oldest half-open
    connection is closed; if there is none, the oldest connection. The new connection stays open.
    A connection is not half-open while the application answers or sends an event stream, and not while it is idle
    between two requests: uvicorn closes idle connections after 5 s.
    """

    _registries: WeakKeyDictionary[ServerState, _Registry] = WeakKeyDictionary()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        self._timer: asyncio.TimerHandle | None = None
        self._refusal: tuple[int, str] | None = None
        self._answering: RequestResponseCycle | None = None
        self._head_size = 0  # The address and the complete lines of the request.
        self._unfinished_size: int | None = None  # Packets that were only header lines. None: no line is expected.
        if self.server_state not in self._registries:
            self._registries[self.server_state] = _Registry(max_connections(raise_file_limit()))
        self._registry = self._registries[self.server_state]
        self._registry.all[self] = None
        _limit_sending(transport)
        self._start_waiting()
        if len(self.connections) > self._registry.maximum:  # `connections` has WebSockets too.
            self._close_oldest()

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave_registry()
        super().connection_lost(exc)
        # uvicorn tells only the newest request. Without this, an event stream before other requests would never end.
        if self._answering and not self._answering.response_complete:
            self._answering.disconnected = True
            self._answering.message_event.set()

    def handle_websocket_upgrade(self) -> None:
        self._leave_registry()
        super().handle_websocket_upgrade()

    def data_received(self, data: bytes) -> None:
        self._start_waiting()
        if self._unfinished_size is not None:
            self._unfinished_size += len(data)
        super().data_received(data)
        if self._unfinished_size is not None and self._unfinished_size > MAX_HEAD and not self.transport.is_closing():
            self._refuse(431, HEAD_TOO_LARGE)

    def send_400_response(self, msg: str) -> None:
        """Answer that the parser, or one of the methods below, has refused the request."""
        self._refuse(*(self._refusal or (400, msg)))

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_size = self._unfinished_size = 0
        self._start_waiting()  # A request that is in the same packet as the end of another request.

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header line or a trailer to the request."""
        self._count(len(name) + len(value) + LINE_BYTES)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._unfinished_size = None
        super().on_headers_complete()
        if len(self.pipeline) > MAX_PIPELINED:
            self._stop_parsing(400, TOO_MANY_PIPELINED)

    def on_chunk_header(self) -> None:
        self._unfinished_size = 0  # After the last chunk, trailers follow. A chunk with content calls on_body first.

    def on_body(self, body: bytes) -> None:
        self._unfinished_size = None
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unfinished_size = None
        super().on_message_complete()
        self._stop_waiting()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: object) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _count(self, size: int) -> None:
        self._head_size += size
        if self._head_size > MAX_HEAD:
            self._stop_parsing(431, HEAD_TOO_LARGE)

    def _stop_parsing(self, status: int, sentence: str) -> None:
        """Raise an error in the parser. uvicorn then calls `send_400_response`."""
        self._refusal = (status, sentence)
        raise RefusedError(status, sentence)

    def _refuse(self, status: int, sentence: str) -> None:
        """Close the connection. Send the sentence first, unless a response has begun."""
        cycle = self._answering
        if not cycle or cycle.response_complete or not cycle.response_started:
            self.transport.write(_response(status, sentence))
        self.transport.close()

    def _start_waiting(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(RECEIVE_SECONDS, self._expire)
            self._registry.half_open[self] = None

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._registry.half_open.pop(self, None)

    def _expire(self) -> None:
        """Close the connection, unless the application is answering an earlier request."""
        self._stop_waiting()
        if self.pipeline or (self.cycle and not self.cycle.more_body and not self.cycle.response_complete):
            self._start_waiting()
        elif not self.transport.is_closing():
            self._refuse(408, TOO_SLOW)

    def _close_oldest(self) -> None:
        """Close the oldest half-open connection; if there is no other than this one, the oldest connection."""
        oldest = next(iter(self._registry.half_open))
        if oldest is self:
            oldest = next(iter(self._registry.all))
        # The next connection may come before `connection_lost` is called. Therefore remove the oldest at once.
        oldest._leave_registry()
        oldest.connections.discard(oldest)
        oldest.transport.abort()

    def _leave_registry(self) -> None:
        self._stop_waiting()
        self._registry.all.pop(self, None)


def _response(status: int, sentence: str) -> bytes:
    body = json.dumps({"detail": sentence}).encode()
    headers = f"content-type: application/json\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
    return STATUS_LINE[status] + headers.encode() + body


def _limit_sending(transport: asyncio.Transport) -> None:
    """Let the system close the connection if its client reads nothing of a response for SEND_SECONDS."""
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        with contextlib.suppress(OSError, AttributeError):  # A Unix socket has no such option.
            transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, option, int(1000 * SEND_SECONDS))


def raise_file_limit() -> float:
    """Raise the process's limit of open files for MAX_CONNECTIONS connections, as far as the system allows.

    Return the limit, or infinity if there is none.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit.
        return math.inf
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS + RESERVED_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return math.inf if soft == resource.RLIM_INFINITY else soft


def max_connections(files: float) -> int:
    """Return the maximum number of connections of a process that may open so many files.

    Without a free file, a server cannot accept connections.
    """
    return int(min(MAX_CONNECTIONS, max(files - RESERVED_FILES, files // 2)))
