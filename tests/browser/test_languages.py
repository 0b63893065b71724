"""The page in English and Chinese: the browser's language, the visitor's choice, and complete translations."""

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS, number
from tests.helpers.page import digit, draw_seven, settled, traffic
from web.texts import TEXTS

ENGLISH, CHINESE = TEXTS["en"], TEXTS["zh-CN"]


@pytest.mark.parametrize("locale, text", [("en-US", ENGLISH), ("ar", ENGLISH), ("zh-CN", CHINESE), ("zh-TW", ENGLISH)])
def test_the_page_uses_the_browsers_language_or_english(open_page, locale, text):
    page = open_page(locale=locale)
    page.evaluate("document.documentElement.lang = 'ar', document.documentElement.dir = 'rtl'")  # As Gradio may do.
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if text is CHINESE else "en")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    expect(page.locator("#heading h1")).to_have_text(text["title"])
    expect(page).to_have_title(text["title"])
    expect(page.locator("#sketchpad .undo")).to_have_text(text["undo"])
    expect(page.locator("#examples button")).to_have_count(7)
    for section in ("steps", "compare", "about"):
        expect(page.locator(f"#{section} summary")).to_have_text(text[section])


def test_the_verdict_and_its_reason_are_in_chinese(open_page):
    page = open_page(locale="zh-CN")
    draw(page, DIGIT_DRAWINGS[7])
    expect(page.locator("#answer .reason")).to_have_text("这是 7。")
    expect(page.locator("#answer .certainty")).to_have_text(CHINESE["sure"])
    page.keyboard.press("Delete")
    draw(page, NON_DIGIT_DRAWINGS["letter"])
    expect(page.locator("#answer .reason")).to_contain_text("不是数字。如果是，最像")
    expect(page.get_by_role("status").filter(has_text="不是数字。如果是，最像")).to_have_count(1)


def test_a_chosen_language_changes_the_page_and_is_remembered(open_page):
    page = open_page(locale="en-US")
    draw_seven(page)
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("#answer .reason")).to_have_text("这是 7。")
    expect(page.locator("#answer .timing")).to_contain_text(CHINESE["roundTrip"])
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    expect(digit(page)).to_have_text("7")  # The drawing stays.
    page.reload()
    expect(page.locator("#heading h1")).to_have_text(CHINESE["title"])
    page.get_by_role("button", name="English").click()
    expect(page.locator("#heading h1")).to_have_text(ENGLISH["title"])


def test_the_chinese_page_has_no_english_words(open_page):
    page = open_page(locale="zh-CN")
    draw(page, number("74"))
    settled(page)
    shown = page.locator("#heading, #stage, #below, #more").all_inner_texts()
    words = {word for part in shown for word in part.replace("\n", " ").split() if word.isascii() and word.isalpha()}
    assert words == {"English", "PNG", "JSON"}


SMALL_LETTER = [[(0.65 + 0.35 * x, 0.3 + 0.35 * y) for x, y in NON_DIGIT_DRAWINGS["letter"][0]]]
DRAWINGS_BY_REASON = (
    DIGIT_DRAWINGS[7],
    number("74"),
    NON_DIGIT_DRAWINGS["letter"],
    [[(0.22, 0.4), (0.57, 0.23), (0.28, 0.68)]],  # One digit that could be a 7 or a 1.
    [*number("74")[:1], *SMALL_LETTER],  # A digit and a letter.
)
"""One drawing for each kind of reason that the page shows."""


def test_the_page_gives_the_same_reason_as_the_api(page):
    """The API forms the reason in web/texts.py. The script of the answer component forms the reason a second time."""
    for strokes in DRAWINGS_BY_REASON:
        page.keyboard.press("Delete")
        draw(page, strokes)
        settled(page)
        answer = traffic(page)["answers"][-1]
        expect(page.locator("#answer .reason")).to_have_text(answer["reason"])
