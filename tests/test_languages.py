"""English and 中文: the browser's language, the visitor's choice, and every word in it."""

import pytest
from browser import draw
from hand import DIGITS, OTHERS, number
from looking import digit, draw_seven, settled, traffic
from playwright.sync_api import expect

from web.components import TEXTS

ENGLISH, CHINESE = TEXTS["en"], TEXTS["zh-CN"]


@pytest.mark.parametrize("locale, text", [("en-US", ENGLISH), ("de", ENGLISH), ("zh-CN", CHINESE), ("zh-TW", CHINESE)])
def test_the_page_speaks_the_browsers_language_or_english(open_page, locale, text):
    page = open_page(locale=locale)
    expect(page.locator("#heading h1")).to_have_text(text["title"])
    expect(page).to_have_title(text["title"])
    expect(page.locator("#sketchpad .undo")).to_have_text(text["undo"])
    expect(page.locator("#examples button")).to_have_count(7)
    for section in ("steps", "compare", "about"):
        expect(page.locator(f"#{section} summary")).to_have_text(text[section])


def test_the_verdict_and_its_reason_are_said_in_chinese(open_page):
    page = open_page(locale="zh-CN")
    draw(page, DIGITS[7])
    expect(page.locator("#answer .reason")).to_have_text("这是 7。")
    expect(page.locator("#answer .certainty")).to_have_text(CHINESE["sure"])
    page.keyboard.press("Delete")
    draw(page, OTHERS["letter"])
    expect(page.locator("#answer .reason")).to_contain_text("这不像数字")
    expect(page.get_by_role("status").filter(has_text="这不像数字")).to_have_count(1)


def test_a_choice_changes_every_word_and_is_remembered(open_page):
    page = open_page(locale="en-US")
    draw_seven(page)
    page.get_by_role("button", name="中文").click()
    expect(page.locator("#answer .reason")).to_have_text("这是 7。")
    expect(page.locator("#answer .timing")).to_contain_text(CHINESE["roundTrip"])
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    expect(digit(page)).to_have_text("7")  # The drawing stays.
    page.reload()
    expect(page.locator("#heading h1")).to_have_text(CHINESE["title"])
    page.get_by_role("button", name="EN").click()
    expect(page.locator("#heading h1")).to_have_text(ENGLISH["title"])


def test_no_english_is_left_on_the_page_in_chinese(open_page):
    page = open_page(locale="zh-CN")
    draw(page, number("74"))
    settled(page)
    shown = page.locator("#heading, #stage, #below, #more").all_inner_texts()
    words = {word for part in shown for word in part.replace("\n", " ").split() if word.isascii() and word.isalpha()}
    assert words == {"EN", "PNG", "JSON"}


def test_the_pages_reasons_are_the_apis(page):
    """In English the page says what /predict says: two places write it, one in Python, one in texts.json."""
    for strokes in (DIGITS[3], OTHERS["letter"], number("74"), [*number("74")[:1], *OTHERS["smiley"]]):
        page.keyboard.press("Delete")
        draw(page, strokes)
        settled(page)
        [answer] = traffic(page)["answers"][-1]["data"]
        expect(page.locator("#answer .reason")).to_have_text(answer["reason"])
