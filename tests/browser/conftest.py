"""Fixtures for the tests of the page. All tests share one Chromium, which has one tab for each kind of window.

A kind of window is a set of options, such as the size or the language.
"""

import contextlib
import os

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.helpers.browser import chromium_path, launch, ready
from tests.helpers.page import DESKTOP, RECORD_TRAFFIC, tidy

TIMEOUT = 30_000
"""Milliseconds. Two processes of tests, two browsers and several servers may share two slow cores."""
expect.set_options(timeout=TIMEOUT / 2)


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium. If Chromium is not installed, the test is skipped. In CI, the test fails."""
    if chromium_path() is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("Chromium is not installed. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        yield launch(playwright)


@pytest.fixture(scope="session")
def tab_of(chromium):
    """tab_of(**window): the tab for this kind of window. window: options of Playwright's `new_context`.

    Tests with the same kind of window share a tab, because loading the page again in an open tab is three times as fast
    as opening a new window.
    """
    tabs = {}

    def tab_of(**window) -> Page:
        key = str(sorted(window.items()))
        if key not in tabs:
            context = chromium.new_context(**window)
            context.add_init_script(RECORD_TRAFFIC)
            tabs[key] = context.new_page()
            tabs[key].set_default_timeout(TIMEOUT)
        return tabs[key]

    return tab_of


@contextlib.contextmanager
def used(tab: Page):
    """Yield the tab to one test. After the test, remove the test's routes and stored values, and leave the page."""
    yield tab
    tab.mouse.up()
    tab.unroute_all(behavior="ignoreErrors")
    tab.evaluate("localStorage.clear(), sessionStorage.clear()")
    tab.goto("about:blank")


@pytest.fixture
def open_page(server, tab_of):
    """open_page(path, **options): the page, ready for drawing. The page records its requests in `traffic`.

    path: the part of the URL after the server's address.
    address: the address of the server; None means the address of the fixture `server`.
    viewport, color_scheme, reduced_motion: settings of the tab.
    window: options of Playwright's `new_context`. There is one tab for each set of these options. A test must not open
    two pages with the same set of options, because the second page would replace the first page in their tab.
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


@pytest.fixture(scope="session")
def lasting_tab(chromium):
    """A tab in which the page stays loaded for many tests. Loading the page takes longer than most tests."""
    context = chromium.new_context(viewport=DESKTOP)
    context.add_init_script(RECORD_TRAFFIC)
    tab = context.new_page()
    tab.set_default_timeout(TIMEOUT)
    return tab


@pytest.fixture
def page(server, lasting_tab, request):
    """The page in a desktop window, with an empty pad. The page stays loaded for the next test.

    A test that needs a newly loaded page, or that changes the page's objects or language, uses `open_page`. After a
    test that fails, the page is loaded again.
    """
    if lasting_tab.url != f"{server.address}/":
        ready(lasting_tab, server.address)
    failed = request.session.testsfailed
    yield lasting_tab
    lasting_tab.mouse.up()
    lasting_tab.unroute_all(behavior="ignoreErrors")
    if request.session.testsfailed > failed:
        lasting_tab.evaluate("localStorage.clear(), sessionStorage.clear()")
        lasting_tab.goto("about:blank")
    else:
        tidy(lasting_tab)
