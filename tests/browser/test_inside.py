"""The section "Inside the network": the maps of all layers, which follow the drawing."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from model.inference import checkpoint
from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import (
    DESKTOP,
    PHONE,
    alpha,
    attribution,
    digit,
    draw_seven,
    eventually,
    module,
    rested,
    settled,
    traffic,
)
from web.texts import ENGLISH

LAYERS = 6
ZERO = [24, 24, 40]
"""The color of a cell that the ink does not change."""
ORANGE = [234, 88, 12]
"""The color of a mark: where a bar was with all maps."""

WATCH = """
window.pictures = 0;
window.changes = [];
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (...given) {
  if (given[0].picture) pictures++;
  return post.apply(this, given);
};
const kinds = { subtree: true, childList: true, characterData: true, attributes: true };
const named = ({ type, attributeName, target }) => `${type} ${attributeName} of ${target.outerHTML ?? target.data}`;
new MutationObserver((all) => {
  if (pictures < 5) changes.push(...all.map(named));
}).observe(document.querySelector("#inside"), kinds);
"""
"""The script counts the pictures that the section sends to its worker, and the changes of its document meanwhile."""

HEIGHTS = """(strip) => {
  const blank = strip.cloneNode(false);
  delete blank.dataset.layout;
  strip.after(blank);
  const heights = [strip, blank].map((it) => it.getBoundingClientRect().height);
  blank.remove();
  return heights;
}"""
"""Return the height of the strip, and the height that it has before its first picture."""


@pytest.fixture
def inside(page):
    """The page with the open section."""
    page.locator("#inside summary").click()
    expect(page.locator("#inside .step")).to_have_count(LAYERS)
    return page


def lead(page):
    return page.locator("#inside .lead")


def read(page, canvases: str) -> list[np.ndarray]:
    """Return the pixels of canvases that a worker paints, each uint8 (N, 4)."""
    pixels = page.locator(canvases).evaluate_all(
        """(all) => all.map((it) => {
          const copy = Object.assign(document.createElement("canvas"), { width: it.width, height: it.height });
          copy.getContext("2d").drawImage(it, 0, 0);
          return [...copy.getContext("2d").getImageData(0, 0, it.width, it.height).data];
        })"""
    )
    return [np.reshape(each, (-1, 4)) for each in pixels]


def changed(page) -> list[float]:
    """Return the share of cells of each layer that the ink changes, as the page shows it; 0 before it is painted."""
    layers = read(page, "#inside .step canvas")
    return [float(((each[:, :3] != ZERO).any(axis=1) & (each[:, 3] > 0)).mean()) for each in layers]


def outcome(page, digit: int):
    """Return the button on the bar of a digit if its label says that this digit is the answer."""
    return page.locator(f"#inside .winner[aria-label^='{digit}:']")


def colors(canvas) -> int:
    """Return the number of colors of the ink on a canvas."""
    pixels = canvas.evaluate("(it) => [...it.getContext('2d').getImageData(0, 0, it.width, it.height).data]")
    return len({tuple(pixel[:3] // 8) for pixel in np.reshape(pixels, (-1, 4)) if pixel[3] > 40})


def new_visitor(server) -> dict:
    """Return the options of a window in which the section is as a new visitor sees it. Tests fold it otherwise."""
    stored = [{"name": "inside", "value": ""}]
    return {"storage_state": {"cookies": [], "origins": [{"origin": server.address, "localStorage": stored}]}}


def test_the_maps_of_every_layer_follow_the_drawing(inside):
    draw_seven(inside)
    expect(lead(inside)).to_have_text(ENGLISH["insideLead"])
    eventually(inside, lambda: min(changed(inside)) > 0.02)
    seen = inside.locator("#answer .seen canvas")
    eventually(inside, lambda: np.array_equal(alpha(inside.locator("#inside .input canvas")), alpha(seen)))
    expect(outcome(inside, 7)).to_be_visible()
    for index, step in enumerate(inside.locator("#inside .step canvas[role=img]").all()):
        expect(step).to_have_attribute("aria-label", re.compile(f"Step {index + 1}: .* change clearly"))
    width, height = inside.locator("#inside .tile").first.evaluate("(it) => [it.offsetWidth, it.offsetHeight]")
    assert min(width, height) >= 56
    inside.keyboard.press("Delete")
    expect(lead(inside)).to_have_text(ENGLISH["insideBlank"])
    eventually(inside, lambda: max(changed(inside)) == 0)
    expect(inside.locator("#inside .winner")).to_have_count(0)


@pytest.mark.slow
def test_the_section_is_open_on_a_wide_screen_and_opens_with_an_example_that_leaves_the_pad_empty(open_page, server):
    page = open_page(viewport={"width": 1280, "height": 1000}, **new_visitor(server))
    expect(lead(page)).to_have_text(ENGLISH["insideExample"])
    # The first picture gives the canvases their sizes. From then on, while the example draws itself, the section
    # changes only the pixels. A changed document would cost the pen time.
    page.wait_for_function("[...document.querySelectorAll('#inside .strip canvas')].every((it) => it.width > 1)")
    eventually(page, lambda: changed(page)[0] > 0)
    page.evaluate(WATCH)
    page.wait_for_function("pictures > 4")
    assert page.evaluate("changes") == []
    assert not alpha(page.locator("#sketchpad canvas")).any()
    expect(digit(page)).to_have_text("")
    expect(outcome(page, 8)).to_be_visible()
    assert "predict" not in traffic(page)["endpoints"]
    shown, reserved = page.locator("#inside .strip").evaluate(HEIGHTS)
    assert shown == pytest.approx(reserved, abs=0.5)  # What is below the section has not moved.


def test_in_a_browser_without_such_workers_the_page_requests_and_paints_the_maps_itself(open_page):
    page = open_page()
    page.evaluate("delete HTMLCanvasElement.prototype.transferControlToOffscreen")
    page.locator("#inside summary").click()
    draw_seven(page)
    expect(outcome(page, 7)).to_be_visible()
    eventually(page, lambda: min(changed(page)) > 0.02)


def test_with_reduced_motion_the_example_is_there_at_once(open_page):
    page = open_page(reduced_motion="reduce")
    page.locator("#inside summary").click()
    expect(outcome(page, 8)).to_be_visible()
    assert traffic(page)["endpoints"].count("activations") <= 2


def test_on_a_phone_the_section_is_folded_and_the_pad_stays_above_each_step(open_page, server):
    page = open_page(**PHONE | new_visitor(server) | {"viewport": {"width": 320, "height": 568}})
    expect(page.locator("#inside summary")).to_be_visible()
    assert not page.locator("#inside details").evaluate("(it) => it.open")
    page.locator("#inside summary").tap()
    expect(page.locator("#inside .step")).to_have_count(LAYERS)
    page.locator("#inside .step").nth(2).evaluate("(it) => it.scrollIntoView()")
    step, tools = (page.locator(name).bounding_box() for name in ("#inside .step >> nth=2", "#sketchpad .tools"))
    assert 0 < tools["y"] < 568 and 0 <= step["y"] - tools["y"] - tools["height"] < 40
    draw(page, DIGIT_DRAWINGS[7])
    settled(page)
    expect(outcome(page, 7)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.reload()
    page.locator("#inside summary").scroll_into_view_if_needed()
    expect(page.locator("#inside .step")).to_have_count(LAYERS)  # The browser keeps the visitor's choice.


def test_all_maps_of_a_layer_open_below_the_strip_and_escape_closes_them(inside):
    draw_seven(inside)
    button = inside.locator("#inside .all").nth(4)
    button.click()
    expect(inside.locator("#inside .opened h2")).to_have_text("Step 5: all 128 maps")
    canvas = inside.locator("#inside .opened canvas")
    assert canvas.evaluate("(it) => it.width * it.height") == 128 * 7 * 7
    expect(button).to_have_attribute("aria-expanded", "true")
    inside.locator("#inside .opened .close").press("Escape")
    expect(inside.locator("#inside .opened")).to_be_hidden()
    expect(button).to_be_focused()


def test_the_strip_shows_the_moment_that_the_visitor_chooses(inside):
    draw_seven(inside)
    expect(outcome(inside, 7)).to_be_visible()
    moments = inside.evaluate(
        f"""async () => {{
          const {{ newestView, showMoment }} = await {module("page/moments.js")};
          Object.assign(window, {{ chosen: newestView().answer, showMoment }});
        }}"""
    )
    assert moments is None
    inside.keyboard.press("Delete")
    draw(inside, DIGIT_DRAWINGS[1])
    expect(outcome(inside, 1)).to_be_visible()
    inside.evaluate("showMoment(chosen)")
    expect(outcome(inside, 7)).to_be_visible()
    inside.evaluate("showMoment(null)")
    expect(outcome(inside, 1)).to_be_visible()


def test_an_overloaded_server_stops_the_maps_for_a_while_but_not_the_bars(inside):
    times = []

    def refuse(route):
        times.append(inside.evaluate("performance.now()"))
        route.fulfill(status=503, headers={"Retry-After": "1"}, body=json.dumps({"detail": "Too many requests."}))

    inside.route("**/api/activations", refuse)
    draw_seven(inside)
    expect(digit(inside)).to_have_text("7")
    eventually(inside, lambda: len(times) >= 2)
    assert times[1] - times[0] > 900
    inside.unroute_all()
    expect(outcome(inside, 7)).to_be_visible()


def test_nothing_is_requested_while_the_section_is_off_screen(inside):
    draw_seven(inside)
    expect(outcome(inside, 7)).to_be_visible()
    inside.set_viewport_size({"width": 1280, "height": 570})
    inside.keyboard.press("Delete")
    settled(inside)
    before = traffic(inside)["endpoints"].count("activations")
    draw(inside, DIGIT_DRAWINGS[1])
    eventually(inside, lambda: attribution(inside).max() > 250)  # This request comes after those for maps.
    assert traffic(inside)["endpoints"].count("activations") == before
    inside.set_viewport_size(DESKTOP)
    inside.locator("#inside").scroll_into_view_if_needed()
    expect(outcome(inside, 1)).to_be_visible()


@pytest.mark.slow
def test_a_click_switches_a_map_off_and_the_bars_show_before_and_after(inside):
    draw_seven(inside)
    tile = inside.locator("#inside .step").nth(5).locator(".tile").first
    caption = inside.locator("#inside .outcome figcaption")
    expect(outcome(inside, 7)).to_be_visible()
    tile.click()
    expect(tile).to_have_attribute("aria-pressed", "true")
    expect(caption).to_have_text(re.compile("With all maps: 7, .* ahead. Now: .* ahead."))
    for _ in range(12):  # Without many of the maps that matter most, the network no longer sees a 7.
        inside.locator("#inside .five").click()
        inside.wait_for_timeout(150)
    expect(outcome(inside, 7)).to_have_count(0)
    eventually(inside, lambda: ORANGE in read(inside, "#inside .results canvas")[0][:, :3].tolist())  # The marks.
    inside.locator("#inside .on").click()
    expect(caption).to_have_text(ENGLISH["insideOutcome"])
    expect(outcome(inside, 7)).to_be_visible()
    expect(inside.locator("#inside .tile[aria-pressed=true]")).to_have_count(0)
    inside.keyboard.press("Delete")


def test_a_bar_opens_the_sum_of_its_score(inside):
    draw_seven(inside)
    inside.locator("#inside .result").nth(7).click()
    values = inside.locator("#inside .lines .value")
    expect(values).to_have_count(13)  # The empty pad, ten maps, the other maps, the sum.
    *parts, total = (float(text.replace("−", "-")) for text in values.all_inner_texts())
    assert abs(sum(parts) - total) < 0.07  # Each of them is rounded to two decimal places.
    assert inside.locator("#inside .part.against").count() == sum(part < 0 for part in parts)
    inside.locator("#inside .lines button").first.click()
    expect(inside.locator("#inside .on")).to_be_visible()
    expect(values.last).not_to_have_text(f"+{total:.2f}")
    inside.locator("#inside .on").click()
    inside.locator("#inside .ledger .close").click()
    expect(inside.locator("#inside .ledger")).to_be_hidden()


def test_pointer_and_arrow_keys_show_the_window_of_a_cell(inside):
    rested(draw_seven(inside))
    first = inside.locator("#inside .step").nth(2).locator(".tile").first
    expect(outcome(inside, 7)).to_be_visible()
    first.hover()
    detail = inside.locator("#inside .detail")
    expect(detail.locator("h2")).to_have_text(re.compile(r"Step 3, map \d+"))
    expect(detail.locator(".sentence")).to_contain_text("It sees the 13 × 13 pixels in the square.")
    window = "(it) => [it.offsetLeft, it.offsetWidth / it.parentElement.offsetWidth]"
    assert detail.locator(".source .window").evaluate(window)[1] == pytest.approx(13 / 28, abs=0.01)
    expect(inside.locator("#inside .input .window")).to_be_visible()
    pieces = detail.locator(".cutouts canvas")
    expect(pieces).to_have_count(9)
    assert pieces.evaluate_all("(all) => all.every((it) => it.width === 13)")
    assert all(alpha(piece).any() for piece in pieces.all())
    expect(detail.locator(".looks figcaption")).to_have_text(ENGLISH["insidePieces"])
    before, _ = detail.locator(".source .window").evaluate(window)
    detail.locator(".map").focus()
    inside.keyboard.press("ArrowRight")
    assert detail.locator(".source .window").evaluate(window)[0] - before == pytest.approx(12, abs=1)  # Two pixels.
    inside.locator("#inside .step").nth(5).locator(".tile").first.focus()
    inside.keyboard.press("ArrowRight")
    inside.keyboard.press("ArrowDown")
    fourth = inside.locator("#inside .step").nth(5).locator(".tile").nth(3)
    expect(fourth).to_be_focused()
    expect(detail.locator("h2")).to_have_text(f"Step 6, {fourth.get_attribute('aria-label')}")
    expect(detail.locator(".sentence")).to_contain_text("It sees your whole drawing.")
    # This cell sees the whole drawing. So the page shows no window; it colors the ink that changes the cell.
    expect(detail.locator(".source .window")).to_be_hidden()
    expect(detail.locator(".effects")).to_be_visible()
    eventually(inside, lambda: colors(detail.locator(".source canvas")) > 1)
    expect(detail.locator(".looks figcaption")).to_have_text(ENGLISH["insideImages"])
    assert pieces.evaluate_all("(all) => all.every((it) => it.width === 28)")
    inside.keyboard.press("Escape")
    expect(detail).to_be_hidden()
    expect(inside.locator("#inside .input .window")).to_be_hidden()


def test_a_finger_shows_a_map_first_and_then_switches_it_off(open_page):
    page = open_page(**PHONE)
    page.locator("#inside summary").tap()
    tile = page.locator("#inside .step").nth(1).locator(".tile").nth(2)
    tile.tap()
    expect(page.locator("#inside .step").nth(1).locator(".detail")).to_be_visible()
    expect(tile).to_have_attribute("aria-pressed", "false")
    tile.tap()
    expect(tile).to_have_attribute("aria-pressed", "true")


def test_every_network_can_be_chosen(inside):
    draw_seven(inside)
    select = inside.locator("#inside select")
    assert len(select.locator("option").all()) == len(list(checkpoint.FOLDER.glob("*.keras")))
    select.select_option("softmax")
    expect(inside.locator("#inside .step")).to_have_count(1, timeout=30_000)
    expect(inside.locator("#inside .step .tile")).to_have_count(10)
    inside.locator("#inside .tile").nth(7).hover()
    expect(inside.locator("#inside .detail h2")).to_have_text("Digit 7")
    select.select_option("dense")
    expect(inside.locator("#inside .sizes")).to_have_text("12 of 512 units", timeout=30_000)
    select.select_option("digits")
    expect(inside.locator("#inside .step")).to_have_count(LAYERS)
