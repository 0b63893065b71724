"""The test of ten digits: questions, result, teaching, sharing."""

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import PHONE, digit, stage_boxes


def part(page, selector: str):
    """Return an element of the test."""
    return page.locator(f"#quiz {selector}")


def task(page) -> int:
    """Return the digit that the page asks for."""
    return int(part(page, ".task strong").text_content()[-1])


def answer(page, place: int, drawn: int) -> None:
    """Draw a digit as the answer to a question. place: the number of the question, from 1."""
    expect(part(page, ".task span")).to_have_text(f"{place} of 10")
    expect(page.locator("#sketchpad .clear")).to_be_disabled()
    draw(page, DIGIT_DRAWINGS[drawn])
    part(page, ".next").click()


def take(page, wrong: int | None = None) -> list[int]:
    """Take the whole test. wrong: the question that gets a wrong digit. Return the digits that the page asked for."""
    digits = []
    for place in range(1, 11):
        expect(part(page, ".task span")).to_have_text(f"{place} of 10")
        digits.append(task(page))
        answer(page, place, (digits[-1] + 1) % 10 if place == wrong else digits[-1])
    expect(part(page, ".prompt")).to_be_hidden()
    return digits


@pytest.mark.parametrize("window", [{}, PHONE], ids=["desktop", "phone"])
def test_the_question_is_above_the_pad_and_moves_nothing(open_page, window):
    page = open_page(**window)
    part(page, "summary").click()
    page.evaluate("scrollTo(0, 0)")
    before = stage_boxes(page)
    part(page, ".start").click()
    page.wait_for_function("scrollY === 0")
    assert stage_boxes(page) == before  # The prompt covers the heading and moves nothing.
    prompt, pad = part(page, ".prompt").bounding_box(), page.locator("#sketchpad .pad").bounding_box()
    assert prompt["y"] + prompt["height"] <= pad["y"] + 1
    part(page, ".next").click()
    expect(part(page, ".task span")).to_have_text("Draw the digit first.")
    part(page, ".stop").click()
    expect(part(page, ".result")).to_be_hidden()


@pytest.mark.slow
def test_the_page_asks_for_ten_digits_reports_how_many_it_has_read_and_shares_the_result(open_page):
    page = open_page("#test=8")
    expect(part(page, ".other")).to_have_text("Somebody else has 8 of 10. And you?")
    part(page, ".start").click()
    digits = take(page, wrong=3)
    assert sorted(digits) == list(range(10))
    expect(part(page, ".score strong")).to_have_text("9 of 10")
    expect(part(page, ".other")).to_be_hidden()
    expect(part(page, ".drawing")).to_have_count(10)
    expect(part(page, ".drawing.wrong")).to_have_count(1)
    expect(part(page, ".drawing.least")).to_contain_text("least certain")
    drawn, asked = (digits[2] + 1) % 10, digits[2]
    expect(part(page, ".drawing").nth(2)).to_contain_text(f"{asked} → {drawn}")
    # The link and the picture.
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error('not allowed')); }")
    part(page, ".sharing .link").click()
    assert part(page, ".address input").input_value().endswith("/#test=9")
    part(page, ".sharing .card").click()
    picture = part(page, ".offer img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("(image) => image.naturalWidth === 1200", arg=picture.element_handle())
    part(page, ".measurements").click()
    expect(page.locator("#about .measurements")).to_be_visible()
    # The page learns the digit that it has read wrongly.
    part(page, ".teach").click()
    expect(part(page, ".drawing.wrong")).to_contain_text("Learned")
    expect(page.locator("#learned .kept button")).to_have_text(f"{asked}✕")
    page.evaluate("scrollTo(0, 0)")
    draw(page, DIGIT_DRAWINGS[drawn])
    expect(digit(page)).to_have_text(str(asked))
