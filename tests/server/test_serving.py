"""The server as a process: start, shutdown, an error on the command line, corrections over HTTP."""

import json
import signal
import socket
import subprocess
import sys
from http.client import HTTPConnection

import pytest

from model.corrections.store import CorrectionStore
from tests.helpers.drawings import SEVEN
from tests.helpers.paths import ROOT
from tests.helpers.server import call, free_port, get, serving, serving_with_uvicorn, wait_until_ready
from tests.helpers.waiting import wait_until


def start(port: int) -> subprocess.Popen:
    """Start `python demo.py`."""
    command = [sys.executable, "demo.py", "--host", "127.0.0.1", "--port", str(port)]

    def accept_ctrl_c() -> None:
        # If a shell runs the tests in the background, the tests ignore SIGINT, the signal of Ctrl+C. The server would
        # inherit this setting, and Ctrl+C would not end the server.
        signal.signal(signal.SIGINT, signal.default_int_handler)

    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command, cwd=ROOT, preexec_fn=accept_ctrl_c, **output)


@pytest.fixture(scope="module")
def uvicorn_to_stop():
    """A server that uvicorn's own command has started, for the one test that stops it."""
    limits = ("--http", "web.security.connections:BoundedProtocol", "--timeout-graceful-shutdown", "3")
    with serving_with_uvicorn(*limits) as server:
        yield server


@pytest.fixture(scope="module")
def server_to_stop(tmp_path_factory):
    """A running server. The last test that uses it stops it.

    Its environment has proxies, and settings for another Keras.
    """
    keras_home = tmp_path_factory.mktemp("keras")
    (keras_home / "keras.json").write_text('{"image_data_format": "channels_first", "floatx": "float16"}')
    another_environment = {
        "KERAS_HOME": str(keras_home),
        "KERAS_BACKEND": "jax",
        "http_proxy": "http://127.0.0.1:9",  # Nothing listens at this port.
        "ALL_PROXY": "socks://127.0.0.1:9",
        "no_proxy": "",
    }
    with serving(environment=another_environment) as server:
        yield server


@pytest.mark.slow
def test_the_page_is_served_while_the_network_loads_and_ctrl_c_ends_it_without_a_message():
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    process = start(port)
    try:
        assert 503 in wait_until_ready(address)  # 503 means: the server answers, but its networks are not loaded yet.
        assert get(f"{address}/health").json() == {"ready": True}
        assert process.stdout.readline().strip().endswith(address)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
        assert process.stdout.read() == ""
    finally:
        process.kill()
        process.wait()


def begin_call(port: int, endpoint: str, body: bytes) -> HTTPConnection:
    """Send the headers of a call, and wait until the server asks for the body. The call is then in progress."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", f"/api/{endpoint}")
    headers = {"Content-Type": "application/json", "Content-Length": len(body), "Expect": "100-continue"}
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.sock.recv(1000).startswith(b"HTTP/1.1 100 Continue")
    return connection


def is_closed(port: int) -> bool:
    """Return whether the server refuses new connections."""
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return True
    return False


@pytest.mark.slow
def test_a_server_with_proxies_and_with_settings_for_another_keras_starts_and_reads_a_digit(server_to_stop):
    assert call(server_to_stop.address, "predict", **SEVEN).json()["number"] == "7"


@pytest.mark.slow
def test_on_sigterm_calls_in_progress_are_answered_and_no_traceback_is_logged(server_to_stop):
    server = server_to_stop
    body = json.dumps(SEVEN).encode()
    connections = [begin_call(server.port, endpoint, body) for endpoint in ("predict", "compare")]
    server.process.send_signal(signal.SIGTERM)
    wait_until(lambda: is_closed(server.port))
    for connection in connections:
        connection.send(body)
    answers = [connection.getresponse() for connection in connections]
    assert [answer.status for answer in answers] == [200, 200]
    assert all(json.load(answer) for answer in answers)
    for connection in connections:
        connection.close()
    assert server.process.wait(timeout=30) == 0
    assert "Traceback" not in server.log.read_text()


@pytest.mark.slow
def test_on_sigterm_uvicorn_answers_calls_in_progress_and_does_not_wait_for_event_streams(uvicorn_to_stop):
    body, port = json.dumps(SEVEN).encode(), uvicorn_to_stop.port
    stream = HTTPConnection("127.0.0.1", port, timeout=60)
    stream.request("GET", "/gradio_api/heartbeat/0123abcd")
    assert stream.getresponse().status == 200
    called = begin_call(port, "predict", body)
    uvicorn_to_stop.process.terminate()
    wait_until(lambda: is_closed(port))
    called.send(body)
    assert called.getresponse().status == 200
    uvicorn_to_stop.process.wait(timeout=30)
    stream.close()


def test_an_invalid_label_gets_an_error_message_and_nothing_is_stored(corrections_server):
    server, path = corrections_server
    before = list(CorrectionStore(path))
    for label in ("1a", "", "seven", None, 7, ["7"], "<b>7</b>"):
        answer = call(server.address, "corrections", **SEVEN, label=label)
        assert answer.status_code == 422 and "a number of 1 to 10 digits" in answer.json()["detail"], label
    assert list(CorrectionStore(path)) == before


def test_a_missing_checkpoint_gives_one_error_line(tmp_path):
    command = [sys.executable, "demo.py", "--checkpoint", str(tmp_path / "mine.keras")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 1 and ended.stdout == ""
    assert "mine.keras does not exist" in ended.stderr and ended.stderr.count("\n") == 1
