"""Corrections on the page: one click stores a drawing with its label. One test is about the loading of the network."""

import pytest
from playwright.sync_api import expect

from model.corrections.store import CorrectionStore
from tests.helpers.browser import draw
from tests.helpers.corrections import delete_all
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS, number
from tests.helpers.page import digit, draw_seven, settled


@pytest.fixture
def correctable(corrections_server, open_page):
    """The page of a server that stores corrections, and the path of the file, which has no corrections yet."""
    server, path = corrections_server
    delete_all(path)
    return open_page(address=server.address), path


def labels(page):
    return page.locator("#correction .labels button")


def stored_labels(path) -> list[str]:
    return [correction.label for correction in CorrectionStore(path)]


def test_one_click_stores_the_drawing_and_confirms_it(correctable):
    page, path = correctable
    expect(labels(page)).to_have_count(11)
    assert labels(page).nth(1).is_disabled()  # Nothing is drawn yet.
    expect(page.locator("#correction .note")).to_contain_text("Stored only when you click")
    before = stored_labels(path)
    draw_seven(page)
    expect(labels(page).nth(1)).to_be_enabled()
    assert labels(page).nth(7).is_disabled()  # The network has read a 7, so 7 is not a correction.
    assert stored_labels(path) == before
    labels(page).nth(1).click()
    expect(page.locator("#correction .note")).to_have_text("Thank you. Stored as “1”.")
    assert stored_labels(path) == [*before, "1"]
    assert all(button.is_disabled() for button in labels(page).all())  # A drawing can be stored only once.
    draw(page, DIGIT_DRAWINGS[1])
    expect(page.locator("#correction .note")).to_contain_text("Stored only when you click")


def test_selecting_another_digit_does_not_allow_a_second_correction(correctable):
    page, path = correctable
    draw(page, number("74"))
    settled(page)
    digit(page).get_by_role("button").first.click()
    expect(labels(page).nth(7)).to_be_disabled()
    labels(page).nth(1).click()
    expect(page.locator("#correction .note")).to_have_text("Thank you. Stored as “1”.")
    digit(page).get_by_role("button").last.click()  # The four can still be corrected.
    expect(labels(page).nth(1)).to_be_enabled()
    digit(page).get_by_role("button").first.click()  # The seven cannot be corrected again.
    expect(page.locator("#correction .note")).to_have_text("Thank you. Stored as “1”.")
    assert all(button.is_disabled() for button in labels(page).all())


def test_a_non_digit_can_be_corrected_to_a_digit_and_a_digit_to_a_non_digit(correctable):
    page, path = correctable
    before = stored_labels(path)
    draw(page, NON_DIGIT_DRAWINGS["letter"])
    settled(page)
    expect(labels(page).nth(10)).to_be_disabled()
    labels(page).nth(4).click()
    expect(page.locator("#correction .note")).to_have_text("Thank you. Stored as “4”.")
    page.keyboard.press("Delete")
    draw_seven(page)
    labels(page).nth(10).click()
    expect(page.locator("#correction .note")).to_have_text("Thank you. Stored as “not a digit”.")
    assert stored_labels(path) == [*before, "4", "not a digit"]


def test_the_selected_digit_of_a_number_is_stored(correctable):
    page, path = correctable
    before = stored_labels(path)
    draw(page, number("74"))
    settled(page)
    expect(digit(page)).to_have_text("74")
    digit(page).get_by_role("button").first.click()
    expect(labels(page).nth(7)).to_be_disabled()
    labels(page).nth(1).click()
    expect(page.locator("#correction .note")).to_have_text("Thank you. Stored as “1”.")
    [*_, last] = CorrectionStore(path)
    assert (last.number, last.label) == ("7", "1")
    assert stored_labels(path) == [*before, "1"]


def test_a_failure_to_store_is_shown_and_the_visitor_can_try_again(correctable):
    page, path = correctable
    draw_seven(page)
    page.route("**/api/corrections", lambda route: route.fulfill(status=503, json={"detail": "The disk is full."}))
    before = stored_labels(path)
    labels(page).nth(1).click()
    expect(page.locator("#correction .note")).to_have_text("The correction was not stored. The disk is full.")
    page.unroute("**/api/corrections")
    page.route("**/api/corrections", lambda route: route.abort())
    draw_seven(page)
    labels(page).nth(1).click()
    expect(page.locator("#correction .note")).to_have_text(
        "The correction was not stored. The server does not answer. Please try again."
    )
    assert stored_labels(path) == before
    page.unroute("**/api/corrections")
    labels(page).nth(1).click()
    expect(page.locator("#correction .note")).to_have_text("Thank you. Stored as “1”.")
    assert stored_labels(path) == [*before, "1"]


def test_a_server_without_corrections_shows_no_buttons(page):
    draw_seven(page)
    expect(page.locator("#correction")).to_have_count(0)


def test_the_page_shows_that_the_network_is_loading_and_then_the_answer(open_page):
    page = open_page()
    page.evaluate("traffic.held = true")
    draw(page, DIGIT_DRAWINGS[7])
    expect(page.locator("#answer .reason")).to_contain_text("is loading")
    page.evaluate("traffic.held = false")
    expect(digit(page)).to_have_text("7", timeout=10_000)
