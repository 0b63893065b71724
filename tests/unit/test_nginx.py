"""The example for nginx has the limits of the server, and nginx accepts it."""

import re
import subprocess

from tests.helpers.nginx import nginx_path
from tests.helpers.paths import ROOT
from web.security.bodies import MAX_UPLOAD
from web.security.connections import RECEIVE_SECONDS

EXAMPLE = (ROOT / "docs" / "nginx.conf").read_text()


def setting(name: str) -> str:
    [value] = re.findall(rf"^\s*{name} (.+);", EXAMPLE, re.MULTILINE)
    return value


def test_the_example_has_the_limits_of_the_server():
    assert setting("client_header_timeout") == setting("client_body_timeout") == f"{RECEIVE_SECONDS:.0f}s"
    assert MAX_UPLOAD <= int(setting("client_max_body_size").removesuffix("m")) * 2**20 < 1.1 * MAX_UPLOAD


def test_nginx_accepts_the_example(tmp_path):
    nginx = nginx_path()
    server = re.sub(r"^\s*ssl_certificate.*$", "", EXAMPLE, flags=re.MULTILINE).replace("listen 443 ssl", "listen 8443")
    folders = "".join(f"{name}_temp_path {tmp_path};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file = tmp_path / "nginx.conf"
    file.write_text(f"pid {tmp_path}/pid; events {{}} http {{ {folders} access_log off;\n{server}}}")
    done = subprocess.run([nginx, "-t", "-e", tmp_path / "log", "-c", file], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
