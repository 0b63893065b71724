"""`demo.launch()` shows the page below the cell of a notebook, and does not block the cell."""

import subprocess
import sys

import pytest

from tests.helpers.paths import ROOT
from tests.helpers.server import free_port

NOTEBOOK = """
import httpx
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

shell = InteractiveShell.instance()
with capture_output() as cell:
    result = shell.run_cell("import demo; page = demo.launch(port={port})")
result.raise_error()
[shown] = [output.data["text/html"] for output in cell.outputs]
assert '<iframe src="http://127.0.0.1:{port}/"' in shown, shown
drawing = {{"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}}
answer = httpx.post("http://127.0.0.1:{port}/api/predict", json=drawing, timeout=60)
headers = httpx.get("http://127.0.0.1:{port}/").headers
assert "http://localhost:*" in headers["content-security-policy"]  # The notebook's page may show the page in a frame.
shell.user_ns["page"].close()
print(answer.json()["number"])
"""


@pytest.mark.slow
def test_a_cell_shows_the_page_and_the_next_cell_can_use_it():
    command = [sys.executable, "-c", NOTEBOOK.format(port=free_port())]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines()[-1:] == ["7"], done
