"""The engine of the served page in Chromium: it answers after the server, or the server stays in charge."""

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw, ready
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import DESKTOP, RECORD_TRAFFIC, eventually


@pytest.fixture
def visit(chromium, server):
    """visit(query): the page in a new window that does not ask for reduced data, with its requests and messages."""
    contexts = []

    def visit(query=""):
        context = chromium.new_context(viewport=DESKTOP)
        contexts.append(context)
        context.add_init_script(RECORD_TRAFFIC.replace("saveData: true", "saveData: false"))
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.requests, page.messages = [], []
        page.on("request", lambda request: page.requests.append(request.url.removeprefix(f"{server.address}/")))
        page.on("console", lambda message: page.messages.append(message.text))
        return ready(page, f"{server.address}/{query}")

    yield visit
    for context in contexts:
        context.close()


def read(page, digit: int) -> None:
    """Draw a digit, and wait until the page shows it."""
    page.keyboard.press("Delete")
    draw(page, DIGIT_DRAWINGS[digit])
    expect(page.locator("#answer .number")).to_have_text(str(digit))


def is_local(page) -> bool:
    """Return whether the browser has given the answer that the page shows."""
    return "round trip" not in page.locator("#answer .timing").inner_text()


def engine_files(page) -> list[str]:
    return [url for url in page.requests if "/engine/" in url or "/network/" in url]


def asked(page, endpoint: str) -> int:
    return page.evaluate("traffic.endpoints").count(endpoint)


@pytest.mark.slow
def test_the_browser_answers_like_the_server_after_it_has_checked_some_answers(visit):
    page = visit()
    assert engine_files(page) == []
    read(page, 7)
    assert not is_local(page)
    page.wait_for_function("performance.getEntriesByType('resource').some((it) => it.name.endsWith('network.bin'))")
    eventually(page, lambda: read(page, 3) or is_local(page))
    sent = asked(page, "predict")
    for digit in (4, 8):
        read(page, digit)
        assert is_local(page)
    expect(page.locator("#answer .why")).to_be_visible()
    page.locator("#steps summary").click()
    expect(page.locator("#steps canvas")).to_have_count(4)
    assert asked(page, "predict") == sent and asked(page, "steps") == 0
    # A correction needs the features: until they are loaded and checked, the server answers.
    page.locator("#correction .labels button").nth(3).click()
    expect(page.locator("#answer .number")).to_have_text("3")
    assert asked(page, "predict") > sent and asked(page, "learn") == 1
    page.wait_for_function("performance.getEntriesByType('resource').some((it) => it.name.endsWith('features.bin'))")
    eventually(page, lambda: read(page, 0) or is_local(page))
    assert page.messages == []


def test_the_server_stays_in_charge_if_it_is_chosen_or_if_data_is_to_be_saved(visit, open_page):
    for page in (visit("?engine=server"), open_page()):
        read(page, 7)
        page.wait_for_function("performance.now() - traffic.changed > 1_000")  # Longer than the pen rests.
        assert not is_local(page)
        loaded = page.evaluate("performance.getEntriesByType('resource').map((it) => it.name)")
        assert not any("/engine/" in name or "/network/" in name for name in loaded)
