"""What is shown beside the verdict: the reasons, and the sections that are folded away."""

import json

import numpy as np
import pytest
from browser import ROOT, draw
from hand import DIGITS, OTHERS
from looking import alpha, draw_seven
from playwright.sync_api import expect

from model.evaluation import model_card
from model.inference import checkpoint

MODELS = len(list(checkpoint.FOLDER.glob("*.keras")))

# --- why


def why(page) -> np.ndarray:
    """How strongly each pixel of the picture of reasons is coloured."""
    return alpha(page.locator("#answer .why canvas"))


def test_when_the_pen_rests_the_page_shows_which_ink_decided(page):
    draw_seven(page)
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7")
    page.wait_for_timeout(500)
    seen = alpha(page.locator("#answer .seen canvas"))
    assert why(page).max() > 250
    assert not why(page)[seen == 0].any()
    page.keyboard.press("Delete")
    expect(page.locator("#answer .why figcaption")).to_have_text("")
    assert not why(page).any()


def test_a_bar_asks_why_this_and_not_that(page):
    draw_seven(page)
    page.wait_for_timeout(500)
    before = why(page)
    page.locator("#answer .bar").nth(1).click()
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7, not 1")
    page.wait_for_timeout(500)
    assert (why(page) != before).any()
    page.locator("#answer .bar").nth(1).click()
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7")


# --- every model


def test_every_model_says_what_it_makes_of_the_drawing(page):
    summary = page.get_by_text("Every model on this drawing")
    rows = page.locator("#compare tbody tr")
    expect(rows).to_have_count(0)
    draw_seven(page)
    assert not any("compare" in request for request in page.evaluate("performance.getEntries().map((e) => e.name)"))
    summary.click()
    expect(rows).to_have_count(MODELS, timeout=30_000)
    expect(rows.last.locator("td").first).to_have_text("digits")
    assert rows.locator(".says").all_inner_texts() == ["7"] * MODELS
    page.keyboard.press("Delete")
    draw(page, OTHERS["letter"])
    expect(rows.last.locator(".says")).to_have_text("none")
    assert "none" not in rows.locator(".says").all_inner_texts()[:-1]  # The tutorials' models know digits alone.
    page.keyboard.press("Delete")
    expect(page.locator("#compare .hint")).to_contain_text("Draw something")
    expect(rows).to_have_count(0)


# --- the steps to 28×28


def test_the_steps_from_the_drawing_to_28_by_28_follow_it(page):
    summary = page.get_by_text("How your drawing becomes 28 × 28")
    steps = page.locator("#steps .step")
    summary.click()
    expect(page.locator("#steps .hint")).to_contain_text("Draw something")
    draw_seven(page)
    expect(steps).to_have_count(4)
    assert steps.locator(".sizes").all_inner_texts()[2:] == ["14 × 20", "28 × 28"]
    last = steps.last.locator("canvas")
    assert np.array_equal(alpha(last), alpha(page.locator("#answer .seen canvas")))
    draw(page, DIGITS[1])  # Now the digit written last is a one.
    expect(steps.nth(2).locator(".sizes")).not_to_have_text("14 × 20")
    page.keyboard.press("Delete")
    expect(steps).to_have_count(0)


# --- about


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_network_tells_what_is_known_of_it_in_the_pages_own_colours(open_page, theme):
    page = open_page(f"/?__theme={theme}", color_scheme="light")
    page.get_by_text("About this network").click()
    facts = page.locator("#about tr")
    expect(facts.first).to_contain_text("MNIST")
    notes = json.loads((ROOT / "model" / "checkpoints" / "digits.json").read_text())
    expect(facts.first).to_contain_text(f"{notes['test']['accuracy']:.2%}".replace("%", " %"))
    pictures = page.locator("#about figure svg")
    expect(pictures).to_have_count(len(model_card.PICTURES))
    expect(page.locator("#about li")).to_have_count(4)
    text = pictures.first.locator("text").first
    assert text.evaluate("(it) => getComputedStyle(it).fill") == page.evaluate(
        "getComputedStyle(document.querySelector('#about table')).color"
    )


def test_what_is_known_comes_while_the_drawing_goes_on(page):
    page.route("**/run/about", lambda route: (page.wait_for_timeout(1000), route.continue_()))
    page.get_by_text("About this network").click()
    draw_seven(page)
    expect(page.locator("#about tr").first).to_contain_text("MNIST")


def test_folded_sections_ask_nothing(page):
    draw_seven(page)
    page.wait_for_timeout(500)
    asked = page.evaluate("performance.getEntries().map((it) => it.name).filter((it) => it.includes('/run/'))")
    assert {name.rpartition("/")[2] for name in asked} == {"predict", "explain"}
