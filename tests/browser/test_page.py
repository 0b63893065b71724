"""The page in Chromium: reading drawings, appearance, accessibility, network access and errors."""

import time

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw, on_pad, ready
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS, STYLES, number
from tests.helpers.gate import Gate
from tests.helpers.images import contrast, pixels
from tests.helpers.page import (
    PHONE,
    alpha,
    digit,
    draw_seven,
    eventually,
    ink_on,
    invitation,
    picture_of,
    settled,
    traffic,
)

# --- reading


@pytest.mark.parametrize("value", range(10))
def test_a_digit_drawn_with_the_mouse_is_read(page, value):
    draw(page, DIGIT_DRAWINGS[value])
    settled(page)
    expect(digit(page)).to_have_text(str(value))
    expect(page.locator("#answer .winner .name")).to_have_text(str(value))


@pytest.mark.parametrize("style", STYLES)
def test_a_style_that_is_rare_in_mnist_is_read(page, style):
    value, strokes = STYLES[style]
    draw(page, strokes)
    settled(page)
    expect(digit(page)).to_have_text(str(value))
    expect(page.locator("#answer .certainty")).to_have_text("sure")


@pytest.mark.parametrize("name", NON_DIGIT_DRAWINGS)
def test_a_non_digit_is_rejected_with_a_reason(page, name):
    draw(page, NON_DIGIT_DRAWINGS[name])
    settled(page)
    expect(digit(page)).to_have_text("?")
    expect(page.locator("#answer .certainty")).to_have_text("not a digit")
    expect(page.locator("#answer .reason")).to_contain_text("Not a digit. If it were one:")
    expect(page.locator("#answer .winner .name")).to_contain_text("not a digit")


def test_a_number_is_read_and_each_of_its_digits_can_be_selected(page):
    draw(page, number("4711"))
    settled(page)
    expect(digit(page)).to_have_text("4711")
    expect(page.locator("#answer .reason")).to_have_text("This is 4711.")
    digits = digit(page).get_by_role("button")
    expect(digits.nth(3)).to_have_attribute("aria-pressed", "true")  # The digit that was drawn last is selected.
    expect(page.locator("#answer .winner .name")).to_have_text("1")
    digits.nth(1).click()
    expect(page.locator("#answer .winner .name")).to_have_text("7")
    expect(digits.nth(1)).to_have_attribute("aria-pressed", "true")
    answer = traffic(page)["answers"][-1]
    assert np.array_equal(alpha(page.locator("#answer .seen canvas")), pixels(answer["readings"][1]["image"]))


def test_an_empty_pad_shows_an_invitation_and_sends_no_request(page):
    expect(invitation(page)).to_be_visible()
    expect(digit(page)).to_have_text("")
    assert page.locator("#answer .figure").all_inner_texts() == [""] * 11
    assert traffic(page)["sent"] == []


def test_the_image_beside_the_verdict_is_the_networks_input(page):
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    answer = traffic(page)["answers"][-1]
    assert np.array_equal(alpha(page.locator("#answer .seen canvas")), pixels(answer["readings"][0]["image"]))


def test_the_answer_is_updated_while_the_pen_moves(page):
    top, bottom = on_pad(page, (0.5, 0.2), (0.5, 0.8))
    page.mouse.move(*top)
    page.mouse.down()
    page.mouse.move(*bottom, steps=20)
    expect(digit(page)).to_have_text("1")  # The pen is still down.
    page.mouse.up()


def test_one_request_is_pending_at_a_time_and_the_last_state_is_answered(page):
    page.evaluate("traffic.delay = 120")
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    recorded = traffic(page)
    assert recorded["maxPending"] == 1
    assert 2 <= len(recorded["sent"]) < 8  # One request for each of the eight points would be eight requests.
    assert [len(stroke) for stroke in recorded["sent"][-1]["strokes"]] == [5, 3]
    expect(digit(page)).to_have_text(recorded["answers"][-1]["number"])


def test_a_drawing_that_is_cleared_before_its_answer_stays_cleared(page):
    page.evaluate("traffic.delay = 200")
    draw(page, DIGIT_DRAWINGS[7])
    page.keyboard.press("Delete")
    settled(page)
    expect(digit(page)).to_have_text("")
    expect(invitation(page)).to_be_visible()


# --- appearance


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_and_paper_have_a_high_contrast(open_page, theme):
    page = open_page(f"/?__theme={theme}", color_scheme=theme)
    draw(page, DIGIT_DRAWINGS[1])
    settled(page)
    expect(digit(page)).to_have_text("1")
    pixels = picture_of(page.locator("#sketchpad canvas"))
    height, width = pixels.shape
    ink, paper = pixels[height // 2, width // 2], pixels[height // 2, width // 5]
    assert contrast(ink, paper) > 7
    assert (paper > ink) == (theme == "light")


@pytest.mark.parametrize("height", [844, 664])  # Heights of a phone's window, without and with the bars of the browser.
def test_a_phone_shows_pad_verdict_and_bars_on_one_screen(open_page, height):
    page = open_page(**{**PHONE, "viewport": {"width": 390, "height": height}})
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    for part in ("#sketchpad canvas", "#answer .verdict", "#answer .bars"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0 and box["y"] >= 0, part
        assert box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= height, part


def test_buttons_are_at_least_44_pixels_large(open_page):
    page = open_page(**{**PHONE, "viewport": {"width": 320, "height": 640}})
    for name in ("Undo", "Redo", "Erase", "Clear"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 44, name


def test_nothing_moves_when_the_answer_appears(page):
    def boxes():
        parts = ("#sketchpad .pad", "#answer .verdict", "#answer .seen", "#answer .bars", "#footer")
        return [page.locator(part).bounding_box() for part in parts]

    before = boxes()
    draw_seven(page)
    assert boxes() == before


def test_the_drawing_stays_when_the_phone_is_rotated(open_page):
    page = open_page(**PHONE)
    draw_seven(page)
    page.set_viewport_size({"width": 844, "height": 390})
    pad = page.locator("#sketchpad canvas")
    # The canvas must have one pixel per screen pixel. PHONE has two screen pixels per CSS pixel in each direction.
    expect(pad).to_have_js_property("width", round(2 * pad.bounding_box()["width"]))
    assert ink_on(page).any()
    expect(digit(page)).to_have_text("7")


def test_a_screen_reader_announces_the_verdict_when_the_pen_rests(page):
    draw_seven(page)
    expect(page.get_by_role("status").filter(has_text="7")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("application", name="Sketchpad")).to_be_visible()
    expect(page.get_by_role("meter", name="Probability of 7")).to_have_attribute("aria-valuetext", ">99 %")
    expect(page.get_by_role("button", name="7: compare the answer with this digit")).to_be_visible()
    expect(page.get_by_role("meter")).to_have_count(11)


# --- other hosts and errors


def test_the_page_sends_no_request_to_other_hosts(chromium, server):
    context = chromium.new_context()
    page = context.new_page()
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    ready(page, server.address)
    draw(page, DIGIT_DRAWINGS[7])
    expect(digit(page)).not_to_have_text("")
    context.close()
    other_hosts = [url for url in urls if not url.startswith((server.address, "data:", "blob:"))]
    assert other_hosts == []


def test_an_error_message_is_shown_as_text_not_as_html(page):
    message = "<b id=injected>Too many points.</b>"
    page.route("**/api/predict", lambda route: route.fulfill(status=500, json={"detail": message}))
    draw(page, DIGIT_DRAWINGS[7])
    expect(page.locator("#answer .reason")).to_have_text(message)
    assert page.locator("#injected").count() == 0
    assert ink_on(page).any()


def test_an_overloaded_server_gets_the_next_request_after_the_time_that_it_asks_for(page):
    times = []

    def refuse(route) -> None:
        times.append(time.monotonic())
        if len(times) > 1:
            return route.continue_()
        route.fulfill(status=503, json={"detail": "Try again."}, headers={"Retry-After": "2"})

    page.route("**/api/predict", refuse)
    draw(page, [[(0.5, 0.5)]])
    expect(page.locator("#answer .reason")).to_contain_text("Many people are drawing")
    eventually(page, lambda: len(times) > 1)
    assert 2 <= times[1] - times[0] < 3


def test_the_page_shows_that_the_server_is_offline_and_reads_the_drawing_when_it_is_back(
    open_page, server, corrections_server
):
    gate = Gate()
    gate.open(server)
    page = open_page(address=gate.address)
    gate.close()
    draw(page, DIGIT_DRAWINGS[7])
    expect(page.locator("#answer .reason")).to_contain_text("server does not answer")
    ink = ink_on(page)
    assert ink.any()
    gate.open(corrections_server[0])  # The address now leads to another server, as after a restart.
    expect(digit(page)).to_have_text("7", timeout=15_000)
    assert np.array_equal(ink_on(page), ink)
    gate.close()
