"""Attacks on the page in Chromium: hostile figures and inserted scripts."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from model.inference import checkpoint
from tests.helpers.browser import draw, launch, ready
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.paths import ROOT
from tests.helpers.server import Server, free_port, wait_until_ready
from tests.tools.attacks.attack import Outcome, attack

HOSTILE_FIGURE = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="top.attacked += 1">
<script>top.attacked += 1; fetch("/attacked")</script><image href="/attacked.png" onerror="top.attacked += 1"/>
<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><img src="/attacked.png"
onerror="top.attacked += 1"/></body></foreignObject></svg>"""
INSERT = """() => {
  const script = Object.assign(document.createElement("script"), { textContent: "window.attacked += 1" });
  document.body.append(script);
}"""


@attack(11, "serve a checkpoint with hostile figures, and insert scripts into the page")
def run_scripts(server: Server) -> Outcome:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        violations = console_errors(page)
        ready(page, server.address)
        draw(page, DIGIT_DRAWINGS[7])
        for section in ("How your drawing becomes", "Compare all models", "About this network"):
            page.get_by_text(section).click()
        page.wait_for_timeout(2000)
        page.goto(f"{server.address}/docs")
        page.locator(".opblock").first.wait_for()
        with hostile_server() as address:
            page.close()
            page = browser.new_page()
            requests = []
            page.on("request", lambda request: requests.append(request.url))
            page.add_init_script("window.attacked = 0")
            ready(page, address)
            page.get_by_text("About this network").click()
            page.locator("#about figure").first.wait_for()
            page.evaluate(INSERT)
            page.wait_for_timeout(1000)
            scripts = page.evaluate("window.attacked")
            sent = [url for url in requests if "attacked" in url and not url.startswith("data:")]
    return Outcome(
        f"{len(violations)} errors in the console with the usual figures, and on /docs",
        f"{scripts} hostile scripts ran, and sent {len(sent)} requests",
        not violations and scripts == 0 and not sent,
    )


def console_errors(page: Page) -> list[str]:
    """Return a list that collects the errors of the page's console."""
    errors = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    return errors


@contextlib.contextmanager
def hostile_server() -> Iterator[str]:
    """Yield the address of a server whose checkpoint has hostile figures."""
    with tempfile.TemporaryDirectory() as name:
        for file in checkpoint.FOLDER.glob("digits*"):
            shutil.copy(file, name)
        for figure in Path(name).glob("*.svg"):
            figure.write_text(HOSTILE_FIGURE)
        port = str(free_port())
        command = [sys.executable, "-m", "uvicorn", "--factory", "demo:app", "--port", port]
        environment = os.environ | {"DEMO_CHECKPOINT": str(Path(name, "digits.keras"))}
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, cwd=ROOT, env=environment, **silent)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.kill()
            process.wait()
