"""Fixtures for the tests of the page: one Chromium for all tests, a window for each."""

import os

import pytest
from playwright.sync_api import sync_playwright

from tests.helpers.browser import chromium_path, launch, ready


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium. If it is not installed, the test is skipped; in CI it fails."""
    if chromium_path() is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("Chromium is not installed. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        yield launch(playwright)


@pytest.fixture
def open_page(server, chromium):
    """open_page(path, **options): the page in a new window, ready to draw on. It records its requests in `traffic`.

    address: of another server. options: as for Playwright's `new_context`.
    """
    contexts = []

    def open_page(path: str = "", address: str | None = None, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        context.add_init_script(COUNT_REQUESTS)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return ready(page, (address or server.address) + path)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    """The page in a desktop window."""
    return open_page()


# Records, inside the page, the requests to /predict. `traffic.delay` delays the answers, in milliseconds.
COUNT_REQUESTS = """
window.traffic = { pending: 0, maxPending: 0, sent: [], answers: [], delay: 0, changed: 0 };
const fetchNow = window.fetch.bind(window);
window.fetch = async (address, options) => {
  if (!String(address).includes("run/predict")) return fetchNow(address, options);
  traffic.sent.push(JSON.parse(options.body).data[0]);
  traffic.maxPending = Math.max(traffic.maxPending, ++traffic.pending);
  try {
    const response = await fetchNow(address, options);
    await new Promise((done) => setTimeout(done, traffic.delay));
    traffic.answers.push(await response.clone().json());
    return response;
  } finally {
    traffic.pending--;
    traffic.changed = performance.now();
  }
};
"""
