"""The embedded view of the served page. tests/browser/test_static_site.py checks that of the static site."""

import pytest
from playwright.sync_api import expect

from tests.helpers.documents import block
from tests.helpers.embedded import SMALLEST, check_embedded
from tests.helpers.waiting import wait_until
from web.export.check import serving

OTHER_SITE = "127.0.0.2"
"""An address of this machine whose pages may not show the whole page in a frame."""


def test_the_embedded_view_shows_only_pad_verdict_and_bars_and_opens_the_full_page(open_page):
    check_embedded(open_page("?embed", viewport=SMALLEST))


@pytest.mark.parametrize("path, is_shown", [("?embed", True), ("", False)])
def test_a_page_of_another_site_can_show_only_the_embedded_view(chromium, server, tmp_path, path, is_shown):
    example = block("docs/deployment.md", "<iframe")
    lesson = example.replace("https://example.org/digits/?embed", f"{server.address}/{path}")
    (tmp_path / "index.html").write_text(lesson)
    page = chromium.new_page()
    try:
        with serving(tmp_path, OTHER_SITE) as address:
            page.goto(address)
            if is_shown:
                expect(page.frame_locator("iframe").locator("#sketchpad .invitation")).to_have_text("Draw a digit here")
            else:
                wait_until(lambda: "chrome-error:" in page.frames[1].url, 10, lambda: page.wait_for_timeout(50))
    finally:
        page.close()
