"""Attacks on the disk: uploads that fill it or stay on it, and files of corrections."""

import fcntl
import signal
import socket
import struct
import tempfile
import termios
from pathlib import Path

import httpx

from tests.helpers.server import SSL_CONTEXT, Server, serving
from tests.helpers.waiting import wait_until
from tests.tools.attacks.attack import Outcome, attack

UPLOAD = "/gradio_api/upload"
PICTURE_BYTES = 19_000_000
MAX_UPLOADS = 200_000_000
UPLOADS, ABORTED = 15, 5


@attack(7, "upload pictures that no call reads, abort uploads, and kill the server")
def fill_the_disk(_: Server) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        uploads = Path(folder)
        environment = {"GRADIO_TEMP_DIR": folder}
        with serving(environment=environment) as server:
            before = stored(uploads)
            statuses = [upload(server, i) for i in range(UPLOADS)]
            peak, files = stored(uploads), count(uploads)
        kept = stored(uploads)  # `serving` has killed the server with SIGKILL.
        with serving(environment=environment) as server:
            after_start = stored(uploads)
            for _ in range(ABORTED):
                abort_upload(server)
            upload(server, UPLOADS)  # The server has handled the aborted uploads once it answers.
            left = count(uploads) - 1
            server.process.send_signal(signal.SIGTERM)
            server.process.wait(timeout=30)
            after_exit = count(uploads)
    refused = sum(status != 200 for status in statuses)
    holds = peak <= MAX_UPLOADS and refused > 0 and after_start == 0 and left <= 0 and after_exit == 0
    return Outcome(
        f"{before / 1e6:.0f} MB of uploads",
        f"{peak / 1e6:.0f} MB in {files} files, {refused} of {UPLOADS} uploads refused; {kept / 1e6:.0f} MB after "
        f"SIGKILL, {after_start / 1e6:.0f} MB after the next start; {left} files of {ABORTED} aborted uploads; "
        f"{after_exit} files after SIGTERM",
        holds,
    )


def upload(server: Server, i: int) -> int:
    """Upload the picture number `i`, and return the status."""
    form = {"files": {"files": ("a.png", bytes([i]) * PICTURE_BYTES)}}
    return httpx.post(server.address + UPLOAD, timeout=60, verify=SSL_CONTEXT, **form).status_code


def abort_upload(server: Server) -> None:
    """Send half of an upload, and close the connection."""
    head = (
        f"POST {UPLOAD} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=a\r\n"
        f"Content-Length: {PICTURE_BYTES}\r\n\r\n"
        '--a\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + bytes(PICTURE_BYTES // 2))
        wait_until(lambda: unread(connection) == 0)


def unread(connection: socket.socket) -> int:
    """Return the number of bytes that the server has not received yet (Linux)."""
    return struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0\0\0\0"))[0]


def stored(folder: Path) -> int:
    """Return the size of all files in a folder in bytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def count(folder: Path) -> int:
    """Return the number of files with content in a folder. A lock is an empty file."""
    return sum(1 for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 0)
