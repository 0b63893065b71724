"""A reverse proxy that serves a page below a path."""

import contextlib
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.helpers.server import Server

# These headers describe one connection. Therefore, a proxy does not pass them on.
CONNECTION_HEADERS = {"connection", "transfer-encoding"}


@contextlib.contextmanager
def below_path(server: Server, path: str) -> Iterator[str]:
    """Serve the page of a server below `path`, and yield the page's address. The server gets paths without `path`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith(f"{path}/"):
                return self.send_error(404)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            connection = HTTPConnection("127.0.0.1", server.port)
            connection.request(self.command, self.path.removeprefix(path), body, dict(self.headers))
            response = connection.getresponse()
            self.send_response(response.status)
            for name, value in response.getheaders():
                if name.lower() not in CONNECTION_HEADERS:
                    self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):  # The browser may close the connection early.
                while data := response.read1(65_536):
                    self.wfile.write(data)
                    self.wfile.flush()

        do_POST = do_HEAD = do_GET

        def log_message(self, *_) -> None:
            """Print nothing."""

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{proxy.server_port}{path}"
    finally:
        proxy.shutdown()
        proxy.server_close()
