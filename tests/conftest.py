"""What several tests share, made once for the whole run: real digits, a server, a browser."""

import os

import browser
import pytest
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="session")
def few():
    """600 real digits, normalized."""
    from model.data import mnist
    from model.inference import backend

    backend.load_tensorflow()
    from model.data import dataset

    part = mnist.load().train
    return dataset.normalize_mnist(mnist.Examples(part.images[:600], part.labels[:600]))


@pytest.fixture(scope="session")
def sources(few):
    """sources(recipe): what a small training of it learns from."""
    from model.data import dataset

    written = dataset.generate(digits=150, others=75, seed=3)
    return lambda recipe: (few, written) if recipe.synthetic_per_batch else (few,)


@pytest.fixture(scope="session")
def server():
    """`python demo.py`, running."""
    with browser.serving() as running:
        yield running


@pytest.fixture(scope="session")
def chromium():
    """A running Chromium. Where there is none, the test is skipped; in CI, it fails."""
    if browser.chromium_path() is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("There is no Chromium. On Debian: apt-get install chromium")
    with sync_playwright() as playwright:
        yield browser.launch(playwright)


@pytest.fixture
def open_page(server, chromium):
    """open_page(path, **options): the page in a window of its own, ready to draw on; `traffic` is what it asked.

    Options as Playwright's new_context; address: of another server.
    """
    contexts = []

    def open_page(path: str = "", address: str | None = None, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        context.add_init_script(COUNT_REQUESTS)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return browser.ready(page, (address or server.address) + path)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page):
    """The page in a window of a desktop."""
    return open_page()


# Counts, inside the page, what goes to /predict; `traffic.delay` (milliseconds) holds answers back.
COUNT_REQUESTS = """
window.traffic = { underWay: 0, most: 0, sent: [], answers: [], delay: 0, changed: 0 };
const fetchNow = window.fetch.bind(window);
window.fetch = async (address, options) => {
  if (!String(address).includes("run/predict")) return fetchNow(address, options);
  traffic.sent.push(JSON.parse(options.body).data[0]);
  traffic.most = Math.max(traffic.most, ++traffic.underWay);
  try {
    const response = await fetchNow(address, options);
    await new Promise((done) => setTimeout(done, traffic.delay));
    traffic.answers.push(await response.clone().json());
    return response;
  } finally {
    traffic.underWay--;
    traffic.changed = performance.now();
  }
};
"""
