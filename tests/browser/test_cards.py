"""The picture of a drawing and its answer, which visitors can post."""

import base64
import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS, number
from tests.helpers.page import PHONE, draw_seven, module
from web.texts import TEXTS

WIDTH, HEIGHT = 1200, 630
RIGHT_HALF = (634, 1144)
"""The left and the right edge of the part with texts and bars."""

# Paint the card of each answer. Return it as PNG, with the texts on it and the box of each text in pixels.
PAINT = """async (cards) => {
  const { paintCard } = await CARD;
  const prototype = CanvasRenderingContext2D.prototype;
  const { fillText } = prototype;
  let texts = [];
  prototype.fillText = function (words, x, y) {
    const { actualBoundingBoxLeft: left, actualBoundingBoxRight: right, actualBoundingBoxAscent: up,
      actualBoundingBoxDescent: down } = this.measureText(words);
    if (words) texts.push({ words, box: [x - left, y - up, x + right, y + down] });
    fillText.call(this, words, x, y);
  };
  try {
    return cards.map(([strokes, answer]) => {
      texts = [];
      const png = paintCard(strokes, answer ?? undefined, true).toDataURL().split(",")[1];
      return { png, texts };
    });
  } finally {
    prototype.fillText = fillText;
  }
}""".replace("CARD", module("components/share/card.js"))


def reading(digit, verdict="digit", probability=0.999, no_digit=0.0) -> dict:
    probabilities = [(1 - probability) / 9] * 10
    probabilities[3 if digit is None else digit] = probability
    box = [0.0, 0.0, 0.2, 1.0]
    return {"digit": digit, "verdict": verdict, "probabilities": probabilities, "no_digit": no_digit, "box": box}


def answer(*readings) -> dict:
    """Return the answer with these readings. Its verdict is the verdict of the last reading."""
    name = "".join("?" if each["digit"] is None else str(each["digit"]) for each in readings)
    result = {"number": name, "verdict": readings[-1]["verdict"], "marks": [], "doubt": None}
    return result | {"readings": readings, "current": 0, "milliseconds": {}}


def pointed(answer: dict) -> dict:
    """Return the answer with a point behind its first digit."""
    boxes = [[0.3 * index, 0.0, 0.3 * index + 0.2, 1.0] for index in range(len(answer["readings"]))]
    readings = [shown | {"box": box} for shown, box in zip(answer["readings"], boxes, strict=True)]
    return answer | {"readings": readings, "marks": [{"kind": ".", "box": [0.23, 0.9, 0.27, 1.0]}]}


NONE = reading(None, "not a digit", 0.9, no_digit=0.93)
CARDS = {
    "sure": (DIGIT_DRAWINGS[7], answer(reading(7))),
    "unsure": (DIGIT_DRAWINGS[1], answer(reading(1, "unsure", 0.5, no_digit=0.2))),
    "not a digit": (NON_DIGIT_DRAWINGS["letter"], answer(NONE)),
    "ten digits": (number("1234567890"), answer(*(reading(digit) for digit in (*range(1, 10), 0)))),
    "ten readings without an answer": (number("0000000000"), answer(*[NONE] * 10)),
    "with a point": (number("314"), pointed(answer(reading(3), reading(1), reading(4)))),
    "blank": ([[[0.5, 0.5]]], answer(reading(None, "blank"))),
    "unread": (DIGIT_DRAWINGS[7], None),
}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_card_shows_each_kind_of_answer_without_cut_or_overlapping_text(open_page, theme):
    page = open_page(color_scheme=theme)
    pictures = {}
    for name, tag in (("English", "en"), ("简体中文", "zh-CN")):
        page.get_by_role("button", name=name).click()
        expect(page.locator("html")).to_have_attribute("lang", tag)
        cards = dict(zip(CARDS, page.evaluate(PAINT, list(CARDS.values())), strict=True))
        for kind, card in cards.items():
            pictures[tag, kind] = np.asarray(Image.open(io.BytesIO(base64.b64decode(card["png"]))).convert("L"))
            boxes = [text["box"] for text in card["texts"]]
            for left, top, right, bottom in boxes:
                assert RIGHT_HALF[0] - 6 <= left and right <= RIGHT_HALF[1] + 6 and top >= 30 and bottom <= 600, card
            for one, other in combinations(boxes, 2):
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (kind, card["texts"])
        words = {kind: " ".join(text["words"] for text in card["texts"]) for kind, card in cards.items()}
        assert words["sure"].startswith("7 >99") and TEXTS[tag]["sure"] in words["sure"]
        assert words["unsure"].startswith("1 40") and TEXTS[tag]["unsure"] in words["unsure"]
        assert words["not a digit"].startswith("? 93") and words["not a digit"].count(TEXTS[tag]["noDigit"]) >= 2
        assert words["ten digits"].startswith("1 2 3 4 5 6 7 8 9 0 ")
        assert words["with a point"].startswith("3 . 1 4 ")
        assert words["ten readings without an answer"].startswith("? " * 10)
        assert TEXTS[tag]["isBlank"] in words["blank"] and "%" not in words["blank"] + words["unread"]
        assert words["unread"].endswith(TEXTS[tag]["title"])
    for picture in pictures.values():
        assert picture.shape == (HEIGHT, WIDTH)
        assert (picture[0, 0] > 128) == (theme == "light")
    pad = pictures["en", "sure"][60:570, 60:570]
    ink = pad < 64 if theme == "light" else pad > 192
    assert 0.02 < ink.mean() < 0.2


def test_a_picture_of_the_answer_can_be_copied_or_if_this_is_not_allowed_saved(open_page, tmp_path):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    draw_seven(page)
    page.get_by_role("button", name="Copy picture").click()
    expect(page.locator("#share .card")).to_have_text("Copied")
    # A click during the request for a picture neither waits for the answer nor takes it away from the picture.
    page.evaluate("traffic.held = true")
    page.locator("#share .card").click()
    page.locator("#share .link").click()
    expect(page.locator("#share .link")).to_have_text("Copied")
    page.evaluate("traffic.held = false")
    expect(page.locator("#share .message")).to_have_text("Picture copied")
    copied = page.evaluate(
        """async () => {
          const [item] = await navigator.clipboard.read();
          const { width, height } = await createImageBitmap(await item.getType("image/png"));
          return [item.types, width, height];
        }"""
    )
    assert copied == [["image/png"], WIDTH, HEIGHT]
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new DOMException('', 'NotAllowedError')) }")
    share = page.locator("#share")
    share.locator(".card").click()
    expect(share.get_by_text("This browser does not allow the page to copy a picture.")).to_be_visible()
    expect(share.get_by_role("img", name="The drawing with its answer")).to_be_visible()
    with page.expect_download() as download:
        share.get_by_role("link", name="Save the picture").click()
    download.value.save_as(tmp_path / "card.png")
    assert download.value.suggested_filename == "digit.png"
    assert Image.open(tmp_path / "card.png").size == (WIDTH, HEIGHT)
    page.keyboard.press("Delete")
    expect(page.locator("#share .offer")).to_be_hidden()


MENU = """
window.opened = [];
navigator.canShare = () => true;
navigator.share = async ({ files: [file] }) => { opened.push([file.name, file.type, file.size > 5000]); };
"""


def test_a_phone_shares_the_picture_through_its_menu_and_the_buttons_fit_on_a_narrow_screen(open_page, tab_of):
    window = PHONE | {"viewport": {"width": 320, "height": 568}, "locale": "en-NZ"}
    tab_of(**{key: value for key, value in window.items() if key != "viewport"}).add_init_script(MENU)
    page = open_page(**window)
    draw_seven(page)
    for name in ("简体中文", "English"):
        page.get_by_role("button", name=name).click()
        boxes = [button.bounding_box() for button in page.locator("#share button").all()]
        assert len({box["y"] for box in boxes}) == len({box["height"] for box in boxes}) == 1  # One line of text.
        assert boxes[0]["x"] >= 0 and boxes[-1]["x"] + boxes[-1]["width"] <= 320
        assert min(box["height"] for box in boxes) >= 44
    page.get_by_role("button", name="Share picture").click()
    page.wait_for_function("opened.length > 0")
    assert page.evaluate("opened") == [["digit.png", "image/png", True]]
    expect(page.locator("#share .offer")).to_be_hidden()
