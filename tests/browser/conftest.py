"""Fixtures for the tests of the page: one Chromium, and one tab for each kind of window.

One test at a time uses a tab.
"""

import contextlib
import os

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.helpers.browser import chromium_path, launch, ready
from tests.helpers.page import DESKTOP, RECORD_TRAFFIC


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium. If Chromium is not installed, the test is skipped; in CI the test fails."""
    if chromium_path() is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("Chromium is not installed. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        yield launch(playwright)


@pytest.fixture(scope="session")
def tab_of(chromium):
    """tab_of(**window): the tab for this kind of window.

    Loading the page again in the same tab is three times as fast as opening a new window.
    """
    tabs = {}

    def tab_of(**window) -> Page:
        key = str(sorted(window.items()))
        if key not in tabs:
            context = chromium.new_context(**window)
            context.add_init_script(RECORD_TRAFFIC)
            tabs[key] = context.new_page()
            tabs[key].set_default_timeout(10_000)
        return tabs[key]

    return tab_of


@contextlib.contextmanager
def used(tab: Page):
    """Yield the tab. After the test, remove what the test has left in the tab."""
    yield tab
    tab.mouse.up()
    tab.unroute_all(behavior="ignoreErrors")
    tab.evaluate("localStorage.clear(), sessionStorage.clear()")
    tab.goto("about:blank")


@pytest.fixture
def open_page(server, tab_of):
    """open_page(path, **options): the page, ready for drawing. The page records its requests in `traffic`.

    address: the address of the server; without it, the address of `server`.
    viewport, color_scheme, reduced_motion: settings of the tab.
    window: options of Playwright's `new_context`. A test opens at most one page in each kind of window.
    """
    with contextlib.ExitStack() as stack:

        def open_page(
            path="", address=None, viewport=DESKTOP, color_scheme="null", reduced_motion="null", **window
        ) -> Page:
            tab = stack.enter_context(used(tab_of(**window)))
            tab.set_viewport_size(viewport)
            tab.emulate_media(color_scheme=color_scheme, reduced_motion=reduced_motion)
            return ready(tab, (address or server.address) + path)

        yield open_page


@pytest.fixture
def page(open_page):
    """The page in a desktop window."""
    return open_page()
