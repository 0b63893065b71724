"""The page in a real Jupyter Notebook, below the cell that shows it."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec

import httpx
import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw, ready
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import digit
from tests.helpers.paths import ROOT
from tests.helpers.pictures import picture_from, render
from tests.helpers.server import free_port
from tests.helpers.waiting import wait_until


def notebook(cell: str) -> str:
    """Return the content of a notebook with one cell of code."""
    code = {"cell_type": "code", "id": "page", "source": cell, "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": [code], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def is_ready(address: str) -> bool:
    try:
        return httpx.get(f"{address}/api").is_success
    except httpx.TransportError:
        return False


def is_connected(address: str) -> bool:
    """Return whether a kernel is ready, and a notebook is connected to it."""
    response = httpx.get(f"{address}/api/kernels")  # While a kernel starts, Jupyter may answer with an error.
    kernels = response.json() if response.is_success else []
    return any(kernel["connections"] and kernel["execution_state"] == "idle" for kernel in kernels)


@pytest.fixture
def jupyter(tmp_path):
    """The address of a Jupyter Notebook, and its folder. Its kernel can import this project."""
    if find_spec("notebook") is None:
        pytest.skip("Jupyter Notebook is not installed: pip install notebook")
    port = free_port()
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}", f"--ServerApp.root_dir={tmp_path}"]
    process = subprocess.Popen(
        [sys.executable, "-m", "notebook", *options, "--IdentityProvider.token="],
        env=os.environ | {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: is_ready(f"http://localhost:{port}"), seconds=60)
        yield f"http://localhost:{port}", tmp_path
    finally:
        process.terminate()  # This also ends the kernel, and so the page's server.
        process.wait(timeout=30)


@pytest.mark.slow
def test_in_a_notebook_the_page_draws_reads_a_picture_and_shares_a_link(chromium, jupyter):
    address, folder = jupyter
    (folder / "page.ipynb").write_text(notebook(f"import demo; page = demo.launch(port={free_port()})"))
    picture_from(1 - render(DIGIT_DRAWINGS[2])).save(folder / "two.png")
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    tab.goto(f"{address}/notebooks/page.ipynb")
    tab.get_by_text("import demo").wait_for(timeout=60_000)
    wait_until(lambda: is_connected(address), seconds=60, pause=lambda: tab.wait_for_timeout(100))
    tab.get_by_text("import demo").click()
    tab.keyboard.press("Shift+Enter")
    page = tab.frame_locator(".jp-OutputArea-output iframe")
    page.locator("#sketchpad .invitation:not(:empty)").wait_for(timeout=120_000)
    page.locator("#sketchpad canvas").scroll_into_view_if_needed()

    draw(page, DIGIT_DRAWINGS[7], mouse=tab.mouse)
    answer = page.locator("#answer .number")
    expect(answer).to_have_text("7", timeout=60_000)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#share .message")).to_have_text("Link copied")
    link = tab.evaluate("navigator.clipboard.readText()")
    page.locator("#examples input").set_input_files(folder / "two.png")
    expect(answer).to_have_text("2")
    expect(digit(ready(context.new_page(), link))).to_have_text("7")
    context.close()
