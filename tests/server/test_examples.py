"""The examples in the documentation work as stated."""

import re
import shutil
import subprocess

import pytest
from PIL import Image, ImageDraw

from model.corrections.store import CorrectionStore
from tests.helpers.documents import block
from tests.helpers.drawings import DIGIT_DRAWINGS


def draw_picture(path) -> None:
    """Save a picture of a 7."""
    image = Image.new("L", (400, 400), 255)
    for stroke in DIGIT_DRAWINGS[7]:
        ImageDraw.Draw(image).line([(400 * x, 400 * y) for x, y in stroke], 0, 16, joint="curve")
    image.save(path)


def test_the_example_for_gradio_client_reads_a_seven(server, tmp_path, monkeypatch, capsys):
    draw_picture(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    code = block("docs/api.md", "from gradio_client").replace("http://127.0.0.1:7860", server.address)
    exec(code, {})
    assert capsys.readouterr().out.endswith("7 7\n")


def test_the_example_for_gradio_client_in_the_readme_reads_a_seven(server, capsys):
    code = block("README.md", "from gradio_client").replace("http://127.0.0.1:7860", server.address)
    exec(code, {})
    assert capsys.readouterr().out.endswith("7 digit\n")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed.")
def test_the_examples_for_curl_work(corrections_server, tmp_path):
    server, path = corrections_server
    before = list(CorrectionStore(path))
    draw_picture(tmp_path / "seven.png")
    commands = block("docs/api.md", "curl").replace("http://127.0.0.1:7860", server.address)
    done = subprocess.run(["bash", "-ec", commands], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done
    assert re.findall(r'"number":"(\d)"', done.stdout) == ["7", "1", "7"], done
    for part in ('"evidence":', '"models":', '"steps":', '"facts":', '"ready":', '"token":', '"deleted":true'):
        assert part in done.stdout, part
    assert list(CorrectionStore(path)) == before


def test_the_examples_without_a_server_read_a_seven(tmp_path, monkeypatch, capsys):
    draw_picture(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    exec(block("README.md", "from model"), {})
    assert capsys.readouterr().out == "7 digit\n"
    exec(block("docs/api.md", "from model"), {})
    assert capsys.readouterr().out == "7 7\n"
