"""Connections: slow clients are disconnected. Connections, heads of requests and waiting requests are limited.

A small application runs behind the HTTP protocol of `python demo.py`, with shorter times.
"""

import asyncio
import contextlib
import functools
import socket
import time
from urllib.parse import urlsplit

import pytest

from tests.helpers.server import get, serving_in_thread
from tests.helpers.waiting import wait_until
from web.security import connections
from web.security.connections import MAX_HEAD, MAX_PIPELINED, BoundedProtocol, max_connections, raise_file_limit

SECONDS = 0.5
LARGE = 50_000_000  # Bytes: more than the system buffers for a client that reads nothing.

ended_streams = []  # The addresses of the clients of "/stream" that have disconnected.


async def application(scope, receive, send) -> None:
    """Answer "/" with the size of the body, "/slow" after some time, and "/large" with LARGE bytes.

    "/stream" sends one event, and ends when the client disconnects.
    """
    assert scope["type"] == "http"
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"event", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        ended_streams.append(scope["client"])
        return
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
    """The address of a running server with shorter times."""
    with pytest.MonkeyPatch.context() as shorter:
        shorter.setattr(connections, "RECEIVE_SECONDS", SECONDS)
        shorter.setattr(connections, "SEND_SECONDS", SECONDS)
        with serving_in_thread(application, http=BoundedProtocol, lifespan="off") as address:
            yield address


@pytest.fixture
def small_server(monkeypatch):
    """The address of a server that keeps 3 connections."""
    monkeypatch.setattr(connections, "MAX_CONNECTIONS", 3)
    monkeypatch.setattr(connections, "RECEIVE_SECONDS", 60)
    with serving_in_thread(application, http=BoundedProtocol, lifespan="off") as address:
        yield address


@pytest.fixture
def connect_to():
    """connect_to(address, *parts): a connection that has sent these bytes, with pauses between the parts."""
    with contextlib.ExitStack() as opened:

        def connect_to(address: str, *parts: bytes) -> socket.socket:
            port = urlsplit(address).port
            connection = opened.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            for part in parts:
                connection.sendall(part)
                time.sleep(0.1 if len(parts) > 1 else 0.02)
            return connection

        yield connect_to


@pytest.fixture
def connect(server, connect_to):
    """connect(*parts): a connection to the server with shorter times."""
    return functools.partial(connect_to, server)


def open_connections() -> list[BoundedProtocol]:
    """Return the open connections of all servers of this process."""
    return [connection for registry in BoundedProtocol._registries.values() for connection in registry.all]


def everything(connection: socket.socket) -> bytes:
    """Read until the server closes the connection."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while data := connection.recv(65_536):
            received += data
    return received


GET, POST = b"GET / HTTP/1.1\r\nHost: page\r\n\r\n", b"POST / HTTP/1.1\r\nHost: page\r\nContent-Length: 4\r\n\r\n"

STREAM = GET.replace(b"/", b"/stream", 1)


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
    port = urlsplit(server).port
    wait_until(lambda: not any(each.server[1] == port for each in open_connections()))


def test_above_the_maximum_the_oldest_half_open_connection_is_closed(small_server, connect_to):
    oldest, *others = [connect_to(small_server, GET[:10]) for _ in range(3)]
    assert get(f"{small_server}/").status_code == 200
    assert everything(oldest) == b""
    for connection in others:
        connection.sendall(GET[10:])
        assert connection.recv(1_000).startswith(b"HTTP/1.1 200")


def test_visitors_are_answered_while_event_streams_fill_the_server(small_server, connect_to):
    streams = [connect_to(small_server, STREAM) for _ in range(3)]
    assert get(f"{small_server}/").status_code == 200
    assert b"event" in everything(streams[0])
    assert b"event" in streams[2].recv(1_000)


LINES, CHUNKED = b"x: y\r\n" * 16_000, POST.replace(b"Content-Length: 4", b"Transfer-Encoding: chunked")
LARGE_HEADS = {
    "many header lines": [GET[:-2] + LINES],
    "a long header line": [GET[:-2] + b"x: " + b"y" * MAX_HEAD + b"\r\n\r\n"],
    "a long address": [GET.replace(b"/", b"/" + b"x" * MAX_HEAD, 1)],
    "an unfinished header line": [GET[:-2] + b"x: ", b"y" * (MAX_HEAD + 1)],
    "many trailers": [CHUNKED + b"0\r\n" + LINES],
    "an unfinished trailer": [CHUNKED + b"1\r\n1\r\n0\r\nx: ", b"y" * (MAX_HEAD + 1)],
}


@pytest.mark.parametrize("parts", LARGE_HEADS.values(), ids=LARGE_HEADS)
def test_a_request_with_a_large_head_is_refused(connect, parts):
    response = everything(connect(*parts))
    assert response.startswith(b"HTTP/1.1 431") and response.count(b"HTTP/1.1") == 1
    assert (
        b'{"detail": "The address and the header lines of a request may have at most 64,000 bytes together."}'
        in response
    )


@pytest.mark.parametrize("pause", [False, True])
def test_each_request_may_have_a_head_below_the_limit_and_a_larger_body(connect, pause):
    body = b"x" * 2 * MAX_HEAD
    head = b"POST / HTTP/1.1\r\nx: " + b"y" * (MAX_HEAD // 2)
    head += b"\r\nContent-Length: %d\r\n\r\n" % len(body)
    chunk = b"%x\r\n" % len(body)
    parts = [
        head,
        body,
        head[:100],
        head[100:] + body,
        CHUNKED + chunk,
        body + b"\r\n" + chunk,
        body + b"\r\n0\r\n\r\n",
    ]
    connection, received = connect(*(parts if pause else [b"".join(parts)])), b""
    while received.count(b"HTTP/1.1 200") < 3:
        received += connection.recv(65_536)
    assert received.count(b"%d" % (2 * len(body))) == 1


def test_only_some_requests_of_a_connection_may_wait_for_an_answer(connect):
    last = GET.replace(b"Host", b"Connection: close\r\nHost")
    assert everything(connect(GET * MAX_PIPELINED + last)).count(b"HTTP/1.1 200") == MAX_PIPELINED + 1
    response = everything(connect(GET * 2_000))
    assert response.startswith(b"HTTP/1.1 400") and response.count(b"HTTP/1.1") == 1
    assert b'{"detail": "At most 8 requests of a connection may wait' in response


def test_requests_behind_an_event_stream_close_the_connection_without_a_second_answer(connect):
    response = everything(connect(STREAM, GET * 2_000))
    assert b"event" in response and response.count(b"HTTP/1.1") == 1


def test_an_event_stream_ends_when_its_client_disconnects_although_another_request_waits(connect):
    connection = connect(STREAM + GET)
    assert connection.recv(1_000)
    client = connection.getsockname()
    connection.close()
    wait_until(lambda: client in ended_streams)


def test_the_maximum_leaves_files_for_other_purposes():
    resource = pytest.importorskip("resource")
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = raise_file_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] in (files, resource.RLIM_INFINITY)
    assert files >= soft
    assert 0 < max_connections(files) < files


def test_the_maximum_follows_the_limit_of_open_files():
    assert [max_connections(files) for files in (1_000, 5_000, float("inf"))] == [
        500,
        2_600,
        connections.MAX_CONNECTIONS,
    ]
