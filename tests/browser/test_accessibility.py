"""The page for people who see little or use a screen reader: axe, sizes of texts, forced colors, print."""

import os

import pytest
from playwright.sync_api import Page, expect

from tests.helpers.browser import draw, ready
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS, number
from tests.helpers.images import contrast
from tests.helpers.page import RECORD_TRAFFIC, digit, picture_of, settled
from tests.helpers.paths import ROOT
from tests.helpers.pictures import png, render
from tests.helpers.text_boxes import text_problems
from web.texts import LANGUAGES

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN_AXE = """async (options) => {
  const { violations } = await axe.run(options);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}"""
FIND_DUPLICATE_IDS = """() => {
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id).filter(Boolean);
  return ids.filter((id, index) => ids.indexOf(id) !== index);
}"""
ALL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}

DRAWINGS = {
    "sure": DIGIT_DRAWINGS[7],
    "unsure": [[(0.22, 0.4), (0.57, 0.23), (0.28, 0.68)]],
    "number": number("4711"),
    "letter": NON_DIGIT_DRAWINGS["letter"],
}


# Return a property of the pad, of a bar's track, of its fill, and of the pad's canvas.
STYLES = """(name) => ["#sketchpad .pad", "#answer .track", "#answer .fill", "#sketchpad .paper"].map(
  (selector) => getComputedStyle(document.querySelector(selector))[name])"""

PICTURE = png(1 - render(number("74")))
WINDOW = {"width": 1100, "height": 760}
SECTIONS = {
    "inside": ".winner",
    "erasures": ".lead:not(:empty)",
    "steps": "canvas",
    "compare": "tbody tr",
    "about": "figure",
}
"""The folded sections, and an element that each shows when it is open."""
SIZES = ((320, 640), (390, 844), (640, 360), (960, 720), (1350, 940))
"""Sizes of a window in CSS pixels. A window of 1280×720 pixels at 200 % zoom has 640×360."""


def states(page: Page):
    """Bring the page into each of its states, and yield the name of the state."""
    yield "blank"
    for name, strokes in DRAWINGS.items():
        page.keyboard.press("Delete")
        draw(page, strokes)
        page.mouse.move(0, 0)
        settled(page)
        expect(page.locator("#answer .why figcaption")).not_to_have_text("")
        yield name
    for section, content in SECTIONS.items():
        page.locator(f"#{section} summary").click()
        # A section that grows later would move the next one away from the mouse.
        expect(page.locator(f"#{section} {content}").first).to_be_visible(timeout=30_000)
    page.locator("#inside .result").first.click()
    page.locator("#inside .all").first.click()
    page.locator("#inside .step .tile").nth(30).hover()
    expect(page.locator("#inside :is(.ledger, .opened, .detail):visible")).to_have_count(3)
    page.locator("#erasures").scroll_into_view_if_needed()
    expect(page.locator("#networks .own .says")).not_to_be_empty()
    yield "sections open"
    page.locator("#correction .labels button:enabled").first.click()
    expect(page.locator("#correction .note")).to_contain_text("0")
    yield "corrected"
    page.set_input_files("#examples input", {"name": "74.png", "mimeType": "image/png", "buffer": PICTURE})
    expect(digit(page)).to_have_text("74")
    yield "picture"


@pytest.fixture(scope="module")
def findings(chromium, server, corrections_server) -> dict[str, dict[str, list[str]]]:
    """What is wrong in each state of the page, by the kind of finding and the state. The page is loaded once.

    A kind is missing if its tool is missing.
    """
    context = chromium.new_context(viewport=WINDOW, locale="en-US")
    context.add_init_script(RECORD_TRAFFIC)
    page = context.new_page()
    # The networks of the comparison are already loaded in the other server.
    page.route("**/api/compare", lambda route: route.continue_(url=f"{server.address}/api/compare"))
    ready(page, corrections_server[0].address)
    found = {"ids": {}, "texts": {}} | ({"axe": {}} if AXE.exists() else {})
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8"))
    for state in states(page):
        found["ids"][state] = page.evaluate(FIND_DUPLICATE_IDS)
        if AXE.exists():
            found["axe"] |= axe_findings(page, state)
        found["texts"] |= texts_findings(page, state)
    context.close()
    return found


def axe_findings(page: Page, state: str) -> dict[str, list[str]]:
    """Run all rules in the light theme, and the rule about contrast in the dark theme."""
    found = {}
    for theme, rules in (("dark", CONTRAST), ("light", ALL_RULES)):
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("(dark) => Boolean(document.querySelector('.dark')) === dark", arg=theme == "dark")
        page.wait_for_function("document.getAnimations().length === 0")
        found[f"{state}, {theme}"] = page.evaluate(RUN_AXE, rules)
    return found


def texts_findings(page: Page, state: str) -> dict[str, list[str]]:
    """Measure the boxes of the texts in each language and in each size of the window."""
    found = {}
    for language in reversed(LANGUAGES):  # English is the last, and stays for the next state.
        page.get_by_role("button", name=language["name"], exact=True).click()
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate(
                "scrollTo(0, 0)"
            )  # Below, the pad of a phone covers texts while “Inside the network” is open.
            found[f"{state}, {language['tag']}, {width}×{height}"] = text_problems(page)
        page.set_viewport_size(WINDOW)
    return found


def only_findings(found: dict[str, list[str]]) -> dict[str, list[str]]:
    return {state: entries for state, entries in found.items() if entries}


@pytest.mark.slow
def test_axe_finds_nothing_in_any_state(findings):
    if "axe" not in findings:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("axe-core is not installed. Run: npm ci")
    assert only_findings(findings["axe"]) == {}


@pytest.mark.slow
def test_no_id_appears_twice_in_any_state(findings):
    assert only_findings(findings["ids"]) == {}


@pytest.mark.slow
def test_no_text_is_cut_or_overlaps_another_in_both_languages_and_at_200_percent_zoom(findings):
    assert only_findings(findings["texts"]) == {}


def test_forced_colors_and_print_keep_the_bars_and_the_edge_of_the_pad(open_page):
    page = open_page()
    draw(page, DIGIT_DRAWINGS[7])
    settled(page)
    expect(digit(page)).to_have_text("7")
    page.emulate_media(forced_colors="active", color_scheme="dark")
    full, empty = (picture_of(page.locator("#answer .track").nth(value)) for value in (7, 3))
    middle = full.shape[0] // 2, full.shape[1] // 2
    assert contrast(full[middle], empty[middle]) > 3
    assert page.evaluate(STYLES, "outlineStyle") == ["solid", "solid", "none", "none"]
    page.emulate_media(media="print", forced_colors="none", color_scheme="dark")
    assert page.evaluate(STYLES, "outlineStyle") == ["solid", "solid", "none", "none"]
    assert page.evaluate(STYLES, "printColorAdjust") == ["exact"] * 4
    assert page.evaluate(STYLES, "filter") == ["none"] * 4  # Ink is inverted on the screen, in the dark theme.
    assert page.evaluate(STYLES, "backgroundColor")[0] == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="null")
