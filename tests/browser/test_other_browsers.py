"""The page in Firefox and in WebKit: draw a digit, and read the answer."""

import pytest

from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.other_browsers import firefox, lacks, webkit

BOX = """(({ x, y, width, height }) => [x, y, width, height])(
  document.querySelector("#sketchpad canvas").getBoundingClientRect())"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["Firefox", "WebKit"])
def test_another_browser_reads_a_drawing(server, tmp_path, name):
    if reason := lacks(name):
        pytest.skip(reason)
    with firefox(tmp_path) if name == "Firefox" else webkit() as browser:
        browser.open(server.address)
        browser.wait_for("Boolean(document.querySelector('#sketchpad .invitation')?.textContent)")
        browser.wait_for("!document.querySelector('#first-view')")
        left, top, width, height = browser.evaluate(BOX)
        for stroke in DIGIT_DRAWINGS[7]:
            browser.draw([(left + x * width, top + y * height) for x, y in stroke])
        assert browser.wait_for("document.querySelector('#answer .number').textContent") == "7"
        browser.wait_for("document.querySelector('#answer .winner .figure').textContent.includes('99')")
        assert browser.evaluate("document.querySelector('#answer .winner .name').textContent") == "7"
