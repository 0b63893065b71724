"""Where the page is to listen: whether it can, before Gradio tries a hundred ports in vain."""

import errno
import os
import socket

REASONS = {
    errno.EADDRINUSE: "port {port} is taken. Choose another one, or leave --port out for the next free one.",
    errno.EACCES: "port {port} is for the administrator alone. Choose one above 1023.",
}
ELSEWHERE = (
    "{host} is no address of this machine. Leave --host out to be reached from this machine alone, or give 0.0.0.0 "
    "to be reached from others."
)


class AddressError(Exception):
    """Nothing can listen there; the message says why and what to do."""


def check_address(host: str | None, port: int | None) -> None:
    """Raises AddressError when nothing can listen at `host` (None: Gradio's own) and `port` (None: at any)."""
    host = host or os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    try:
        family, *_, place = socket.getaddrinfo(host, port or 0, type=socket.SOCK_STREAM)[0]
        socket.create_server(place[:2], family=family).close()
    except (OSError, UnicodeError) as error:
        reason = REASONS.get(getattr(error, "errno", None), ELSEWHERE)
        raise AddressError(reason.format(host=host, port=port)) from None
