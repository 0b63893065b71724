"""A real nginx in front of a server."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.server import Server, free_port
from tests.helpers.waiting import wait_until

FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
CONFIGURATION = """
daemon off;
pid {folder}/pid;
events {{}}
http {{
    {folders}
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        client_max_body_size 21m;
        location {path}/ {{
            proxy_pass http://127.0.0.1:{server}/;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_buffering off;
        }}
    }}
}}
"""


def nginx_path() -> str:
    """Return the path of nginx. Skips the test if nginx is not installed."""
    path = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if path is None:
        pytest.skip("nginx is not installed. On Debian: apt-get install nginx-light")
    return path


@contextlib.contextmanager
def behind_nginx(server: Server, path: str) -> Iterator[str]:
    """Serve the page of a server below `path`, and yield the page's address. The server gets paths without `path`."""
    nginx, port = nginx_path(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        folders = "".join(f"{name}_temp_path {folder}/{name};" for name in FOLDERS)
        file = Path(folder, "nginx.conf")
        file.write_text(CONFIGURATION.format(folder=folder, folders=folders, port=port, path=path, server=server.port))
        process = subprocess.Popen([nginx, "-e", f"{folder}/log", "-c", file], stderr=subprocess.DEVNULL)
        try:
            wait_until(Path(folder, "pid").exists, seconds=10)
            yield f"http://127.0.0.1:{port}{path}"
        finally:
            process.terminate()
            process.wait(timeout=10)
