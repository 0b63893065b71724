"""An address whose server can stop and come back as another process. Tests need not wait for a server to start."""

import contextlib
import socket
import threading

from tests.helpers.server import Server, free_port


class Gate:
    """Forwards the connections to one address to a server.

    A closed gate refuses connections, as if no server were running.
    """

    def __init__(self):
        self.port = free_port()
        self._sockets: list[socket.socket] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self, server: Server) -> None:
        """Accept connections, and forward the connections to a server."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._sockets = [listener]
        threading.Thread(target=self._accept, args=[listener, server.port], daemon=True).start()

    def close(self) -> None:
        """Refuse new connections, and break the open connections."""
        for each in self._sockets:
            with contextlib.suppress(OSError):  # The connection has ended meanwhile.
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, listener: socket.socket, port: int) -> None:
        with contextlib.suppress(OSError):  # The gate has been closed.
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", port))
                self._sockets += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(target=forward, args=[source, target], daemon=True).start()


def forward(source: socket.socket, target: socket.socket) -> None:
    """Send the data that `source` receives to `target`, until one of the sockets ends."""
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
