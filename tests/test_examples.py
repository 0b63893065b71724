"""The README's examples do what it says."""

import base64
import re
import shutil
import subprocess

import browser
import pytest
from browser import ROOT
from hand import DIGITS
from loops import finish
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from PIL import Image, ImageDraw

README = (ROOT / "README.md").read_text()
SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}


def block(begins: str) -> str:
    """The README's block of code that begins so."""
    [found] = [text for text in re.findall(r"```\w+\n(.*?)```", README, re.DOTALL) if text.startswith(begins)]
    return found


def draw_picture(path) -> None:
    image = Image.new("L", (400, 400), 255)
    for stroke in DIGITS[7]:
        ImageDraw.Draw(image).line([(400 * x, 400 * y) for x, y in stroke], 0, 16, joint="curve")
    image.save(path)


def test_the_client_of_gradio(server, tmp_path, monkeypatch, capsys):
    draw_picture(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    exec(block("from gradio_client").replace("http://127.0.0.1:7860", server.address), {})
    assert capsys.readouterr().out.endswith("7 7\n")


@pytest.mark.skipif(shutil.which("curl") is None, reason="There is no curl.")
def test_the_shell(server, tmp_path):
    draw_picture(tmp_path / "seven.png")
    commands = block("curl").replace("http://127.0.0.1:7860", server.address)
    done = subprocess.run(["bash", "-c", commands], cwd=tmp_path, capture_output=True, text=True)
    assert re.findall(r'"number":\s*"(\d)"', done.stdout) == ["7", "7"], done


def test_without_a_server(tmp_path, monkeypatch, capsys):
    draw_picture(tmp_path / "seven.png")
    monkeypatch.chdir(tmp_path)
    exec(block("from model"), {})
    assert capsys.readouterr().out == "7\n"


def test_an_assistant_by_mcp(tmp_path):
    draw_picture(tmp_path / "seven.png")
    picture = "data:image/png;base64," + base64.b64encode((tmp_path / "seven.png").read_bytes()).decode()

    async def ask(address: str):
        at = f"{address}/gradio_api/mcp/"
        async with streamable_http_client(at) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tools = [tool.name for tool in (await session.list_tools()).tools]
            [answer] = (await session.call_tool("predict", {"drawing": SEVEN})).content
            [seen] = (await session.call_tool("predict_image", {"picture": picture})).content
            return tools, answer.text, seen.text

    with browser.serving(environment={"GRADIO_MCP_SERVER": "True"}) as running:
        tools, *answers = finish(ask(running.address))
    assert {"predict", "explain"} <= set(tools)
    assert all("'number': '7'" in answer for answer in answers)
