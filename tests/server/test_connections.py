"""Connections: slow and idle clients are disconnected, and the number of connections is limited.

A small application runs behind the HTTP protocol of `python demo.py`, with shorter times.
"""

import asyncio
import contextlib
import socket
import threading
import time

import pytest
import uvicorn

from tests.helpers.server import free_port, get
from tests.helpers.waiting import wait_until
from web.security import connections
from web.security.connections import BoundedProtocol, max_connections

SECONDS = 0.5
LARGE = 50_000_000  # Bytes: more than the system buffers for a client that reads nothing.


async def application(scope, receive, send) -> None:
    """Answer "/" with the size of the body, "/slow" after some time, and "/large" with LARGE bytes."""
    assert scope["type"] == "http"
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message.get("body", b"")), message.get("more_body", False)
    body = str(size).encode()
    if scope["path"] == "/slow":
        await asyncio.sleep(3 * SECONDS)
    if scope["path"] == "/large":
        body = bytes(LARGE)
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def server():
    """A running server with shorter times."""
    with pytest.MonkeyPatch.context() as shorter:
        shorter.setattr(connections, "RECEIVE_SECONDS", SECONDS)
        shorter.setattr(connections, "SEND_SECONDS", SECONDS)
        config = uvicorn.Config(
            application, port=free_port(), http=BoundedProtocol, lifespan="off", log_level="critical"
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        yield server
        server.should_exit = True
        thread.join(timeout=20)


@pytest.fixture
def connect(server):
    """connect(*parts): a connection that has sent these bytes, with pauses between the parts."""
    with contextlib.ExitStack() as opened:

        def connect(*parts: bytes) -> socket.socket:
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", server.config.port), timeout=20))
            for part in parts:
                connection.sendall(part)
                time.sleep(0.1)
            return connection

        yield connect


def everything(connection: socket.socket) -> bytes:
    """Read until the server closes the connection."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            received += data
    return received


GET, POST = b"GET / HTTP/1.1\r\nHost: page\r\n\r\n", b"POST / HTTP/1.1\r\nHost: page\r\nContent-Length: 4\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET / HTTP/1.1\r\nHo", POST, POST + b"12"])
def test_a_client_that_sends_no_whole_request_in_time_is_disconnected(connect, sent):
    response = everything(connect(sent))
    assert response.startswith(b"HTTP/1.1 408 Request Timeout")
    assert b"The request did not arrive within" in response


def test_a_client_that_sends_byte_after_byte_is_disconnected(connect):
    connection, started = connect(), time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() < started + 20:
            connection.sendall(b"x: y\r\n" if time.monotonic() > started else b"GET / HTTP/1.1\r\n")
            time.sleep(0.05)
    assert time.monotonic() < started + 20


def test_the_time_starts_again_for_each_request_of_a_connection(connect):
    parts = [POST, b"1234"] * 5  # This takes longer than SECONDS.
    connection = connect(*parts)
    assert connection.recv(65_536).count(b"HTTP/1.1 200") >= 1
    connection.sendall(GET[:10])
    assert b"HTTP/1.1 408" in everything(connection)


def test_an_answer_may_take_longer(connect):
    connection = connect(GET.replace(b"/", b"/slow", 1) + GET[:10])  # The next request has already begun.
    assert connection.recv(1_000).startswith(b"HTTP/1.1 200")


def test_a_client_that_reads_no_answer_is_disconnected(server, connect):
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        pytest.skip("This system has no such time limit.")
    connect(GET.replace(b"/", b"/large", 1))
    wait_until(lambda: not server.server_state.connections)


def test_beyond_the_maximum_the_connection_that_has_waited_longest_is_closed(server, connect, monkeypatch):
    monkeypatch.setattr(connections, "RECEIVE_SECONDS", 60)
    monkeypatch.setattr(connections, "max_connections", lambda: 3)
    oldest, *others = [connect(GET[:10]) for _ in range(3)]
    assert get(f"http://127.0.0.1:{server.config.port}/").status_code == 200
    assert everything(oldest) == b""
    for connection in others:
        connection.sendall(GET[10:])
        assert connection.recv(1_000).startswith(b"HTTP/1.1 200")


def test_the_maximum_leaves_files_for_other_purposes():
    resource = pytest.importorskip("resource")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert 0 < max_connections() <= connections.MAX_CONNECTIONS
    assert max_connections() < resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= soft
