"""The page in a real Chromium: what a visitor does, and what they then see."""

import base64
import io
import json

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import ROOT, Server, draw, free_port, on_pad, ready
from hand import DIGITS, OTHERS, STYLES, number
from PIL import Image
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def settled(page):
    """Wait until every change was answered: nothing is under way, nor was for a moment."""
    page.wait_for_function("traffic.underWay === 0 && performance.now() - traffic.changed > 150")
    return page


def traffic(page) -> dict:
    return page.evaluate("traffic")


def digit(page):
    return page.locator("#answer .number")


def invitation(page):
    return page.locator("#sketchpad .invitation")


def picture_of(locator) -> np.ndarray:
    """What is on the screen there, as grey values 0…255."""
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("L"))


def ink_on(page) -> np.ndarray:
    """The pad's own pixels: how much ink each holds, 0…255."""
    return alpha(page.locator("#sketchpad canvas"))


def alpha(canvas) -> np.ndarray:
    """How opaque each pixel of a canvas is, 0…255."""
    png = canvas.evaluate("(it) => it.toDataURL()").partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).getchannel("A"))


def draw_seven(page):
    draw(page, DIGITS[7])
    settled(page)
    expect(digit(page)).to_have_text("7")


@pytest.fixture
def page(open_page):
    return open_page()


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
    expect(page.locator("#answer .reason")).to_contain_text("This looks like no digit; the nearest is a")
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


# --- clear, undo, redo


def test_clear_empties_the_pad_and_the_answer(page):
    draw_seven(page)
    page.get_by_role("button", name="Clear").click()
    expect(digit(page)).to_have_text("")
    expect(invitation(page)).to_be_visible()
    assert not ink_on(page).any()


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_key_clears(page, key):
    draw_seven(page)
    page.keyboard.press(key)
    expect(digit(page)).to_have_text("")
    assert not ink_on(page).any()


def test_undo_takes_back_the_last_stroke_and_redo_returns_it(page):
    draw_seven(page)
    before = ink_on(page)
    draw(page, [[(0.2, 0.9), (0.8, 0.9)]])
    page.get_by_role("button", name="Undo").click()
    assert np.array_equal(ink_on(page), before)
    page.get_by_role("button", name="Redo").click()
    assert ink_on(page).sum() > before.sum()


def test_keys_undo_and_redo(page):
    draw_seven(page)
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("")
    page.keyboard.press("Control+Shift+z")
    expect(digit(page)).to_have_text("7")


def test_a_cleared_drawing_can_be_had_back(page):
    draw_seven(page)
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("7")


def test_keys_in_a_text_field_leave_the_drawing_alone(page):
    draw_seven(page)
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {id: 'field'}))")
    page.locator("#field").focus()
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+z")
    assert ink_on(page).any()


# --- why


def why(page) -> np.ndarray:
    """How strongly each pixel of the picture of reasons is coloured."""
    return alpha(page.locator("#answer .why canvas"))


def test_when_the_pen_rests_the_page_shows_which_ink_decided(page):
    draw_seven(page)
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7")
    page.wait_for_timeout(500)
    seen = alpha(page.locator("#answer .seen canvas"))
    assert why(page).max() > 250
    assert not why(page)[seen == 0].any()
    page.keyboard.press("Delete")
    expect(page.locator("#answer .why figcaption")).to_have_text("")
    assert not why(page).any()


def test_a_bar_asks_why_this_and_not_that(page):
    draw_seven(page)
    page.wait_for_timeout(500)
    before = why(page)
    page.locator("#answer .bar").nth(1).click()
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7, not 1")
    page.wait_for_timeout(500)
    assert (why(page) != before).any()
    page.locator("#answer .bar").nth(1).click()
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7")


# --- every model


def test_every_model_says_what_it_makes_of_the_drawing(page):
    summary = page.get_by_text("Every model on this drawing")
    rows = page.locator("#compare tbody tr")
    expect(rows).to_have_count(0)
    draw_seven(page)
    assert not any("compare" in request for request in page.evaluate("performance.getEntries().map((e) => e.name)"))
    summary.click()
    models = len(list((ROOT / "model" / "checkpoints").glob("*.keras")))
    expect(rows).to_have_count(models, timeout=30_000)
    expect(rows.last.locator("td").first).to_have_text("digits")
    assert rows.locator(".says").all_inner_texts() == ["7"] * models
    page.keyboard.press("Delete")
    draw(page, OTHERS["letter"])
    expect(rows.last.locator(".says")).to_have_text("none")
    assert "none" not in rows.locator(".says").all_inner_texts()[:-1]  # The tutorials' models know digits alone.


# --- eraser, keyboard, examples


def test_the_eraser_takes_strokes_away_whole_and_undo_returns_them(page):
    draw(page, DIGITS[4])
    settled(page)
    page.get_by_role("button", name="Erase").click()
    draw(page, [[(0.3, 0.9), (0.57, 0.85), (0.59, 0.8)]])  # Past the foot of the four's stem.
    settled(page)
    assert len(traffic(page)["sent"][-1]["strokes"]) == 1
    page.keyboard.press("Control+z")
    settled(page)
    assert len(traffic(page)["sent"][-1]["strokes"]) == 2


def test_the_eraser_is_put_away_when_nothing_is_left_to_erase(page):
    draw(page, DIGITS[1])
    erase = page.get_by_role("button", name="Erase")
    erase.click()
    expect(erase).to_have_attribute("aria-pressed", "true")
    draw(page, [[(0.5, 0.5), (0.51, 0.5)]])
    expect(erase).to_have_attribute("aria-pressed", "false")
    draw_seven(page)


def test_a_keyboard_draws(page):
    page.locator("#sketchpad canvas").focus()
    for key in ["ArrowUp"] * 12 + ["Space"] + ["ArrowDown"] * 25 + ["Space"]:
        page.keyboard.press(key)
    settled(page)
    expect(digit(page)).to_have_text("1")
    [stroke] = traffic(page)["sent"][-1]["strokes"]
    assert stroke[0] == pytest.approx([0.5, 0.26]) and stroke[-1] == pytest.approx([0.5, 0.76])


def test_a_click_on_an_example_draws_it_stroke_by_stroke_and_reads_it(page):
    draw_seven(page)
    page.get_by_role("button", name="The number 2026").click()
    expect(digit(page)).to_have_text("2026")
    settled(page)
    counts = [sum(map(len, sent["strokes"])) for sent in traffic(page)["sent"]]
    assert len(set(counts)) > 3  # It grew before the visitor's eyes.
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("7")


EXAMPLES = {
    "A two": "2",
    "A slashed zero": "0",
    "A crossed seven": "7",
    "An open four": "4",
    "A letter": "?",
    "A scribble": "?",
}


@pytest.mark.parametrize("name, answer", EXAMPLES.items())
def test_every_example_is_what_it_is_called(page, name, answer):
    page.get_by_role("button", name=name).click()
    expect(digit(page)).to_have_text(answer)


def test_a_hand_on_the_pad_ends_a_drawing_that_draws_itself(page):
    page.get_by_role("button", name="A scribble").click()
    draw(page, [[(0.1, 0.1), (0.2, 0.1)]])
    settled(page)
    assert traffic(page)["sent"][-1]["strokes"][-1][0] == pytest.approx([0.1, 0.1], abs=0.01)


def test_a_stylus_that_presses_harder_draws_wider(page):
    press = """([points]) => {
      const canvas = document.querySelector("#sketchpad canvas");
      points.forEach(([x, y, pressure], i) => canvas.dispatchEvent(new PointerEvent(
        i === 0 ? "pointerdown" : i === points.length - 1 ? "pointerup" : "pointermove",
        { pointerId: 1, pointerType: "pen", isPrimary: true, clientX: x, clientY: y, pressure, buttons: 1 })));
    }"""
    page.evaluate("Element.prototype.setPointerCapture = () => {}")
    steps = range(12)
    points = [(*place, 0.1 + 0.8 * step / 11) for step, place in zip(steps, on_pad(page, *line(12)), strict=True)]
    page.evaluate(press, [points])
    settled(page)
    widths = (ink_on(page) > 128).sum(axis=1)
    top, bottom = (widths[int(part * len(widths))] for part in (0.25, 0.75))
    assert bottom > 1.5 * top > 0
    assert len(traffic(page)["sent"][-1]["strokes"][0][0]) == 2


def line(count: int) -> list[tuple[float, float]]:
    """From top to bottom down the middle of the pad."""
    return [(0.5, 0.2 + 0.6 * step / (count - 1)) for step in range(count)]


# --- sharing


def test_a_link_carries_the_drawing_to_somebody_else(open_page, server):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    draw(page, number("74"))
    settled(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.url and len(link) < 200
    sent = traffic(page)["sent"][-1]["strokes"]
    other = open_page(link.removeprefix(server.address))
    expect(digit(other)).to_have_text("74")
    settled(other)
    received = traffic(other)["sent"][-1]["strokes"]
    assert [len(stroke) for stroke in received] == [len(stroke) for stroke in sent]
    np.testing.assert_allclose(np.concatenate(received), np.concatenate(sent), atol=0.0006)


@pytest.mark.parametrize("fragment", ["", "A", "*", "____", "CgB", "MiGwSyJPkKA5E0KnEgJlDyJKic5ejC", "C" + "_" * 4000])
def test_a_damaged_link_opens_an_empty_pad(open_page, fragment):
    page = open_page(f"/#drawing={fragment}")
    page.wait_for_timeout(300)
    expect(invitation(page)).to_be_visible()
    assert traffic(page)["sent"] == []
    draw_seven(page)


def test_the_drawing_can_be_had_as_a_picture_and_as_strokes(page, tmp_path):
    draw_seven(page)
    for name in ("PNG", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
        assert download.value.suggested_filename == f"drawing.{name.lower()}"
    assert json.loads((tmp_path / "JSON").read_text()) == traffic(page)["sent"][-1]
    picture = np.asarray(Image.open(tmp_path / "PNG").convert("L"))
    assert picture.shape == (1024, 1024)
    assert picture[0, 0] == 255 and picture.min() < 30 and 0.01 < (picture < 128).mean() < 0.1


# --- fingers


def touch(session, kind: str, *points) -> None:
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def swipe(page, points: list) -> None:
    session = page.context.new_cdp_session(page)
    touch(session, "touchStart", points[0])
    for point in points[1:]:
        touch(session, "touchMove", point)
    touch(session, "touchEnd")


def test_a_finger_draws_and_nothing_scrolls(open_page):
    page = open_page(**{**PHONE, "viewport": {"width": 390, "height": 420}})
    page.evaluate("scrollTo(0, 20)")
    swipe(page, on_pad(page, *[(0.5, 0.8 - step * 0.03) for step in range(20)]))
    settled(page)
    expect(digit(page)).to_have_text("1")
    assert page.evaluate("scrollY") == 20


def test_a_second_finger_draws_nothing(open_page):
    page = open_page(**PHONE)
    session = page.context.new_cdp_session(page)
    first, second = [on_pad(page, *[(x, 0.2 + step * 0.03) for step in range(20)]) for x in (0.5, 0.8)]
    touch(session, "touchStart", first[0])
    touch(session, "touchStart", first[0], second[0])
    for point, other in zip(first, second, strict=True):
        touch(session, "touchMove", point, other)
    touch(session, "touchEnd")
    settled(page)
    [stroke] = traffic(page)["sent"][-1]["strokes"]
    assert all(abs(x - 0.5) < 0.02 for x, _ in stroke)


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
    for part in ("#title", "#sketchpad .pad", "#sketchpad .tools", "#answer .verdict", "#answer .bars"):
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
