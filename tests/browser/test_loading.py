"""The page in Chromium while it loads: the first view, and the places of the elements."""

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import DESKTOP, PHONE
from web.texts import TEXTS

# The shadow tree of the first view is closed, so that the first view is not mistaken for the page. This script opens
# it. The script also records how far the elements move, and counts the requested animation frames.
OBSERVE = """
const attach = Element.prototype.attachShadow;
Element.prototype.attachShadow = function (options) { return attach.call(this, { ...options, mode: "open" }); };
const requestFrame = requestAnimationFrame;
window.frameRequests = 0;
window.requestAnimationFrame = (callback) => { frameRequests++; return requestFrame(callback); };
window.shifts = [];
new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => ({
  value: entry.value,
  moved: entry.sources.map(({ node }) => `${node?.nodeName} ${node?.className ?? node?.textContent}`),
})))).observe({ type: "layout-shift", buffered: true });
"""
NO_FRAME_REQUESTED = """() => {
  const before = window.frameRequestsBefore;
  window.frameRequestsBefore = frameRequests;
  return before === frameRequests;
}"""
# Return the box and the color of each visible part of the first view, or of the page. The first view has no bars of the
# section “Inside the network”; the page has them, but does not show them until the first answer.
PARTS = """() => {
  const root = document.querySelector("#first-view")?.shadowRoot ?? document;
  const parts = `h1, .pad, .tools button, .verdict, .bar, .track, .timing, .frame, .picture, #share button,
    #correction p, #correction .labels button, summary, a`;
  const found = [...root.querySelectorAll(parts)].filter((part) => !part.closest(".results"));
  return found.map((part) => {
    const { x, y, width, height } = part.getBoundingClientRect();
    const { color, backgroundColor, font } = getComputedStyle(part);
    return [part.className, ...[x, y, width, height].map(Math.round), color, backgroundColor, font];
  });
}"""


class HeldRequests:
    """Holds requests of the page back until `release` is called."""

    def __init__(self):
        self._held = []

    def receive(self, route) -> None:
        if self._held is None:
            route.continue_()
        else:
            self._held.append(route)

    def release(self) -> None:
        held, self._held = self._held, None
        for route in held:
            route.continue_()


@pytest.mark.slow
@pytest.mark.parametrize("window, theme, locale", [({"viewport": DESKTOP}, "light", "en"), (PHONE, "dark", "zh-CN")])
def test_the_first_view_is_at_the_places_of_the_page_and_nothing_moves_and_then_the_page_rests(
    chromium, corrections_server, window, theme, locale
):
    server, _ = corrections_server
    context = chromium.new_context(**window, color_scheme=theme, locale=locale)
    page, gate = context.new_page(), HeldRequests()
    page.add_init_script(OBSERVE)
    page.route("**/assets/Blocks-*.js", gate.receive)  # Gradio inserts no component before it has this module.
    page.goto(server.address, wait_until="commit")
    expect(page.locator("#sketchpad .invitation")).to_have_text(TEXTS[locale]["loading"])
    first = page.evaluate(PARTS)
    assert len(first) > 30
    gate.release()
    expect(page.locator("#first-view")).to_have_count(0)
    expect(page.locator("#sketchpad .invitation")).to_have_text(TEXTS[locale]["invitation"])
    page.wait_for_load_state("networkidle")
    assert page.evaluate(PARTS) == first
    assert page.evaluate("shifts.splice(0)") == []
    page.wait_for_function(NO_FRAME_REQUESTED, polling=200)
    draw(page, DIGIT_DRAWINGS[7])
    expect(page.locator("#answer .number")).to_have_text("7")
    expect(page.locator("#answer .why figcaption")).not_to_have_text("")
    # An aligned text, such as a percentage, starts at another place when it gets longer.
    assert sum(shift["value"] for shift in page.evaluate("shifts")) < 0.0005
    context.close()
