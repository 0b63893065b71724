"""“It was a …”: one click keeps a drawing, and nothing is kept without it. And the page while the network warms up."""

import browser
import pytest
from browser import draw
from hand import DIGITS, OTHERS, number
from looking import digit, draw_seven, settled
from playwright.sync_api import expect

from model.corrections.store import CorrectionStore


@pytest.fixture(scope="module")
def teachable(tmp_path_factory):
    """(A server that keeps corrections, the path of their file.)"""
    path = tmp_path_factory.mktemp("kept") / "corrections.sqlite"
    with browser.serving(environment={"CORRECTIONS": str(path)}) as running:
        yield running, path


@pytest.fixture
def school(teachable, open_page):
    server, path = teachable
    return open_page(address=server.address), path


def labels(page):
    return page.locator("#teach .labels button")


def kept(path) -> list[str]:
    return [correction.label for correction in CorrectionStore(path)]


def test_one_click_keeps_the_drawing_and_says_so(school):
    page, path = school
    expect(labels(page)).to_have_count(11)
    assert labels(page).nth(1).is_disabled()  # Nothing is drawn yet.
    expect(page.locator("#teach .note")).to_contain_text("nothing without a click")
    before = kept(path)
    draw_seven(page)
    expect(labels(page).nth(1)).to_be_enabled()
    assert labels(page).nth(7).is_disabled()  # That is what was read.
    assert kept(path) == before
    labels(page).nth(1).click()
    expect(page.locator("#teach .note")).to_have_text("Thank you. Kept as 1.")
    assert kept(path) == [*before, "1"]
    assert all(button.is_disabled() for button in labels(page).all())  # Once.
    draw(page, DIGITS[1])
    expect(page.locator("#teach .note")).to_contain_text("nothing without a click")


def test_a_look_at_a_bar_lets_nothing_be_kept_twice(school):
    page, path = school
    draw(page, number("74"))
    settled(page)
    digit(page).get_by_role("button").first.click()
    expect(labels(page).nth(7)).to_be_disabled()
    labels(page).nth(1).click()
    expect(page.locator("#teach .note")).to_have_text("Thank you. Kept as 1.")
    digit(page).get_by_role("button").last.click()  # The four may be taught yet, …
    expect(labels(page).nth(1)).to_be_enabled()
    digit(page).get_by_role("button").first.click()  # … the seven no more.
    expect(page.locator("#teach .note")).to_have_text("Thank you. Kept as 1.")
    assert all(button.is_disabled() for button in labels(page).all())


def test_what_was_refused_may_be_a_digit_after_all_and_a_digit_none(school):
    page, path = school
    draw(page, OTHERS["letter"])
    settled(page)
    expect(labels(page).nth(10)).to_be_disabled()
    labels(page).nth(4).click()
    expect(page.locator("#teach .note")).to_have_text("Thank you. Kept as 4.")
    page.keyboard.press("Delete")
    draw_seven(page)
    labels(page).nth(10).click()
    expect(page.locator("#teach .note")).to_have_text("Thank you. Kept as not a digit.")
    assert kept(path)[-2:] == ["4", "not a digit"]


def test_of_a_number_the_digit_that_is_looked_at_is_kept(school):
    page, path = school
    draw(page, number("74"))
    settled(page)
    expect(digit(page)).to_have_text("74")
    digit(page).get_by_role("button").first.click()
    expect(labels(page).nth(7)).to_be_disabled()
    labels(page).nth(1).click()
    expect(page.locator("#teach .note")).to_have_text("Thank you. Kept as 1.")
    [*_, last] = CorrectionStore(path)
    assert (last.number, last.label) == ("7", "1")


def test_what_could_not_be_kept_is_said(school):
    page, path = school
    draw_seven(page)
    page.route("**/run/correct", lambda route: route.fulfill(status=422, json={"error": "There is no room left."}))
    before = kept(path)
    labels(page).nth(1).click()
    expect(page.locator("#teach .note")).to_have_text("It could not be kept: There is no room left.")
    page.unroute("**/run/correct")
    page.route("**/run/correct", lambda route: route.abort())
    draw_seven(page)
    labels(page).nth(1).click()
    expect(page.locator("#teach .note")).to_have_text("It could not be kept: the server does not answer")
    assert kept(path) == before


def test_where_nothing_is_kept_nobody_is_asked(page):
    draw_seven(page)
    expect(page.locator("#teach")).to_have_count(0)


def test_while_the_network_warms_up_the_page_says_so_and_then_answers(page):
    page.evaluate("traffic.delay = 2500")  # The first answer comes late.
    draw(page, DIGITS[7])
    expect(page.locator("#answer .reason")).to_contain_text("warming up")
    page.evaluate("traffic.delay = 0")
    expect(digit(page)).to_have_text("7", timeout=10_000)
