"""The address at which the server listens, from the options and from Gradio's variables."""

import errno
import socket

import pytest

from model.errors import UserError
from web.listening import listening_address, url_host


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def taken():
    """A port at which another server listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_next_free_port_is_chosen(taken, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", str(taken))
    host, port = listening_address()
    assert host == "127.0.0.1" and taken < port < taken + 100


def test_a_chosen_port_that_is_in_use_is_an_error(taken):
    with pytest.raises(UserError, match=f"port {taken} is in use"):
        listening_address(port=taken)


@pytest.mark.parametrize("host", ["::1", "[::1]", "::", "0.0.0.0", "localhost"])
def test_every_kind_of_host_is_possible_as_an_option_and_as_a_variable(host, monkeypatch):
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("This machine has no IPv6.")
    expected = host.strip("[]")
    assert listening_address(host)[0] == expected
    monkeypatch.setenv("GRADIO_SERVER_NAME", host)
    assert listening_address()[0] == expected


@pytest.mark.parametrize("port", ["abc", "99999", "0", "-1", "78.5", "²"])
def test_a_variable_that_is_no_port_is_an_error(port, monkeypatch):
    monkeypatch.setenv("GRADIO_SERVER_PORT", port)
    with pytest.raises(UserError, match=f"GRADIO_SERVER_PORT is {port}; expected a port number from 1 to 65535."):
        listening_address()


@pytest.mark.parametrize("host", ["203.0.113.7", "nowhere.invalid", "a" * 70 + ".example", "::1::"])
def test_a_host_that_is_not_this_machine_is_an_error(host):
    with pytest.raises(UserError, match="is not an address of this machine"):
        listening_address(host)


def test_an_ipv6_address_is_in_brackets_in_a_url():
    assert [url_host(host) for host in ("::1", "::", "127.0.0.1", "localhost")] == [
        "[::1]",
        "[::]",
        "127.0.0.1",
        "localhost",
    ]


def test_a_port_that_windows_reserves_is_skipped(monkeypatch):
    create, refused = socket.create_server, []

    def create_server(address, **options):
        if not refused:
            refused.append(address[1])
            raise PermissionError(errno.EACCES, "")
        return create(address, **options)

    monkeypatch.setattr(socket, "create_server", create_server)
    assert listening_address()[1] > refused[0]
