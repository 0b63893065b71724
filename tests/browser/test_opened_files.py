"""Drawings that come to the pad as a whole: examples and files, undo over them, and the drawing after a reload."""

import json

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw, ready
from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN, number, payload
from tests.helpers.page import digit, draw_seven, eventually, ink_on, invitation, settled, traffic
from tests.helpers.pictures import picture_from, render, saved
from web.texts import TEXTS


def picture_file(strokes: list) -> dict:
    """Return a picture of strokes, for Playwright's `set_input_files`."""
    content = saved(picture_from(1 - render(strokes))).getvalue()
    return {"name": "picture.png", "mimeType": "image/png", "buffer": content}


def drawing_file(content: str) -> dict:
    """Return a file with a drawing, for Playwright's `set_input_files`."""
    return {"name": "drawing.json", "mimeType": "application/json", "buffer": content.encode()}


def open_file(page, file: dict) -> None:
    page.locator("#examples input[type=file]").set_input_files(files=[file])


def frames(page):
    return page.locator("#sketchpad .frames .frame")


def notice(page):
    return page.locator("#examples .notice")


def filled(text: str, values: dict[str, str]) -> str:
    """Return a text of a locale with its values."""
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


# --- saved drawings

TRANSFER = """([action, type, content]) => {
  const transfer = new DataTransfer();
  if (type === "file") transfer.items.add(new File([content], "drawing.json", { type: "application/json" }));
  else transfer.setData("text/plain", content);
  const event = action === "paste"
    ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
  if (!event.defaultPrevented) throw new Error("The browser would handle the event.");
}"""


def test_a_saved_drawing_can_be_opened_again_by_dialog_drop_and_paste(open_page, tmp_path):
    page = open_page(reduced_motion="reduce")
    draw_seven(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="JSON", exact=True).click()
    download.value.save_as(tmp_path / "drawing.json")
    strokes = traffic(page)["sent"][-1]["strokes"]
    page.keyboard.press("Delete")
    page.locator("#examples input[type=file]").set_input_files(tmp_path / "drawing.json")
    expect(digit(page)).to_have_text("7")
    eventually(page, lambda: traffic(page)["sent"][-1]["strokes"] == strokes)
    ways = [("drop", "file", "2"), ("paste", "file", "3"), ("paste", "text", "4"), ("drop", "text", "0")]
    for action, form, value in ways:
        page.evaluate(TRANSFER, [action, form, json.dumps(payload(DIGIT_DRAWINGS[int(value)]))])
        expect(digit(page)).to_have_text(value)
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("4")
    page.evaluate(TRANSFER, ["paste", "text", json.dumps(payload([[(0.5, 0.5)]] * 500))])
    settled(page)
    draw(page, DIGIT_DRAWINGS[1])
    for name in ("JSON", "Copy link"):  # Neither a file nor a link may lose strokes.
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.locator("#share .notice")).to_have_text(TEXTS["en"]["tooManyStrokes"])


def test_a_file_that_does_not_hold_a_drawing_gets_a_sentence_in_the_pages_language(open_page):
    page = open_page(locale="zh-CN")
    draw_seven(page)
    chinese = TEXTS["zh-CN"]
    for content, key, values in (
        ("seven", "drawingNoJson", {}),
        ('{"points": []}', "drawingWithoutStrokes", {}),
        (json.dumps({"strokes": [[[0.5, 0.5]]] * 1234}), "drawingStrokes", {"count": "1,234", "limit": "500"}),
        ('{"strokes": [[[0.5, 0.5], [0.5, 7]]]}', "drawingPoint", {"stroke": "1", "point": "2"}),
        (" " * 1_000_001, "drawingTooLarge", {}),
    ):
        open_file(page, drawing_file(content))
        expect(notice(page)).to_have_text(filled(chinese[key], values))
    page.get_by_role("button", name="English").click()
    expect(notice(page)).to_have_text(TEXTS["en"]["drawingTooLarge"])
    page.evaluate(TRANSFER, ["paste", "text", "Hello"])
    expect(notice(page)).to_have_text(TEXTS["en"]["drawingNoJson"])
    expect(digit(page)).to_have_text("7")  # The drawing stays.
    open_file(page, drawing_file(json.dumps(payload(DIGIT_DRAWINGS[2]))))
    expect(digit(page)).to_have_text("2")
    expect(notice(page)).to_be_hidden()


# --- examples and undo


def test_an_example_that_is_chosen_twice_is_drawn_twice_and_undone_once(page):
    draw_seven(page)
    example = page.get_by_role("button", name="A two")
    clear = page.get_by_role("button", name="Clear")
    for _ in range(2):
        before = len(traffic(page)["sent"])
        example.click()
        # The animation starts with few points. Afterwards, the whole drawing is on the pad.
        eventually(page, lambda before=before: len(traffic(page)["sent"]) > before + 3)
        expect(digit(page)).to_have_text("2")
        settled(page)
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("7")
    clear.click()
    example.click()
    expect(digit(page)).to_have_text("2")


def test_undo_and_redo_move_over_examples_pictures_files_and_clear(open_page):
    page = open_page(reduced_motion="reduce")
    draw_seven(page)
    page.get_by_role("button", name="A two").click()
    expect(digit(page)).to_have_text("2")
    open_file(page, picture_file(DIGIT_DRAWINGS[4]))
    expect(digit(page)).to_have_text("4")
    open_file(page, picture_file(DIGIT_DRAWINGS[3]))
    expect(digit(page)).to_have_text("3")
    open_file(page, drawing_file(json.dumps(payload(DIGIT_DRAWINGS[0]))))
    expect(digit(page)).to_have_text("0")
    page.keyboard.press("Delete")
    expect(digit(page)).to_have_text("")
    for value in "03427":
        page.keyboard.press("Control+z")
        expect(digit(page)).to_have_text(value)
        expect(frames(page)).to_have_count(1 if value in "34" else 0)
        assert ink_on(page).any() == (value not in "34")
    for value in "243":
        page.keyboard.press("Control+y")
        expect(digit(page)).to_have_text(value)
    expect(frames(page)).to_have_count(1)
    draw_seven(page)  # The stroke removes the picture.
    expect(page.locator("#sketchpad .photo")).to_be_hidden()
    page.keyboard.press("Control+z")
    expect(digit(page)).to_have_text("3")


# --- reload


def reload(page) -> None:
    page.reload()
    invitation(page).and_(page.locator(":not(:empty)")).wait_for(state="attached")


@pytest.mark.slow
def test_a_reload_and_a_step_back_keep_the_drawing_and_clear_forgets_it(open_page):
    page = open_page(reduced_motion="reduce")
    draw(page, number("74"))
    settled(page)
    page.get_by_role("button", name="Copy link").click()
    eventually(page, lambda: "#drawing=" in page.url)
    link = page.url
    page.evaluate("history.replaceState(null, '', './')")
    page.keyboard.press("Delete")
    draw(page, [[*DIGIT_DRAWINGS[7][0]]])
    reload(page)
    expect(digit(page)).to_have_text("7")
    [sent] = traffic(page)["sent"]
    assert sent["strokes"][0][0] == pytest.approx(DIGIT_DRAWINGS[7][0][0], abs=0.01)
    page.evaluate("location.assign('docs')")
    page.wait_for_url("**/docs")
    page.go_back()
    expect(digit(page)).to_have_text("7")
    page.evaluate("(link) => history.replaceState(null, '', link)", link)
    reload(page)
    expect(digit(page)).to_have_text("74")  # A link wins over the kept drawing.
    page.evaluate("history.replaceState(null, '', './')")
    page.keyboard.press("Delete")
    reload(page)
    settled(page)
    assert traffic(page)["sent"] == []
    expect(page.locator("#sketchpad .cleared")).to_be_empty()


def test_a_reload_keeps_a_picture_if_the_storage_has_room_for_it(open_page):
    page = open_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    open_file(page, picture_file(DIGIT_DRAWINGS[3]))
    expect(digit(page)).to_have_text("3")
    eventually(page, lambda: page.evaluate("sessionStorage.length"))
    reload(page)
    expect(digit(page)).to_have_text("3")
    expect(frames(page)).to_have_count(1)
    draw_seven(page)
    eventually(page, lambda: "strokes" in page.evaluate("Object.values(sessionStorage).join()"))
    # Without room in the storage, nothing is kept, and no older drawing either.
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError') } }")
    open_file(page, picture_file(DIGIT_DRAWINGS[4]))
    expect(digit(page)).to_have_text("4")
    reload(page)
    draw_seven(page)
    sent = traffic(page)["sent"]
    assert {len(drawing["strokes"]) for drawing in sent} == {1}
    assert errors == []


def test_the_page_works_without_session_storage(chromium, server):
    page = chromium.new_page()
    page.add_init_script(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('', 'SecurityError') } })"
    )
    errors = []
    page.on("pageerror", lambda error: errors.append(error))
    ready(page, server.address)
    draw(page, SEVEN["strokes"])
    expect(digit(page)).to_have_text("7")
    page.keyboard.press("Delete")
    expect(digit(page)).to_have_text("")
    assert errors == []
    page.close()
