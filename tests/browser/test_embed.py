"""The embedded view of the served page. tests/browser/test_static_site.py checks that of the static site."""

import httpx
import pytest
from playwright.sync_api import expect

from tests.helpers.embedded import SMALLEST, check_embedded
from tests.helpers.waiting import wait_until

FRAME = '<!doctype html><title>Lesson</title><iframe width="320" height="420" src="{}"></iframe>'


def test_the_embedded_view_shows_only_pad_verdict_and_bars_and_opens_the_full_page(open_page):
    page = open_page("?embed", viewport=SMALLEST)
    page.evaluate("localStorage.clear()")
    check_embedded(page)


@pytest.mark.parametrize("path, is_shown", [("?embed", True), ("", False)])
def test_a_page_of_another_site_can_show_only_the_embedded_view(chromium, server, path, is_shown):
    policy = httpx.get(f"{server.address}/{path}").headers["Content-Security-Policy"]
    assert ("frame-ancestors *;" in policy) == is_shown
    page = chromium.new_page()
    try:
        page.route("https://school.example/", lambda route: route.fulfill(
            body=FRAME.format(f"{server.address}/{path}"), content_type="text/html"))  # fmt: skip
        page.goto("https://school.example/")
        frame = page.frame_locator("iframe")
        if is_shown:
            expect(frame.locator("#sketchpad .invitation")).to_have_text("Draw a digit here")
        else:
            wait_until(
                lambda: page.frames[1].url.startswith("chrome-error:"),
                seconds=10,
                pause=lambda: page.wait_for_timeout(50),
            )
    finally:
        page.close()
