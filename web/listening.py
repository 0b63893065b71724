"""The address at which the server listens: an address of this machine and a free port."""

import errno
import os
import socket

from model.errors import UserError

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 7860
MAX_PORT = 2**16 - 1
LAST_SYSTEM_PORT = 1023
# Without a chosen port, this number of ports is tried.
TRIES = 100

ADDRESS_ERRORS = {
    errno.EADDRINUSE: "port {port} is in use. Choose another port, or leave --port out for the next free one.",
    errno.EACCES: "port {port} needs administrator rights. Choose a port above 1023.",
}
UNKNOWN_HOST = (
    "{host} is not an address of this machine. Leave --host out to accept connections from this machine only, or give "
    "0.0.0.0 to accept connections from others."
)


def listening_address(host: str | None = None, port: int | None = None) -> tuple[str, int]:
    """Return an address and a port at which a server can listen.

    host: a name or an IPv4 or IPv6 address. None means $GRADIO_SERVER_NAME or, if it is not set, 127.0.0.1.
    port: None means the first free port, searched from $GRADIO_SERVER_PORT or from 7860.
    Raises UserError if no server can listen there.
    """
    host = (host or os.environ.get("GRADIO_SERVER_NAME") or DEFAULT_HOST).strip("[]")
    if port is not None:
        _try(host, port)
        return host, port
    first = _first_port()
    for candidate in range(first, min(first + TRIES, MAX_PORT + 1)):
        try:
            _try(host, candidate)
            return host, candidate
        except PortInUseError:
            continue
    raise UserError(f"no port from {first} to {candidate} is free. Choose a port with --port.")


def url_host(host: str) -> str:
    """Return a host as it appears in a URL: an IPv6 address is in brackets."""
    return f"[{host}]" if ":" in host else host


class PortInUseError(UserError):
    """Another server listens at this port."""


def _first_port() -> int:
    text = os.environ.get("GRADIO_SERVER_PORT") or str(DEFAULT_PORT)
    if not text.isdecimal() or not 0 < int(text) <= MAX_PORT:
        raise UserError(f"GRADIO_SERVER_PORT is {text}; expected a port number from 1 to {MAX_PORT}.")
    return int(text)


def _try(host: str, port: int) -> None:
    """Listen for a moment. Raises UserError if this is not possible."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        if number == errno.EACCES and port > LAST_SYSTEM_PORT:  # Windows reserves ports for its own use.
            number = errno.EADDRINUSE
        kind = PortInUseError if number == errno.EADDRINUSE else UserError
        raise kind(ADDRESS_ERRORS.get(number, UNKNOWN_HOST).format(host=host, port=port)) from None
