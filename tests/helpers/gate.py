"""A fixed address in front of changing servers. With it, a test simulates a restart without starting a server."""

import contextlib
import socket
import threading

from tests.helpers.server import Server, free_port


class Gate:
    """Accepts connections at a fixed address, and forwards them to a server.

    A closed gate refuses connections, as if no server were running.
    """

    def __init__(self):
        self.port = free_port()
        self._sockets: list[socket.socket] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self, server: Server) -> None:
        """Start to accept connections and to forward them to `server`."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._sockets = [listener]
        threading.Thread(target=self._accept, args=[listener, server.port], daemon=True).start()

    def close(self) -> None:
        """Refuse new connections, and break the open connections."""
        for each in self._sockets:
            with contextlib.suppress(OSError):  # The connection has already ended.
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, listener: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError):  # `close` has closed the listener.
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                self._sockets += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=forward, args=[source, target], daemon=True).start()


def forward(source: socket.socket, target: socket.socket) -> None:
    """Read data from `source` and send the data to `target`, until one of the two sockets is closed."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
