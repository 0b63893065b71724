"""The application: the health check, and the error messages for an address or a checkpoint that cannot be used."""

import signal
import socket

import httpx
import pytest
from starlette.responses import PlainTextResponse

import demo
from tests.helpers.coroutines import finish
from web.app import HealthCheck


def get(path: str, ready: bool) -> httpx.Response:
    async def send() -> httpx.Response:
        page = HealthCheck(PlainTextResponse("The page"), ready=lambda: ready)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(page), base_url="http://page") as visitor:
            return await visitor.get(path)

    return finish(send())


@pytest.mark.parametrize("path", ["/health", "/health/"])
@pytest.mark.parametrize("ready, status", [(True, 200), (False, 503)])
def test_the_health_check_tells_whether_the_networks_are_loaded(path, ready, status):
    response = get(path, ready)
    assert (response.status_code, response.json()) == (status, {"ready": ready})


def test_other_paths_reach_the_page_while_the_networks_load():
    assert get("/", ready=False).text == "The page"


@pytest.fixture
def error_line(monkeypatch, capsys):
    """error_line(*arguments): the error message of `python demo.py` with these arguments."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # Keep this process's handler of SIGTERM.

    def error_line(*arguments: str) -> str:
        with pytest.raises(SystemExit) as stopped:
            demo.main(list(arguments))
        assert capsys.readouterr() == ("", "")
        return stopped.value.code  # The code is a text. Python prints the text to stderr and exits with status 1.

    return error_line


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid"])
def test_an_address_of_another_machine_gives_one_error_line(error_line, host):
    message = error_line("--host", host)
    assert message.startswith(f"demo: {host} is not an address of this machine.") and "\n" not in message


def test_a_port_in_use_gives_one_error_line(error_line):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert error_line("--port", str(port)) == (
            f"demo: port {port} is in use. Choose another port, or leave --port out for the next free one."
        )


def test_a_missing_checkpoint_gives_one_error_line(error_line, tmp_path):
    message = error_line("--checkpoint", str(tmp_path / "mine.keras"))
    assert message.startswith("demo: ") and "\n" not in message
    assert "mine" in message and "train.py" in message


@pytest.mark.parametrize("port", ["0", "65536", "seven"])
def test_an_impossible_port_is_an_error_of_the_option(monkeypatch, capsys, port):
    with pytest.raises(SystemExit) as stopped:
        demo.main(["--port", port])
    assert stopped.value.code == 2 and "--port" in capsys.readouterr().err
