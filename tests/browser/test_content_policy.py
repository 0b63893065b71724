"""The Content-Security-Policy in Chromium: the page works without a violation, and inserted scripts do not run."""

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import attribution, draw_seven, eventually, settled

INSERTED = """() => {
  const script = Object.assign(document.createElement("script"), { textContent: "window.attacked = 1" });
  const image = Object.assign(document.createElement("div"), {
    innerHTML: '<img src="data:," onerror="window.attacked = 1">',
  });
  document.body.append(script, image);
}"""


@pytest.fixture
def console(page):
    """The errors and warnings of the browser's console."""
    messages = []
    page.on("console", lambda message: messages.append(message.text) if message.type in ("error", "warning") else None)
    return messages


def test_the_page_works_without_a_violation(page, console, server, tmp_path):
    page.reload()
    draw_seven(page)
    eventually(page, lambda: attribution(page).max() > 250)
    for section in ("How your drawing becomes", "Compare all models", "About this network"):
        page.get_by_text(section).click()
    expect(page.locator("#about figure img").first).to_be_visible()
    expect(page.locator("#compare tbody tr").first).to_be_visible()
    with page.expect_download() as download:
        page.locator("#share .png").click()
    download.value.save_as(tmp_path / "seven.png")
    page.locator("#share .link").click()
    page.locator("#examples input[type=file]").set_input_files(tmp_path / "seven.png")
    settled(page)
    expect(page.locator("#sketchpad img, #sketchpad .picture").first).to_be_attached()
    page.keyboard.press("Delete")
    draw(page, DIGIT_DRAWINGS[7])
    settled(page)
    assert console == []


def test_an_inserted_script_does_not_run(page, console):
    page.evaluate(INSERTED)
    eventually(page, lambda: len(console) >= 2)
    assert page.evaluate("window.attacked") is None
