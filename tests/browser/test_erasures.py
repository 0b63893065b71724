"""What if a piece were missing: erased blocks, the comparison of two digits, and the ink that moves into the image."""

import re

import numpy as np
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import PHONE, digit, draw_seven, eventually, ink_on, settled, traffic

LEAD = re.compile(r"^4 leads the rest by (\d+\.\d)\.$")


COLORS = """(all) => all.map((it) =>
  ({ against: it.classList.contains("against"), strength: it.style.getPropertyValue("--strength") }))"""


def draw_four_and_open(page) -> dict:
    """Draw a 4 and open the section. Return the answer of /occlusion."""
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    assert "occlusion" not in traffic(page)["endpoints"]
    with page.expect_response("**/api/occlusion") as occlusion:
        page.locator("#erasures summary").click()
    expect(page.locator("#erasures .lead")).to_have_text(LEAD)
    return occlusion.value.json()


def test_each_block_says_what_the_answer_would_be_without_it_and_a_click_erases_it(page):
    section = page.locator("#erasures")
    lead, without, blocks = section.locator(".lead"), section.locator(".without"), section.locator(".block")
    found = draw_four_and_open(page)
    expect(lead).to_have_text(f"4 leads the rest by {found['score']:.1f}.")
    strongest = int(np.argmin(found["erased"]))
    expect(blocks.nth(strongest)).to_have_class(re.compile("marked"))
    shown = f"Without the marked piece, 4 leads by {found['score'] + found['erased'][strongest]:.1f}."
    expect(without).to_have_text(shown)
    signs = blocks.all_inner_texts()
    for sign, change in zip(signs, found["erased"], strict=True):
        assert sign == ("" if abs(change) < 1 else "+" if change < 0 else "−")
    assert {"", "+"} <= set(signs)
    # The mouse and the arrow keys go from block to block.
    blocks.nth(0).hover()
    expect(without).to_have_text("There is no ink in this block.")
    blocks.nth(strongest - 1).focus()
    page.keyboard.press("ArrowRight")
    expect(blocks.nth(strongest)).to_be_focused()
    expect(blocks.nth(strongest)).to_have_attribute(
        "aria-label", f"Row {strongest // 7 + 1}, column {strongest % 7 + 1}. {shown}"
    )
    # The block is really erased, and comes back with undo.
    whole = ink_on(page)
    page.keyboard.press("Enter")
    eventually(page, lambda: (ink_on(page) < whole).any())
    settled(page)
    assert (ink_on(page) > whole).sum() < 0.02 * (whole > 0).sum()  # Only the round ends at the cuts are new.
    assert 0.03 < 1 - ink_on(page).sum() / whole.sum() < 0.3
    assert len(traffic(page)["sent"][-1]["strokes"]) == 3
    whole_lead = f"4 leads the rest by {found['score']:.1f}."
    expect(lead).not_to_have_text(whole_lead)
    page.get_by_role("button", name="Undo").click()
    expect(lead).to_have_text(whole_lead)
    assert np.array_equal(ink_on(page), whole)
    # A busy server is not asked again until the next drawing.
    refuse = {"status": 503, "json": {"detail": "Try again."}, "headers": {"Retry-After": "1"}}
    page.route("**/api/occlusion", lambda route: route.fulfill(**refuse))
    page.keyboard.press("Delete")
    draw_seven(page)
    section.locator("summary").scroll_into_view_if_needed()
    expect(section.locator(".hint")).to_contain_text("The server is busy.")
    expect(section.locator(".panel")).to_be_hidden()
    page.unroute_all()
    # Ink against the answer is hatched, with another sign. A small change has no sign.
    made = {"score": 3.0, "erased": [-8.0, 2.5, 0.4, *[0.0] * 46], "added": None}
    page.route("**/api/occlusion", lambda route: route.fulfill(json=made))
    draw(page, [[(0.4, 0.5), (0.65, 0.5)]])
    section.locator("summary").scroll_into_view_if_needed()
    expect(lead).to_have_text("7 leads the rest by 3.0.")
    assert blocks.all_inner_texts() == ["+", "−", *[""] * 47]
    shown = [(row["against"], row["strength"]) for row in blocks.evaluate_all(COLORS)[:4]]
    assert shown == [(False, "1.000"), (True, "0.313"), (True, "0.050"), (False, "0.000")]


def test_a_comparison_says_by_how_much_a_digit_leads_and_which_piece_it_needs_most(page):
    draw_four_and_open(page)
    with page.expect_response("**/api/occlusion") as occlusion:
        page.locator("#answer .bar").nth(9).click()
    reason = page.locator("#answer .reason")
    expect(reason).to_have_text(re.compile("^4 leads 9 by"))
    found = occlusion.value.json()
    index = int(np.argmin(found["erased"]))
    rest = found["score"] + found["erased"][index]
    leader = 4 if rest >= 0 else 9
    expect(reason).to_have_text(
        f"4 leads 9 by {found['score']:.1f}. Without the marked piece, {leader} leads by {abs(rest):.1f}."
    )
    frame, piece = (page.locator(f"#answer .why {part}").bounding_box() for part in (".frame", ".piece"))
    side = frame["width"] / 7
    assert (
        round((piece["x"] - frame["x"]) / side) == index % 7 and round((piece["y"] - frame["y"]) / side) == index // 7
    )
    # Rings mark the blocks without ink where a dot would help the 9 most.
    dot = min((i for i in range(49) if found["erased"][i] == 0), key=lambda i: found["added"][i])
    block = page.locator("#erasures .block").nth(dot)
    block.scroll_into_view_if_needed()
    expect(block.locator(".dot")).to_be_visible()
    block.hover()
    expect(page.locator("#erasures .without")).to_have_text(
        re.compile("^With a dot in the marked place, [49] leads by")
    )
    page.locator("#answer .bar").nth(9).click()
    expect(reason).to_have_text("This is 4.")
    expect(page.locator("#answer .piece")).to_be_hidden()


COUNT_FLIGHTS = """() => {
  window.flights = [];
  const animate = Element.prototype.animate;
  Element.prototype.animate = function (frames, options) {
    if (this.className === "arriving-ink") flights.push(options.duration);
    return animate.call(this, frames, options);
  };
}"""


def test_after_the_first_stroke_the_ink_moves_once_into_the_image_of_the_network(open_page):
    page = open_page(**PHONE)
    page.evaluate(COUNT_FLIGHTS)
    for _ in range(2):
        draw_seven(page)
        eventually(page, lambda: page.evaluate("flights.length") > 0)
        page.keyboard.press("Delete")
        settled(page)
    assert page.evaluate("flights") == [300]
    expect(page.locator(".arriving-ink")).to_have_count(0)
    # A finger erases a piece on a phone.
    draw_seven(page)
    page.locator("#erasures summary").tap()
    whole = ink_on(page)
    block = page.locator("#erasures .block.marked")
    block.tap()
    eventually(page, lambda: (ink_on(page) < whole).any())
    assert min(block.bounding_box()["width"], block.bounding_box()["height"]) >= 40
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert digit(page).count() == 1


def test_with_reduced_motion_the_ink_does_not_move(open_page):
    page = open_page(reduced_motion="reduce")
    page.evaluate(COUNT_FLIGHTS)
    draw_seven(page)
    eventually(page, lambda: "explain" in traffic(page)["endpoints"])
    assert page.evaluate("flights") == []
