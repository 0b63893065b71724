"""Corrections on the page: a digit, a digit of a number, a wrong split, undo. One test is about loading the network."""

import json

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from model.corrections.store import CorrectionStore
from tests.helpers.browser import draw
from tests.helpers.corrections import delete_all
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS, number
from tests.helpers.page import alpha, digit, draw_seven, eventually, rested
from tests.helpers.pictures import render


@pytest.fixture
def correctable(corrections_server, open_page):
    """The page of a server that stores corrections, and the path of the file, which has no corrections yet."""
    server, path = corrections_server
    delete_all(path)
    return open_page(address=server.address), path


def part(page, selector: str):
    """Return an element of the correction component."""
    return page.locator(f"#correction {selector}")


def label(page, name: str):
    return part(page, ".labels").get_by_role("button", name=name, exact=True)


def note(page, text: str) -> None:
    """Expect this text in the note, which screen readers announce."""
    expect(part(page, "[role=status]")).to_have_text(text)


def are_disabled(page) -> bool:
    return all(button.is_disabled() for button in part(page, ".labels button:visible").all())


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent || document.activeElement.tagName")


def stored(path) -> list[tuple[str, int]]:
    """Return the label and the number of strokes of each stored correction."""
    return [(correction.label, len(json.loads(correction.strokes)["strokes"])) for correction in CorrectionStore(path)]


DEFAULT_NOTE = (
    "A click teaches the page at once; what it learns stays in this browser. The server also stores the drawing, your "
    "answer, the network's answer and the time, for training, and nothing about you."
)


def test_one_click_stores_the_digit_and_confirms_it_and_another_click_undoes_it(correctable):
    page, path = correctable
    assert are_disabled(page)  # Nothing is drawn yet.
    rested(draw_seven(page))
    note(page, DEFAULT_NOTE)
    expect(label(page, "1")).to_be_enabled()
    expect(label(page, "7")).to_be_disabled()  # The network has read a 7, so 7 is not a correction.
    expect(part(page, ".choice")).to_be_hidden()
    assert stored(path) == []
    label(page, "1").click()
    note(page, "Thank you. Stored as “1”.")
    assert stored(path) == [("1", 1)]
    assert are_disabled(page)  # A drawing is stored only once.
    assert focused(page) == "1"
    part(page, ".undo").click()
    note(page, "Undone. The correction is deleted.")
    expect(part(page, ".undo")).to_be_hidden()
    assert stored(path) == [] and focused(page) == "1"
    label(page, "not a digit").click()
    note(page, "Thank you. Stored as “not a digit”.")
    draw(page, DIGIT_DRAWINGS[1])
    note(page, DEFAULT_NOTE)
    page.keyboard.press("Delete")
    draw(page, NON_DIGIT_DRAWINGS["letter"])
    rested(page)
    expect(label(page, "not a digit")).to_be_disabled()
    label(page, "4").click()
    note(page, "Thank you. Stored as “4”.")
    assert [name for name, _ in stored(path)] == ["not a digit", "4"]


def test_each_digit_of_a_number_is_corrected_with_its_own_strokes_by_keyboard(correctable):
    page, path = correctable
    draw(page, number("74"))
    rested(page)
    digits = part(page, ".digits button")
    expect(digits).to_have_count(2)
    expect(part(page, ".choice + .question")).to_have_text("Digit 2 of 2, read as 4, is:")
    assert alpha(digits.first.locator("canvas")).any()
    digits.first.focus()
    page.keyboard.press("Enter")
    expect(part(page, ".choice + .question")).to_have_text("Digit 1 of 2, read as 7, is:")
    expect(digit(page).get_by_role("button").first).to_have_attribute("aria-pressed", "true")
    assert focused(page) == "7" and label(page, "7").is_disabled()
    label(page, "1").focus()
    page.keyboard.press("Space")
    note(page, "Thank you. Digit 1 is stored as “1”.")
    assert focused(page) == "1" and are_disabled(page)
    # The page has learned: it reads a 1 now.
    expect(digits.first).to_have_accessible_name("Digit 1 of 2, read as 1, stored as “1”")
    digit(page).get_by_role("button").last.click()  # The choice above the bars counts, too.
    expect(part(page, ".choice + .question")).to_have_text("Digit 2 of 2, read as 4, is:")
    note(page, DEFAULT_NOTE)
    label(page, "9").click()
    note(page, "Thank you. Digit 2 is stored as “9”.")
    assert stored(path) == [("1", 1), ("9", 2)]
    assert [correction.number for correction in CorrectionStore(path)] == ["7", "4"]
    digits.first.click()  # The first digit cannot be corrected again, but its correction can be undone.
    note(page, "Thank you. Digit 1 is stored as “1”.")
    assert are_disabled(page)
    part(page, ".undo").focus()
    page.keyboard.press("Enter")
    note(page, "Undone. The correction is deleted.")
    assert stored(path) == [("9", 2)] and focused(page) == "1"


def test_a_wrong_split_is_corrected_with_the_whole_drawing(correctable):
    page, path = correctable
    draw(page, number("74"))
    rested(page)
    one, other, entry = part(page, ".one"), part(page, ".other"), part(page, ".entry input")
    expect(part(page, ".choice + .question")).to_have_text("Digit 2 of 2, read as 4, is:")
    one.click()
    expect(part(page, ".choice + .question")).to_have_text("The whole drawing is:")
    label(page, "not a digit").click()
    note(page, "Thank you. Stored as “not a digit”.")
    assert stored(path) == [("not a digit", 3)]
    part(page, ".digits button").first.click()  # The digits cannot be corrected against the whole drawing.
    note(page, "The whole drawing is stored as “not a digit”. Undo this first to correct its digits.")
    assert are_disabled(page)
    part(page, ".undo").click()
    note(page, "Undone. The correction is deleted.")
    other.focus()
    page.keyboard.press("Enter")
    expect(entry).to_be_focused()
    for typed, answer in [
        ("7a", "Nothing was stored. Please enter a number of 1 to 10 digits."),
        ("74", "Nothing was stored, because the answer already is 74."),
        ("714", "Thank you. Stored as “714”."),
    ]:
        entry.fill(typed)
        page.keyboard.press("Enter")
        note(page, answer)
    expect(entry).to_be_focused()
    assert stored(path) == [("714", 3)]
    part(page, ".undo").click()
    note(page, "Undone. The correction is deleted.")
    expect(entry).to_be_focused()
    page.evaluate("() => { document.activeElement.blur(); scrollTo(0, 0); }")
    page.keyboard.press("Delete")
    rested(draw_seven(page))  # Let it be a number that is read as one digit.
    expect(entry).to_be_hidden()
    part(page, ".toggle").click()
    expect(entry).to_have_value("")  # The number of the last drawing is gone.
    entry.fill("77")
    page.keyboard.press("Enter")
    note(page, "Thank you. Stored as “77”.")
    assert stored(path) == [("77", 1)]


def test_a_failure_to_store_or_to_undo_is_shown_and_the_visitor_can_try_again(correctable):
    page, path = correctable
    rested(draw_seven(page))
    page.route("**/api/corrections*", lambda route: route.fulfill(status=503, json={"detail": "The disk is full."}))
    label(page, "1").click()
    note(page, "The correction was not stored. The disk is full.")
    page.unroute("**/api/corrections*")
    page.route("**/api/corrections*", lambda route: route.abort())
    label(page, "1").click()
    note(page, "The correction was not stored. The server does not answer. Please try again.")
    assert stored(path) == []
    page.unroute("**/api/corrections*")
    label(page, "1").click()
    note(page, "Thank you. Stored as “1”.")
    page.route("**/api/corrections*", lambda route: route.abort())
    part(page, ".undo").click()
    note(page, "The correction was not deleted. The server does not answer. Please try again.")
    assert stored(path) == [("1", 1)] and focused(page) == "Undo"
    page.unroute("**/api/corrections*")
    part(page, ".undo").click()
    note(page, "Undone. The correction is deleted.")
    assert stored(path) == []


def test_undo_keeps_the_focus_if_the_page_reads_the_drawing_again_during_the_request(correctable):
    page, path = correctable
    rested(draw_seven(page))
    page.evaluate("traffic.held = true")  # After the click, the page waits for the new answer to the drawing.
    label(page, "1").click()
    note(page, "Thank you. Stored as “1”.")
    requests = []
    page.route("**/api/corrections*", lambda route: requests.append(route))
    part(page, ".undo").click()
    eventually(page, lambda: requests)
    page.evaluate("traffic.held = false")  # The new answer arrives before that of the request of “Undo”.
    expect(digit(page)).to_have_text("1")
    rested(page)
    expect(part(page, ".undo")).to_be_disabled()
    assert focused(page) == "Undo"
    requests[0].abort()
    note(page, "The correction was not deleted. The server does not answer. Please try again.")
    expect(part(page, ".undo")).to_be_enabled()
    assert stored(path) == [("1", 1)] and focused(page) == "Undo"


def test_a_picture_cannot_be_corrected_and_the_page_says_so(correctable, tmp_path):
    page, _ = correctable
    Image.fromarray(np.uint8(255 * (1 - render(DIGIT_DRAWINGS[7])))).save(tmp_path / "seven.png")
    page.locator("#examples input[type=file]").set_input_files(tmp_path / "seven.png")
    note(page, "A picture cannot be corrected, because corrections are stored as strokes.")
    assert are_disabled(page)


def test_without_corrections_on_the_server_a_click_only_teaches_the_page(page):
    draw(page, number("74"))
    rested(page)
    note(page, "A click teaches the page at once. What it learns stays in this browser.")
    expect(part(page, ".one")).to_be_visible()
    for selector in (".other", ".toggle", ".entry"):  # The page learns single digits only.
        expect(part(page, selector)).to_be_hidden()


def test_the_page_shows_that_the_network_is_loading_and_then_the_answer(open_page):
    page = open_page()
    page.evaluate("traffic.held = true")
    draw(page, DIGIT_DRAWINGS[7])
    expect(page.locator("#answer .reason")).to_contain_text("is loading")
    page.evaluate("traffic.held = false")
    expect(digit(page)).to_have_text("7", timeout=10_000)
