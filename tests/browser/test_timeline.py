"""The timeline below the bars: the probabilities while the drawing was made, and the view of an earlier moment."""

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.helpers.browser import draw, on_pad
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS
from tests.helpers.page import PHONE, digit, ink_on, settled, stage_boxes, traffic

# Lines of the timeline: the number of their points.
POINTS = """() => [...document.querySelectorAll("#timeline polyline")].map(
  (line) => line.getAttribute("points").split(" ").filter(Boolean).length)"""


def draw_eight(page: Page) -> None:
    """Draw an 8 so that each point has its own answer: first its upper loop, which the network reads as a 0."""
    [stroke] = DIGIT_DRAWINGS[8]
    start, *rest = on_pad(page, *stroke)
    page.mouse.move(*start)
    page.mouse.down()
    for point in rest:
        page.mouse.move(*point)
        settled(page)
    page.mouse.up()
    settled(page)
    expect(digit(page)).to_have_text("8")


def place_on(chart, share: float) -> tuple[float, float]:
    """Return a place on the timeline, in CSS pixels. share: 0 for the first moment, 1 for the newest one."""
    box = chart.bounding_box()
    return box["x"] + share * box["width"], box["y"] + box["height"] / 2


@pytest.mark.slow
def test_dragging_along_the_timeline_shows_the_ink_and_the_bars_of_that_moment_until_it_is_released(page):
    chart, marks = page.get_by_role("slider"), page.locator("#timeline .marks")
    expect(chart).to_have_attribute("aria-disabled", "true")
    places = stage_boxes(page), page.locator("#below").bounding_box()
    draw_eight(page)
    assert (stage_boxes(page), page.locator("#below").bounding_box()) == places
    requests = len(traffic(page)["endpoints"])
    whole = ink_on(page)
    assert min(page.evaluate(POINTS)) > 20
    expect(marks).to_have_text(re.compile(r"8 leads from \d\.\d s on *sure from \d\.\d s on"))
    # The labels are in the columns of the bars, and the examples are right below.
    right = "(all) => Math.max(...all.map((it) => it.getBoundingClientRect().right))"
    labels, figures = (page.locator(name).evaluate_all(right) for name in ("#timeline .legend li", "#answer .figure"))
    assert labels == figures
    tools = page.locator("#sketchpad .tools").bounding_box()
    assert places[1]["y"] - tools["y"] - tools["height"] < 60
    # With the mouse.
    page.mouse.move(*place_on(chart, 0.5))
    page.mouse.down()
    expect(digit(page)).to_have_text("0")
    expect(page.locator("#answer .winner .name")).to_have_text("0")
    expect(chart).to_have_attribute("aria-valuetext", re.compile(r"after \d\.\d s: .*0 [>\d]+ %"))
    part = ink_on(page)
    assert 0.2 * whole.sum() < part.sum() < 0.8 * whole.sum()
    assert (part > whole).sum() < 0.02 * (whole > 0).sum()  # Only the round end of the line is new.
    page.mouse.move(*place_on(chart, 1))
    expect(digit(page)).to_have_text("8")
    page.mouse.move(*place_on(chart, 0.5))
    expect(digit(page)).to_have_text("0")
    page.mouse.up()
    expect(digit(page)).to_have_text("8")
    assert np.array_equal(ink_on(page), whole)
    # With keys.
    chart.press("Home")
    assert ink_on(page).sum() < part.sum()
    for _ in range(3):
        chart.press("ArrowRight")
    expect(chart).to_have_attribute("aria-valuenow", "3")
    chart.press("Escape")
    expect(digit(page)).to_have_text("8")
    assert np.array_equal(ink_on(page), whole)
    assert len(traffic(page)["endpoints"]) == requests
    # With a new stroke, the page shows the newest moment again. The stroke is added to the whole drawing.
    chart.press("Home")
    draw(page, [[(0.9, 0.9), (0.92, 0.92)]])
    settled(page)
    assert not (ink_on(page) < whole).any()
    assert len(traffic(page)["sent"][-1]["strokes"]) == 2


def test_the_timeline_of_a_non_digit_has_one_mark_and_a_cleared_pad_has_none(page):
    draw(page, NON_DIGIT_DRAWINGS["smiley"])
    settled(page)
    expect(page.locator("#timeline .marks")).to_have_text(re.compile("^“not a digit” leads"))
    expect(page.locator("#timeline .mark:visible")).to_have_count(1)
    page.keyboard.press("Delete")
    expect(page.locator("#timeline .marks")).to_be_empty()
    expect(page.locator("#timeline .hint")).to_have_text("The probabilities while you draw")
    assert page.evaluate(POINTS) == [0, 0, 0]


@pytest.mark.slow
def test_a_finger_drags_along_the_timeline(open_page):
    page = open_page(**PHONE)
    draw_eight(page)
    chart = page.get_by_role("slider")
    chart.scroll_into_view_if_needed()
    session = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.9), ("touchMove", 0.7), ("touchMove", 0.5)):
        x, y = place_on(chart, share)
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    expect(digit(page)).to_have_text("0")
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(digit(page)).to_have_text("8")
