"""The page learns from corrections, shows what it has learned, and forgets it."""

import json

import pytest
from playwright.sync_api import expect

from tests.helpers.browser import draw, ready
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import RECORD_TRAFFIC, digit, draw_seven, settled, stage_boxes, traffic

NO_STORAGE = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
"""


def part(page, selector: str):
    """Return an element of the component that shows what the page has learned."""
    return page.locator(f"#learned {selector}")


def teach(page, label: str) -> None:
    expect(page.locator("#answer .why figcaption")).to_contain_text("Why")  # The page has noticed that the pen rests.
    page.locator("#correction .labels").get_by_role("button", name=label, exact=True).click()
    expect(page.locator("#correction [role=status]")).to_have_text(f"Learned: this is “{label}”.")


def redraw(page, number: int) -> None:
    page.locator("#sketchpad .clear").click()
    page.evaluate("scrollTo(0, 0)")
    draw(page, DIGIT_DRAWINGS[number])
    settled(page)


def kept(page) -> list[str]:
    """Return the labels of the drawings that the page shows as learned."""
    return [name.removesuffix("✕") for name in part(page, ".kept button").all_text_contents()]


def test_a_correction_counts_at_once_and_after_a_reload_until_it_is_removed(open_page):
    page = open_page()
    expect(part(page, ".row")).to_be_hidden()
    draw_seven(page)
    assert "examples" not in traffic(page)["sent"][-1]  # Without examples, requests are as before.
    before = stage_boxes(page)
    teach(page, "1")
    expect(digit(page)).to_have_text("1")
    assert kept(page) == ["1"] and stage_boxes(page) == before
    page.locator("#correction .undo").click()
    expect(page.locator("#correction [role=status]")).to_have_text("Undone. The page has forgotten it.")
    expect(digit(page)).to_have_text("7")
    expect(part(page, ".row")).to_be_hidden()
    teach(page, "1")
    redraw(page, 4)
    expect(digit(page)).to_have_text("4")
    teach(page, "9")
    assert kept(page) == ["1", "9"]
    page.reload()
    expect(digit(page)).to_have_text("9")  # The drawing and what the page has learned are still there.
    assert kept(page) == ["1", "9"]
    part(page, ".kept button").first.click()
    expect(part(page, ".kept button")).to_have_count(1)
    redraw(page, 7)
    expect(digit(page)).to_have_text("7")
    redraw(page, 4)
    expect(digit(page)).to_have_text("9")
    part(page, ".all").click()
    expect(digit(page)).to_have_text("4")
    expect(part(page, ".row")).to_be_hidden()
    assert page.evaluate("localStorage.getItem('learned')") is None


def test_the_newest_five_stay_and_damaged_or_foreign_examples_are_forgotten(open_page):
    page = open_page()
    draw_seven(page)
    teach(page, "1")
    [own] = json.loads(page.evaluate("localStorage.learned"))
    old = {**own, "example": {**own["example"], "network": "0" * 12}}
    damaged = {**own, "example": {**own["example"], "weight": "much"}}
    five = [{**own, "example": {**own["example"], "label": str(number)}} for number in range(2, 7)]
    page.evaluate("learned => { localStorage.learned = learned; }", json.dumps([old, damaged, *five]))
    page.reload()
    expect(part(page, ".kept button")).to_have_count(5)
    assert kept(page) == ["2", "3", "4", "5", "6"]
    redraw(page, 9)
    teach(page, "not a digit")
    assert kept(page) == ["3", "4", "5", "6", "not a digit"]
    expect(digit(page)).to_have_text("?")
    sent = traffic(page)["sent"][-1]["examples"]
    assert len(sent) == 5 and sent[-1]["label"] == "not a digit"
    page.evaluate("learned => { localStorage.learned = learned; }", json.dumps([old]))
    page.reload()
    expect(page.locator("#sketchpad .invitation")).not_to_be_empty()
    expect(part(page, ".row")).to_be_hidden()


@pytest.fixture
def without_storage(server, chromium):
    """The page in a browser that does not allow local storage."""
    context = chromium.new_context()
    context.add_init_script(RECORD_TRAFFIC)
    context.add_init_script(NO_STORAGE)
    page = context.new_page()
    page.set_default_timeout(30_000)
    yield ready(page, server.address)
    context.close()


def test_without_storage_the_page_learns_until_it_is_left(without_storage):
    page = without_storage
    draw_seven(page)
    teach(page, "1")
    expect(digit(page)).to_have_text("1")
    expect(part(page, ".note")).to_have_text(
        "This browser does not let the page keep them. They last until you leave the page."
    )
