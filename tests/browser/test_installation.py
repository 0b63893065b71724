"""The page can be installed on the home screen."""

import json

from playwright.sync_api import expect

from web.texts import TEXTS

# The tests' windows are private windows, in which Chromium installs nothing.
PRIVATE_WINDOW = "in-incognito"
# Return the colors for toolbars that apply now, and the color of the page.
COLORS = """() => [
  [...document.querySelectorAll("meta[name=theme-color]")]
    .filter(({ media }) => matchMedia(media).matches).map(({ content }) => content),
  getComputedStyle(document.body).backgroundColor,
]"""


def assert_toolbars_have_the_color_of_the_page(page):
    [toolbar], color = page.evaluate(COLORS)
    assert color == "rgb({}, {}, {})".format(*bytes.fromhex(toolbar.removeprefix("#")))


def test_chromium_can_install_the_page_in_the_chosen_language(open_page, server):
    page = open_page()
    browser = page.context.new_cdp_session(page)
    found = browser.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {error["errorId"] for error in found} <= {PRIVATE_WINDOW}
    for name, tag in (("简体中文", "zh-CN"), ("English", "en")):
        page.get_by_role("button", name=name).click()
        expect(page.locator("link[rel=manifest]")).to_have_attribute("href", f"manifest.json?language={tag}")
        read = browser.send("Page.getAppManifest")
        assert read["errors"] == []
        assert json.loads(read["data"])["name"] == TEXTS[tag]["title"]
        assert (read["manifest"]["startUrl"], read["manifest"]["display"]) == (f"{server.address}/", "kStandalone")
    assert_toolbars_have_the_color_of_the_page(page)


def test_toolbars_are_dark_in_the_dark_theme(open_page):
    assert_toolbars_have_the_color_of_the_page(open_page(color_scheme="dark"))
