"""The page in a real Chromium: what a visitor draws, and what they then see."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Server, draw, free_port, on_pad, ready
from hand import DIGITS, OTHERS, STYLES, number
from looking import PHONE, alpha, digit, draw_seven, ink_on, invitation, picture_of, settled, traffic
from playwright.sync_api import expect

# --- reading


@pytest.mark.parametrize("value", range(10))
def test_a_digit_drawn_with_the_mouse_is_read(page, value):
    draw(page, DIGITS[value])
    settled(page)
    expect(digit(page)).to_have_text(str(value))
    expect(page.locator("#answer .winner .name")).to_have_text(str(value))


@pytest.mark.parametrize("style", STYLES)
def test_a_style_that_mnist_hardly_has_is_read(page, style):
    value, strokes = STYLES[style]
    draw(page, strokes)
    settled(page)
    expect(digit(page)).to_have_text(str(value))
    expect(page.locator("#answer .certainty")).to_have_text("sure")


@pytest.mark.parametrize("thing", OTHERS)
def test_what_is_no_digit_is_refused_with_a_reason(page, thing):
    draw(page, OTHERS[thing])
    settled(page)
    expect(digit(page)).to_have_text("?")
    expect(page.locator("#answer .certainty")).to_have_text("not a digit")
    expect(page.locator("#answer .reason")).to_contain_text("This looks like no digit; the nearest is")
    expect(page.locator("#answer .winner")).to_have_count(0)


def test_a_number_is_read_and_each_digit_of_it_can_be_chosen(page):
    draw(page, number("2026"))
    settled(page)
    expect(digit(page)).to_have_text("2026")
    expect(page.locator("#answer .reason")).to_have_text("This is 2026.")
    digits = digit(page).get_by_role("button")
    expect(digits.nth(3)).to_have_attribute("aria-pressed", "true")  # The one written last.
    expect(page.locator("#answer .winner .name")).to_have_text("6")
    digits.nth(1).click()
    expect(page.locator("#answer .winner .name")).to_have_text("0")
    expect(digits.nth(1)).to_have_attribute("aria-pressed", "true")
    [answer] = traffic(page)["answers"][-1]["data"]
    assert np.array_equal(alpha(page.locator("#answer .seen canvas")), answer["readings"][1]["image"])


def test_a_blank_pad_invites_and_predicts_nothing(page):
    expect(invitation(page)).to_be_visible()
    expect(digit(page)).to_have_text("")
    assert page.locator("#answer .figure").all_inner_texts() == [""] * 10
    assert traffic(page)["sent"] == []


def test_the_bars_show_what_the_server_answered(page):
    draw(page, DIGITS[3])
    settled(page)
    [answer] = traffic(page)["answers"][-1]["data"]
    values = [int(bar.get_attribute("aria-valuenow")) for bar in page.get_by_role("meter").all()]
    assert values == [round(100 * probability) for probability in answer["probabilities"]]


def test_the_image_beside_the_verdict_is_the_one_that_the_network_saw(page):
    draw(page, DIGITS[5])
    settled(page)
    [answer] = traffic(page)["answers"][-1]["data"]
    assert np.array_equal(alpha(page.locator("#answer .seen canvas")), answer["image"])


def test_the_bars_follow_the_pen_while_it_moves(page):
    top, bottom = on_pad(page, (0.5, 0.2), (0.5, 0.8))
    page.mouse.move(*top)
    page.mouse.down()
    page.mouse.move(*bottom, steps=20)
    expect(digit(page)).to_have_text("1")  # The pen is still down.
    page.mouse.up()


def test_one_request_is_under_way_at_a_time_and_the_last_state_is_answered(page):
    page.evaluate("traffic.delay = 120")
    draw(page, DIGITS[4])
    settled(page)
    seen = traffic(page)
    assert seen["most"] == 1
    assert 2 <= len(seen["sent"]) < 8  # Of eight points, in eight frames or fewer.
    assert [len(stroke) for stroke in seen["sent"][-1]["strokes"]] == [5, 3]
    [last] = seen["answers"][-1]["data"]
    expect(digit(page)).to_have_text(str(last["digit"]))


def test_a_drawing_cleared_while_its_answer_is_on_the_way_stays_cleared(page):
    page.evaluate("traffic.delay = 200")
    draw(page, DIGITS[7])
    page.keyboard.press("Delete")
    settled(page)
    expect(digit(page)).to_have_text("")
    expect(invitation(page)).to_be_visible()


# --- looks


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_stands_out_from_paper(open_page, theme):
    page = open_page(f"/?__theme={theme}", color_scheme=theme)
    draw(page, DIGITS[1])
    settled(page)
    expect(digit(page)).to_have_text("1")
    pixels = picture_of(page.locator("#sketchpad canvas"))
    height, width = pixels.shape
    ink, paper = pixels[height // 2, width // 2], pixels[height // 2, width // 5]
    assert contrast(ink, paper) > 7
    assert (paper > ink) == (theme == "light")


def contrast(one: int, other: int) -> float:
    """WCAG's contrast of two greys, 1 … 21."""
    light = sorted(((value / 255 + 0.055) / 1.055) ** 2.4 for value in (int(one), int(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


@pytest.mark.parametrize("height", [844, 664])  # A phone's whole screen; what its browser leaves of it.
def test_on_a_phone_pad_verdict_and_bars_are_on_screen_together(open_page, height):
    page = open_page(**{**PHONE, "viewport": {"width": 390, "height": height}})
    draw(page, DIGITS[2])
    settled(page)
    for part in ("#sketchpad canvas", "#answer .verdict", "#answer .bars"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0 and box["y"] >= 0, part
        assert box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= height, part


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_is_wider_than_the_window(open_page, width):
    page = open_page(viewport={"width": width, "height": 800})
    draw(page, DIGITS[8])
    settled(page)
    inside = "(part) => { const box = part.getBoundingClientRect(); return box.left >= 0 && box.right <= innerWidth; }"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in ("#heading", "#sketchpad .pad", "#sketchpad .tools", "#answer .verdict", "#answer .bars"):
        assert page.locator(part).evaluate(inside), part


def test_buttons_are_large_enough_for_a_finger(open_page):
    page = open_page(**{**PHONE, "viewport": {"width": 320, "height": 640}})
    for name in ("Undo", "Redo", "Erase", "Clear"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 44, name


def test_nothing_moves_when_the_answer_comes(page):
    def places():
        parts = ("#sketchpad .pad", "#answer .verdict", "#answer .seen", "#answer .bars", "footer")
        return [page.locator(part).bounding_box() for part in parts]

    before = places()
    draw_seven(page)
    assert places() == before


def test_the_pad_does_not_jump_while_the_page_loads(chromium, server):
    page = chromium.new_page()
    page.add_init_script(RECORD_JUMPS)
    ready(page, server.address)
    page.wait_for_timeout(500)
    assert page.evaluate("jumps") == []
    page.close()


RECORD_JUMPS = """
window.jumps = [];
new PerformanceObserver((list) => {
  for (const { sources } of list.getEntries())
    for (const { node } of sources)
      if (node?.closest?.("#stage")) jumps.push(node.id || node.className);
}).observe({ type: "layout-shift", buffered: true });
"""


def test_the_drawing_outlives_a_turn_of_the_phone(open_page):
    page = open_page(**PHONE)
    draw_seven(page)
    page.set_viewport_size({"width": 844, "height": 390})
    pad = page.locator("#sketchpad canvas")
    expect(pad).to_have_js_property(
        "width", round(2 * pad.bounding_box()["width"])
    )  # Sharp: a pixel for each of the screen's.
    assert ink_on(page).any()
    expect(digit(page)).to_have_text("7")


def test_a_screen_reader_hears_the_verdict_when_the_pen_rests(page):
    draw_seven(page)
    expect(page.get_by_role("status").filter(has_text="7")).to_have_attribute("aria-live", "polite")
    expect(page.get_by_role("application", name="Sketchpad")).to_be_visible()
    expect(page.get_by_role("meter")).to_have_count(10)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("window", [{"viewport": {"width": 1100, "height": 760}}, PHONE])
def test_axe_finds_nothing_serious(open_page, theme, window):
    page = open_page(f"/?__theme={theme}", color_scheme=theme, **window)
    for strokes in ([], number("74"), OTHERS["letter"]):
        page.keyboard.press("Delete")
        draw(page, strokes)
        settled(page)
        page.wait_for_timeout(300)
        found = Axe().run(page).response["violations"]
        assert [(each["id"], each["help"]) for each in found if each["impact"] in ("serious", "critical")] == []


# --- the world outside


def test_the_page_asks_nothing_of_other_hosts(chromium, server):
    context = chromium.new_context()
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    ready(page, server.address)
    draw(page, DIGITS[6])
    expect(digit(page)).not_to_have_text("")
    context.close()
    outside = [url for url in asked if not url.startswith((server.address, "data:", "blob:"))]
    assert outside == []


def test_an_error_is_said_in_words_and_never_as_html(page):
    words = "<b id=injected>Too many points.</b>"
    page.route("**/run/predict", lambda route: route.fulfill(status=500, json={"error": words}))
    draw(page, DIGITS[7])
    expect(page.locator("#answer .reason")).to_have_text(words)
    assert page.locator("#injected").count() == 0
    assert ink_on(page).any()


def test_without_a_server_the_page_says_so_and_reads_the_drawing_when_it_is_back(chromium):
    server = Server(free_port())
    server.start()
    page = ready(chromium.new_page(), server.address)
    server.stop()
    draw(page, DIGITS[7])
    expect(page.locator("#answer .reason")).to_contain_text("server does not answer")
    drawn = ink_on(page)
    assert drawn.any()
    server.start()
    try:
        expect(digit(page)).to_have_text("7", timeout=15_000)
        assert np.array_equal(ink_on(page), drawn)
    finally:
        server.stop()
        page.close()
