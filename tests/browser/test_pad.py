"""The sketchpad with mouse, finger, stylus and keyboard."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw, on_pad
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import PHONE, digit, draw_seven, ink_on, invitation, settled, traffic

# --- clear, undo, redo


def test_clear_empties_the_pad_and_the_answer(page):
    draw_seven(page)
    page.get_by_role("button", name="Clear").click()
    expect(digit(page)).to_have_text("")
    expect(invitation(page)).to_be_visible()
    assert not ink_on(page).any()


@pytest.mark.parametrize("key", ["Delete", "Backspace"])
def test_a_key_clears_the_pad(page, key):
    draw_seven(page)
    page.keyboard.press(key)
    expect(digit(page)).to_have_text("")
    assert not ink_on(page).any()


def test_undo_removes_the_last_stroke_and_redo_restores_it(page):
    draw_seven(page)
    before = ink_on(page)
    draw(page, [[(0.2, 0.9), (0.8, 0.9)]])
    page.get_by_role("button", name="Undo").click()
    assert np.array_equal(ink_on(page), before)
    page.get_by_role("button", name="Redo").click()
    assert ink_on(page).sum() > before.sum()


def test_ctrl_z_undoes_and_ctrl_shift_z_redoes(page):
    draw_seven(page)
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("")
    page.keyboard.press("Control+Shift+z")
    expect(digit(page)).to_have_text("7")


def test_a_cleared_pad_says_how_undo_restores_the_drawing_and_nothing_moves(open_page):
    page = open_page(locale="zh-CN")
    hint = page.locator("#sketchpad .cleared")

    def boxes() -> list:
        parts = ("#sketchpad .pad", "#sketchpad .tools", "#examples", "#answer .bars")
        return [page.locator(part).bounding_box() for part in parts]

    draw_seven(page)
    expect(hint).to_be_empty()
    before = boxes()
    page.keyboard.press("Backspace")
    expect(hint).to_have_text("已清空。撤销（Ctrl+Z）即可恢复。")
    assert boxes() == before
    page.get_by_role("button", name="English").click()
    expect(hint).to_have_text("Cleared. Undo (Ctrl+Z) brings your drawing back.")
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("7")
    expect(hint).to_be_empty()
    page.get_by_role("button", name="Clear").click()
    expect(hint).to_be_visible()
    draw(page, [[(0.5, 0.5)]])
    expect(hint).to_be_empty()


def test_keys_in_a_text_field_do_not_change_the_drawing(open_page):
    page = open_page()
    draw_seven(page)
    page.evaluate("document.body.append(Object.assign(document.createElement('input'), {id: 'field'}))")
    page.locator("#field").focus()
    page.keyboard.press("Backspace")
    page.keyboard.press("Control+z")
    assert ink_on(page).any()


# --- eraser, keyboard, stylus


def test_the_eraser_removes_whole_strokes_and_undo_restores_them(page):
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    page.get_by_role("button", name="Erase").click()
    draw(page, [[(0.3, 0.9), (0.57, 0.85), (0.59, 0.8)]])  # Erase across the lower end of the four's second stroke.
    settled(page)
    assert len(traffic(page)["sent"][-1]["strokes"]) == 1
    page.keyboard.press("Control+z")
    settled(page)
    assert len(traffic(page)["sent"][-1]["strokes"]) == 2


def test_the_eraser_removes_what_lies_between_two_positions_of_a_fast_pointer(page):
    draw(page, [[(x, 0.2), (x, 0.8)] for x in (0.3, 0.5, 0.7)] + [[(0.2, 0.9), (0.8, 0.9)]])
    page.get_by_role("button", name="Erase").click()
    draw(page, [[(0.1, 0.4), (0.9, 0.6)]])  # Two positions, both far from every stroke.
    settled(page)
    [left] = traffic(page)["sent"][-1]["strokes"]
    assert left[0][1] == pytest.approx(0.9, abs=0.01)
    page.keyboard.press("Control+z")
    settled(page)
    assert len(traffic(page)["sent"][-1]["strokes"]) == 4


def test_the_eraser_is_switched_off_when_the_pad_is_empty(page):
    draw(page, DIGIT_DRAWINGS[1])
    erase = page.get_by_role("button", name="Erase")
    erase.click()
    expect(erase).to_have_attribute("aria-pressed", "true")
    draw(page, [[(0.5, 0.5), (0.51, 0.5)]])
    expect(erase).to_have_attribute("aria-pressed", "false")
    draw_seven(page)


def test_the_eraser_end_of_a_stylus_erases(open_page):
    page = open_page()
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    [foot] = on_pad(page, (0.58, 0.85))
    page.evaluate("Element.prototype.setPointerCapture = () => {}")
    # Playwright has no stylus. Therefore a script creates the event that the eraser end of a stylus sends. In the W3C
    # standard Pointer Events, this event has `button` 5 and `buttons` 32.
    touch = """([clientX, clientY]) => {
      const pen = { pointerId: 1, pointerType: "pen", isPrimary: true, clientX, clientY, button: 5, buttons: 32 };
      document.querySelector("#sketchpad canvas").dispatchEvent(new PointerEvent("pointerdown", pen));
    }"""
    page.evaluate(touch, foot)
    settled(page)
    assert len(traffic(page)["sent"][-1]["strokes"]) == 1


def test_the_keyboard_draws(page):
    page.locator("#sketchpad canvas").focus()
    for key in ["ArrowUp"] * 12 + ["Space"] + ["ArrowDown"] * 25 + ["Space"]:
        page.keyboard.press(key)
    settled(page)
    expect(digit(page)).to_have_text("1")
    [stroke] = traffic(page)["sent"][-1]["strokes"]
    assert stroke[0] == pytest.approx([0.5, 0.26]) and stroke[-1] == pytest.approx([0.5, 0.76])


def test_a_stylus_draws_wider_with_more_pressure(open_page):
    page = open_page()
    press = """([points]) => {
      const canvas = document.querySelector("#sketchpad canvas");
      points.forEach(([x, y, pressure], i) => canvas.dispatchEvent(new PointerEvent(
        i === 0 ? "pointerdown" : i === points.length - 1 ? "pointerup" : "pointermove",
        { pointerId: 1, pointerType: "pen", isPrimary: true, clientX: x, clientY: y, pressure, buttons: 1 })));
    }"""
    page.evaluate("Element.prototype.setPointerCapture = () => {}")
    steps = range(12)
    points = [(*point, 0.1 + 0.8 * step / 11) for step, point in zip(steps, on_pad(page, *line(12)), strict=True)]
    page.evaluate(press, [points])
    settled(page)
    widths = (ink_on(page) > 128).sum(axis=1)
    top, bottom = (widths[int(part * len(widths))] for part in (0.25, 0.75))
    assert bottom > 1.5 * top > 0
    assert len(traffic(page)["sent"][-1]["strokes"][0][0]) == 2


def line(count: int) -> list[tuple[float, float]]:
    """Return a vertical stroke of `count` points in the middle of the pad, drawn downward."""
    return [(0.5, 0.2 + 0.6 * step / (count - 1)) for step in range(count)]


# --- display


def test_a_fast_stroke_is_smoothed(page):
    draw(page, [[(0.2, 0.2), (0.8, 0.2), (0.8, 0.8)]])
    ink = ink_on(page)
    side = len(ink)
    corner, curve = (ink[int(y * side), int(x * side)] for x, y in ((0.8, 0.2), (0.65, 0.275)))
    assert corner == 0 and curve == 255


@pytest.mark.parametrize("density", [1, 2, 3])
def test_the_canvas_has_one_pixel_per_screen_pixel(open_page, density):
    page = open_page(device_scale_factor=density)
    canvas = page.locator("#sketchpad canvas")
    assert canvas.evaluate("(it) => it.width") == pytest.approx(density * canvas.bounding_box()["width"], abs=density)


def test_with_reduced_motion_nothing_is_animated(open_page):
    page = open_page(reduced_motion="reduce")
    page.get_by_role("button", name="A two").click()
    settled(page)
    assert len(traffic(page)["sent"]) == 1  # One request for the whole drawing, not one request per stroke.
    for part in ("#answer .fill", "#sketchpad .invitation"):
        assert page.locator(part).first.evaluate("(it) => getComputedStyle(it).transitionDuration") == "0s", part


# --- fingers


def touch(session, kind: str, *points) -> None:
    session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})


def swipe(page, points: list) -> None:
    session = page.context.new_cdp_session(page)
    touch(session, "touchStart", points[0])
    for point in points[1:]:
        touch(session, "touchMove", point)
    touch(session, "touchEnd")


def test_a_finger_draws_and_does_not_scroll(open_page):
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
