"""The examples in the documentation work as stated."""

import base64
import re
import shutil
import subprocess

import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from PIL import Image, ImageDraw

from tests.helpers.coroutines import finish
from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN
from tests.helpers.paths import ROOT


def block(document: str, start: str) -> str:
    """Return a code block of a document. start: the first words of the code block."""
    text = (ROOT / document).read_text()
    [found] = [block for block in re.findall(r"```\w+\n(.*?)```", text, re.DOTALL) if block.startswith(start)]
    return found


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
def test_the_example_for_curl_reads_a_seven(server, tmp_path):
    draw_picture(tmp_path / "seven.png")
    commands = block("docs/api.md", "curl").replace("http://127.0.0.1:7860", server.address)
    done = subprocess.run(["bash", "-c", commands], cwd=tmp_path, capture_output=True, text=True)
    assert re.findall(r'"number":\s*"(\d)"', done.stdout) == ["7", "7"], done


def test_the_examples_without_a_server_read_a_seven(tmp_path, monkeypatch, capsys):
    draw_picture(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    exec(block("README.md", "from model"), {})
    assert capsys.readouterr().out == "7 digit\n"
    exec(block("docs/api.md", "from model"), {})
    assert capsys.readouterr().out == "7 7\n"


def test_an_mcp_client_can_call_the_endpoints_as_tools(corrections_server, tmp_path):
    draw_picture(tmp_path / "seven.png")
    picture = "data:image/png;base64," + base64.b64encode((tmp_path / "seven.png").read_bytes()).decode()

    async def call_tools(address: str):
        url = f"{address}/gradio_api/mcp/"
        async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            [answer] = (await session.call_tool("predict", {"drawing": SEVEN})).content
            [picture_answer] = (await session.call_tool("predict_image", {"picture": picture})).content
            return tools, answer.text, picture_answer.text

    tools, *answers = finish(call_tools(corrections_server[0].address))
    assert {"predict", "explain"} <= set(tools)
    assert all("'number': '7'" in answer for answer in answers)
