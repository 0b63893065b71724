"""Examples and pictures."""

import base64
import re

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS, number
from tests.helpers.page import PHONE, attribution, digit, draw_seven, eventually, ink_on, invitation, settled, traffic
from web.texts import TEXTS

# --- examples


def test_an_example_is_drawn_stroke_by_stroke_and_read(page):
    draw_seven(page)
    page.get_by_role("button", name="The number 2026").click()
    expect(digit(page)).to_have_text("2026")
    settled(page)
    counts = [sum(map(len, sent["strokes"])) for sent in traffic(page)["sent"]]
    assert len(set(counts)) > 3  # Several states of the growing drawing were sent.
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
def test_every_example_is_read_as_its_name_says(page, name, answer):
    page.get_by_role("button", name=name).click()
    expect(digit(page)).to_have_text(answer)


def test_drawing_on_the_pad_stops_the_animation_of_an_example(page):
    page.get_by_role("button", name="A scribble").click()
    draw(page, [[(0.1, 0.1), (0.2, 0.1)]])
    settled(page)
    assert traffic(page)["sent"][-1]["strokes"][-1][0] == pytest.approx([0.1, 0.1], abs=0.01)


# --- pictures


@pytest.fixture
def photo(tmp_path):
    """photo(strokes): the path of a picture of 900×600 pixels that shows the strokes in blue on gray."""

    def photo(strokes, name="photo.jpg"):
        image = Image.new("RGB", (900, 600), (214, 208, 200))
        pen = ImageDraw.Draw(image)
        for stroke in strokes:
            pen.line([(900 * x, 900 * y - 150) for x, y in stroke], (40, 50, 110), 16, joint="curve")
        image.save(tmp_path / name)
        return tmp_path / name

    return photo


def frames(page):
    return page.locator("#sketchpad .frames .frame")


def choose_picture(page, path) -> None:
    page.locator("#examples input[type=file]").set_input_files(path)


def test_a_picture_is_shown_and_read_and_its_digits_are_framed(page, photo):
    choose_picture(page, photo(number("74")))
    expect(digit(page)).to_have_text("74")
    assert frames(page).all_inner_texts() == ["7", "4"]
    shown = page.locator("#sketchpad .photo").bounding_box()
    assert shown["width"] / shown["height"] == pytest.approx(1.5, abs=0.02)
    for frame, (left, right) in zip(frames(page).all(), ((0.05, 0.45), (0.55, 0.95)), strict=True):
        box = frame.bounding_box()
        assert shown["x"] + left * shown["width"] - 10 < box["x"]
        assert box["x"] + box["width"] < shown["x"] + right * shown["width"] + 10
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 4")
    eventually(page, lambda: attribution(page).max() > 250)


def test_the_frames_fit_a_picture_with_an_exif_rotation(page, photo, tmp_path):
    upright = Image.open(photo(number("74")))
    exif = Image.Exif()
    exif[0x0112] = 6  # This EXIF orientation means that the camera was held sideways.
    upright.rotate(90, expand=True).save(tmp_path / "sideways.jpg", exif=exif)
    choose_picture(page, tmp_path / "sideways.jpg")
    expect(digit(page)).to_have_text("74")
    shown = page.locator("#sketchpad .photo").bounding_box()
    assert shown["width"] > shown["height"]
    assert frames(page).nth(0).bounding_box()["x"] < frames(page).nth(1).bounding_box()["x"]


def test_a_picture_that_is_dropped_as_an_address_gets_a_sentence(page):
    handled = page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.setData("text/uri-list", "https://example.org/seven.png");
          return ["dragover", "drop"].map((type) => !document.body.dispatchEvent(
            new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true })));
        }"""
    )
    assert handled == [True, True]  # Otherwise, some browsers would open the address in place of the page.
    expect(page.locator("#examples .notice")).to_have_text(re.compile("Save the picture, and then drop the file here"))
    page.get_by_role("button", name="A slashed zero").click()
    expect(page.locator("#examples .notice")).to_be_hidden()


@pytest.mark.parametrize("action", ["paste", "drop"])
def test_a_picture_can_be_pasted_or_dropped(page, photo, action):
    content = base64.b64encode(photo(DIGIT_DRAWINGS[2]).read_bytes()).decode()
    page.evaluate(TRANSFER, [action, content])
    expect(digit(page)).to_have_text("2")
    expect(frames(page)).to_have_count(1)


TRANSFER = """([action, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
  const event = action === "paste"
    ? new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
  if (!event.defaultPrevented) throw new Error("The browser would open the file.");
}"""


def test_drawing_removes_the_picture(page, photo):
    choose_picture(page, photo(DIGIT_DRAWINGS[2]))
    expect(frames(page)).to_have_count(1)
    draw_seven(page)
    expect(page.locator("#sketchpad .photo")).to_be_hidden()
    expect(frames(page)).to_have_count(0)


def test_clear_removes_the_picture_and_undo_restores_it_and_the_drawing_before_it(page, photo):
    draw_seven(page)
    choose_picture(page, photo(DIGIT_DRAWINGS[2]))
    expect(digit(page)).to_have_text("2")
    assert not ink_on(page).any()
    page.get_by_role("button", name="Clear").click()
    expect(invitation(page)).to_be_visible()
    expect(digit(page)).to_have_text("")
    page.get_by_role("button", name="Undo").click()
    expect(digit(page)).to_have_text("2")
    page.get_by_role("button", name="Undo").click()
    expect(digit(page)).to_have_text("7")


def test_redo_with_nothing_to_redo_keeps_the_picture(page, photo):
    choose_picture(page, photo(DIGIT_DRAWINGS[2]))
    expect(digit(page)).to_have_text("2")
    page.keyboard.press("Control+y")
    expect(page.locator("#sketchpad .photo")).to_be_visible()
    expect(digit(page)).to_have_text("2")


def test_the_reason_why_a_picture_is_rejected_is_shown(page, photo):
    reason = page.locator("#answer .reason")
    page.route("**/api/predict_image", lambda route: route.fulfill(status=413, json={"detail": "This is too large."}))
    choose_picture(page, photo(DIGIT_DRAWINGS[2]))
    expect(reason).to_have_text("This is too large.")
    # A proxy in front of the server may answer with HTML instead of JSON.
    page.unroute("**/api/predict_image")
    page.route(
        "**/api/predict_image", lambda route: route.fulfill(status=413, body="<h1>413 Request Entity Too Large</h1>")
    )
    choose_picture(page, photo(DIGIT_DRAWINGS[3], "another.jpg"))
    expect(reason).to_contain_text("could not read this drawing or picture")


def test_a_picture_without_ink_gets_a_message(page, photo):
    choose_picture(page, photo([]))
    expect(page.locator("#answer .reason")).to_have_text(TEXTS["en"]["nothingFound"])


def test_a_file_that_is_not_a_picture_gets_a_message(page, tmp_path):
    (tmp_path / "text.png").write_text("This is not a picture.")
    choose_picture(page, tmp_path / "text.png")
    expect(page.locator("#answer .reason")).to_contain_text("This browser cannot show the file.")
    draw_seven(page)


def test_a_picture_can_be_chosen_on_a_phone(open_page, photo):
    page = open_page(**PHONE)
    choose_picture(page, photo(number("2026")))
    expect(digit(page)).to_have_text("2026")
    number_box, image_box = (page.locator(part).bounding_box() for part in ("#answer .number", "#answer .seen"))
    assert number_box["y"] + number_box["height"] <= image_box["y"]
