"""Check the embedded view of the page, which `?embed` shows."""

from playwright.sync_api import Page, expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS

SMALLEST = {"width": 320, "height": 420}
# The visible elements that are outside of the window, or whose text is cut.
CUT = """() => [...document.querySelectorAll("#sketchpad *, #answer *, .full-page *")].filter((element) => {
  const { left, top, right, bottom, width, height } = element.getBoundingClientRect();
  const isShown = width > 1 && height > 1 && element.checkVisibility({ visibilityProperty: true });
  return isShown && (left < 0 || top < 0 || right > innerWidth || bottom > innerHeight);
}).map((element) => element.outerHTML.slice(0, 80))"""
BOXES = """() => ["#sketchpad .pad", "#answer .bars", ".full-page"].map((name) => {
  const { x, y, width, height } = document.querySelector(name).getBoundingClientRect();
  return [x, y, width, height];
})"""


def check_embedded(page: Page) -> None:
    """Check that the page, with a blank pad, shows only pad, verdict and bars, and that nothing moves or is cut."""
    expect(page.locator(".full-page a")).to_have_text("Open the full page")
    for part in ("#heading", "#timeline", "#below", "#network", "#more"):
        expect(page.locator(part)).to_be_hidden()
    before = page.evaluate(BOXES)
    draw(page, DIGIT_DRAWINGS[7])
    expect(page.locator("#answer .number")).to_have_text("7")
    expect(page.locator("#answer .bar.winner")).to_be_visible()
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        SMALLEST["width"],
        SMALLEST["height"],
    ]
    assert page.evaluate(CUT) == [] and page.evaluate(BOXES) == before
    with page.context.expect_page() as opened:
        page.locator(".full-page a").click()
    assert "embed" not in opened.value.url and "#drawing=" in opened.value.url
    opened.value.close()
    page.locator("#sketchpad .undo").click()
    expect(page.locator("#sketchpad .invitation")).to_be_visible()
    page.locator("#sketchpad .redo").click()
    expect(page.locator("#answer .number")).to_have_text("7")
    stored = page.evaluate("Object.keys(localStorage)")
    page.locator("#sketchpad .clear").click()
    expect(page.locator("#answer .number")).to_be_empty()
    assert set(stored) <= {"inside"}  # The tests fold this section.
