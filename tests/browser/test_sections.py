"""The attribution beside the verdict, and the sections of the page that a visitor can unfold."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from model.evaluation import model_card
from model.inference import checkpoint
from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS
from tests.helpers.page import alpha, attribution, draw_seven, eventually, picture_of, traffic
from tests.helpers.paths import ROOT
from web.texts import TEXTS

HOSTILE_FIGURE = """<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="top.attacked = 1">
<script>top.attacked = 1; fetch("/attacked")</script><image href="/attacked.png" onerror="top.attacked = 1"/>
<foreignObject width="9" height="9"><body xmlns="http://www.w3.org/1999/xhtml"><img src="/attacked.png"
onerror="top.attacked = 1"/><iframe src="/attacked"/></body></foreignObject></svg>"""

MODELS = len(list(checkpoint.FOLDER.glob("*.keras")))

# --- attribution


def test_the_page_shows_the_attribution_when_the_pen_rests(page):
    draw_seven(page)
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7")
    eventually(page, lambda: attribution(page).max() > 250)
    image = alpha(page.locator("#answer .seen canvas"))
    assert not attribution(page)[image == 0].any()
    page.keyboard.press("Delete")
    expect(page.locator("#answer .why figcaption")).to_have_text("")
    assert not attribution(page).any()


def test_a_click_on_a_bar_compares_with_that_digit(page):
    draw_seven(page)
    eventually(page, lambda: attribution(page).max() > 250)
    before = attribution(page)
    page.locator("#answer .bar").nth(1).click()
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7, not 1")
    eventually(page, lambda: (attribution(page) != before).any())
    page.locator("#answer .bar").nth(1).click()
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7")


# --- comparison of all models


def test_the_comparison_shows_the_reading_of_every_model(open_page):
    page = open_page()
    summary = page.get_by_text("Compare all models on this drawing")
    rows = page.locator("#compare tbody tr")
    expect(rows).to_have_count(0)
    draw_seven(page)
    assert "compare" not in traffic(page)["endpoints"]
    summary.click()
    expect(rows).to_have_count(MODELS, timeout=30_000)
    expect(rows.last.locator("td").first).to_have_text("digits")
    assert rows.locator(".says").all_inner_texts() == ["7"] * MODELS
    page.keyboard.press("Delete")
    draw(page, NON_DIGIT_DRAWINGS["letter"])
    expect(rows.last.locator(".says")).to_have_text("not a digit")
    # All models except `digits`, the last row, have no output for non-digits.
    assert "not a digit" not in rows.locator(".says").all_inner_texts()[:-1]
    page.keyboard.press("Delete")
    expect(page.locator("#compare .hint")).to_contain_text("Draw something")
    expect(rows).to_have_count(0)


# --- the steps to 28×28


def test_the_steps_of_normalization_follow_the_drawing(page):
    summary = page.get_by_text("How your drawing becomes 28 × 28")
    steps = page.locator("#steps .step")
    summary.click()
    expect(page.locator("#steps .hint")).to_contain_text("Draw something")
    draw_seven(page)
    expect(steps).to_have_count(4)
    expect(steps.nth(2).locator(".sizes")).to_have_text("14 × 20")  # At first, the steps may show a part of the seven.
    expect(steps.nth(3).locator(".sizes")).to_have_text("28 × 28")
    last = steps.last.locator("canvas")
    assert np.array_equal(alpha(last), alpha(page.locator("#answer .seen canvas")))
    draw(page, DIGIT_DRAWINGS[1])  # The steps now show the digit that was drawn last, a one.
    expect(steps.nth(2).locator(".sizes")).not_to_have_text("14 × 20")
    page.keyboard.press("Delete")
    expect(steps).to_have_count(0)


# --- about


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_about_shows_measurements_and_pictures_in_the_pages_colors(open_page, theme):
    page = open_page(f"/?__theme={theme}", color_scheme="light")
    page.get_by_text("About this network").click()
    facts = page.locator("#about tr")
    expect(facts.first).to_contain_text("MNIST")
    notes = json.loads((ROOT / "model" / "checkpoints" / "digits.json").read_text())
    expect(facts.first).to_contain_text(f"{notes['test']['accuracy']:.2%}".replace("%", " %"))
    pictures = page.locator("#about figure img")
    expect(pictures).to_have_count(len(model_card.PICTURES))
    expect(page.locator("#about li")).to_have_count(4)
    for picture in pictures.all():
        assert picture.evaluate("async (it) => (await it.decode(), it.naturalWidth)") > 100
        assert picture.get_attribute("alt")
    # The background is the most frequent gray value.
    shown = picture_of(pictures.first)
    background = np.bincount(shown.ravel()).argmax()
    assert background > 250 if theme == "light" else background < 30
    ink = shown.min() if theme == "light" else shown.max()
    assert abs(int(ink) - int(background)) > 150


def test_no_id_occurs_twice(page):
    draw_seven(page)
    page.get_by_text("About this network").click()
    expect(page.locator("#about figure")).to_have_count(len(model_card.PICTURES))
    ids = page.locator("[id]").evaluate_all("(all) => all.map((it) => it.id)")
    assert len(ids) == len(set(ids))


def test_a_figure_cannot_run_a_script(open_page, server):
    page = open_page()
    urls = []
    page.on("request", lambda request: urls.append(request.url))
    about = {"facts": [], "pictures": dict.fromkeys(model_card.PICTURES, HOSTILE_FIGURE)}
    page.route("**/api/about", lambda route: route.fulfill(json=about))
    page.get_by_text("About this network").click()
    pictures = page.locator("#about figure img")
    expect(pictures).to_have_count(len(model_card.PICTURES))
    for picture in pictures.all():
        assert picture.evaluate("async (it) => (await it.decode(), it.naturalWidth)") == 9
    page.wait_for_timeout(300)
    assert page.evaluate("window.attacked") is None
    assert [url for url in urls if "attacked" in url] == []


def test_a_visitor_can_draw_while_about_loads(open_page):
    page = open_page()
    held = []
    page.route("**/api/about", lambda route: held.append(route))
    page.get_by_text("About this network").click()
    eventually(page, lambda: held)
    draw_seven(page)
    held[0].continue_()
    expect(page.locator("#about tr").first).to_contain_text("MNIST")


def test_what_cannot_be_loaded_says_so_and_is_loaded_when_the_connection_is_back(open_page):
    page = open_page(locale="en-US")
    draw_seven(page)
    page.route(re.compile("/api/(about|compare|steps)$|/zh-CN.json$"), lambda route: route.abort())
    sections = ("steps", "compare", "about")
    for section in sections:
        page.locator(f"#{section} summary").click()
        expect(page.locator(f"#{section} .hint")).to_have_text("The server does not answer. The page keeps trying.")
    page.get_by_role("button", name="简体中文").click()
    expect(page.locator("#heading .missing")).to_have_text("简体中文 cannot be loaded. The page keeps trying.")
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#heading h1")).to_have_text(TEXTS["zh-CN"]["title"])
    expect(page.locator("#heading .missing")).to_be_hidden()
    expect(page.locator("#steps .step")).to_have_count(4)
    expect(page.locator("#about tr").first).to_contain_text("MNIST")
    expect(page.locator("#compare tbody tr")).to_have_count(MODELS, timeout=30_000)
    for section in sections:
        expect(page.locator(f"#{section} .hint")).to_be_empty()


def test_folded_sections_send_no_requests(page):
    draw_seven(page)
    eventually(page, lambda: attribution(page).max() > 250)  # An open section would have sent a request by now.
    assert set(traffic(page)["endpoints"]) == {"predict", "explain"}
