"""Links to drawings, and saved drawings."""

import json
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS, STYLES, number
from tests.helpers.page import digit, draw_seven, eventually, invitation, module, settled, traffic
from web.texts import TEXTS

REFUSE_CLIPBOARD = "() => { navigator.clipboard.write = () => Promise.reject(new DOMException('', 'NotAllowedError')) }"
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def address_of(page) -> str:
    return page.evaluate("location.href")


@pytest.mark.slow
def test_a_link_opens_the_same_drawing(open_page, server):
    page = open_page(**CLIPBOARD)
    draw(page, number("74"))
    settled(page)
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#share .link")).to_have_text("Copied")
    expect(page.locator("#share .message")).to_have_text("Link copied")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == address_of(page) and len(link) < 200
    expect(page.locator("#share .link")).to_have_text("Copy link")
    sent = traffic(page)["sent"][-1]["strokes"]
    other = open_page(link.removeprefix(server.address))
    expect(digit(other)).to_have_text("74")
    settled(other)
    received = traffic(other)["sent"][-1]["strokes"]
    assert [len(stroke) for stroke in received] == [len(stroke) for stroke in sent]
    np.testing.assert_allclose(np.concatenate(received), np.concatenate(sent), atol=0.0006)
    assert address_of(other) == link


def test_the_address_loses_the_link_when_the_drawing_changes_and_a_link_opens_in_the_same_tab(open_page, server):
    page = open_page()
    page.evaluate(REFUSE_CLIPBOARD)
    draw_seven(page)
    page.locator("#share .link").click()
    eventually(page, lambda: "#drawing=" in address_of(page))
    link = address_of(page)
    draw(page, [[(0.1, 0.9), (0.2, 0.9)]])
    eventually(page, lambda: address_of(page) == f"{server.address}/")
    for change in ("Delete", "Control+z"):
        page.evaluate("(hash) => { location.hash = hash }", link.partition("#")[2])
        expect(digit(page)).to_have_text("7")
        settled(page)
        assert address_of(page) == link
        page.keyboard.press(change)
        eventually(page, lambda: address_of(page) == f"{server.address}/")


def test_where_copying_is_not_allowed_the_link_is_in_a_selected_text_field(open_page):
    page = open_page()
    page.evaluate(REFUSE_CLIPBOARD)
    draw_seven(page)
    page.locator("#share .link").click()
    field = page.locator("#share").get_by_label("Copy this link:")
    expect(field).to_have_value(re.compile("#drawing="))
    expect(field).to_be_focused()
    assert field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)") == address_of(page)
    draw(page, [[(0.1, 0.9), (0.2, 0.9)]])
    expect(field).to_be_hidden()  # It would hold the link to the earlier drawing.
    # Without HTTPS, browsers have no clipboard at all.
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    settled(page)
    page.locator("#share .link").click()
    expect(field).to_be_focused()


CUT, WRONG_CHECKSUM = "=MiGwSyJPkKA5E0KnEgJlDyJKic5ejC", "=.AAAAG4S0PgZAzPsiBCjcwM"
DAMAGED = ("=", "=A", "=*", "=____", "=CgB", CUT, "=C" + "_" * 4000, WRONG_CHECKSUM, "")


def test_every_kind_of_damaged_link_is_told_and_keeps_the_drawing(open_page):
    page = open_page(f"/#drawing{DAMAGED[0]}")
    notice = page.locator("#share .notice")
    expect(notice).to_contain_text("The link cannot be opened: it is damaged")
    expect(invitation(page)).to_be_visible()
    assert traffic(page)["sent"] == [] and "#" not in address_of(page)
    draw_seven(page)
    for fragment in DAMAGED:
        page.evaluate("(hash) => { location.hash = hash }", f"drawing{fragment}")
        expect(notice).to_contain_text("The link cannot be opened: it is damaged")
        assert "#" not in address_of(page)
        expect(digit(page)).to_have_text("7")
        draw(page, [[(0.1, 0.9), (0.2, 0.9)]])
        expect(notice).to_be_hidden()
        page.keyboard.press("Control+z")
        expect(digit(page)).to_have_text("7")
        settled(page)


def test_a_link_that_is_too_long_is_refused_with_a_sentence(open_page):
    page = open_page("/#drawing=" + "CgBAAA" * 220_000, locale="zh-CN")
    expect(page.get_by_role("alert")).to_have_text(TEXTS["zh-CN"]["linkRefused"])
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("alert")).to_have_text(TEXTS["en"]["linkRefused"])
    assert "#" not in address_of(page)
    draw_seven(page)
    page.locator("#share .link").click()
    expect(page.locator("#share .notice")).to_be_hidden()


def test_a_link_of_an_earlier_version_opens(open_page):
    expect(digit(open_page("/#drawing=MgUoQoLT8LAzFwM_E0K3DoL"))).to_have_text("7")


def test_a_blank_pad_and_a_picture_offer_nothing_to_share_and_say_why(page, tmp_path):
    notice, buttons = page.locator("#share .notice"), page.locator("#share button")
    picture = tmp_path / "white.png"
    Image.new("L", (64, 64), 255).save(picture)

    def assert_refused(reason: str) -> None:
        for button in buttons.all():
            expect(button).to_have_attribute("aria-disabled", "true")
            expect(button).to_have_attribute("title", reason)
        for button in buttons.all():
            button.click(force=True)  # Playwright does not click a disabled button.
            expect(notice).to_have_text(reason)
        assert "#" not in address_of(page)

    blank = "Draw something first. Then you can share it."
    assert_refused(blank)
    draw_seven(page)
    expect(page.locator("#share [aria-disabled=false][title='']")).to_have_count(4)
    expect(notice).to_be_hidden()
    page.locator("#examples input[type=file]").set_input_files(picture)
    assert_refused("Only drawings can be shared, not pictures.")
    page.keyboard.press("Delete")
    expect(notice).to_be_hidden()
    # The answer to a picture arrives after the pad was cleared.
    held = []
    page.route("**/api/predict_image", lambda route: held.append(route))
    page.locator("#examples input[type=file]").set_input_files(picture)
    eventually(page, lambda: held)
    page.keyboard.press("Delete")
    with page.expect_response("**/api/predict_image"):
        held[0].continue_()
    page.evaluate("new Promise((done) => setTimeout(done, 200))")  # The page handles the answer.
    assert_refused(blank)
    draw_seven(page)
    expect(page.locator("#share [aria-disabled=false][title='']")).to_have_count(4)


SIMPLIFY = """async ([start, drawings]) => {
  const { decodeStrokes, linkTo } = await LINK;
  const read = async (strokes) => {
    const options = { headers: { "Content-Type": "application/json" }, body: JSON.stringify({ strokes }) };
    const response = await fetch("api/predict", { method: "POST", ...options });
    const { number, verdict } = await response.json();
    return `${number} ${verdict}`;
  };
  const results = [];
  for (const strokes of drawings) {
    const link = linkTo(start, strokes);
    const fewer = decodeStrokes(link.slice(start.length));
    results.push({
      length: link.length, before: strokes.flat().length, after: fewer.flat().length,
      answers: [await read(strokes), await read(fewer)],
    });
  }
  return results;
}""".replace("LINK", module("shared/link.js"))


def slowly_drawn(strokes: list, generator) -> list:
    """Return the strokes with a point about each 0.1 % of the pad's side, and with the tremor of a hand."""
    dense = []
    for stroke in strokes:
        length = np.hypot(*np.diff(stroke, axis=0).T).sum()
        places = np.linspace(0, len(stroke) - 1, max(2, round(1000 * length)))
        points = np.array([np.interp(places, range(len(stroke)), np.array(stroke)[:, axis]) for axis in (0, 1)]).T
        dense.append(np.clip(points + generator.normal(0, 0.0005, points.shape), 0, 1).round(4).tolist())
    return dense


def test_a_simplified_drawing_in_a_link_has_the_same_answer(page):
    generator = np.random.default_rng(0)
    start = "x" * (8192 - 1500)  # A long address leaves little space for the drawing.
    drawings = [*DIGIT_DRAWINGS, *(strokes for _, strokes in STYLES.values()), number("2026"), number("1234567890")]
    results = page.evaluate(SIMPLIFY, [start, [slowly_drawn(strokes, generator) for strokes in drawings]])
    for result in results:
        assert result["length"] <= 8192
        assert result["answers"][0] == result["answers"][1]
    assert sum(result["after"] for result in results) < sum(result["before"] for result in results) / 2
    assert [result["answers"][1] for result in results[:10]] == [f"{value} digit" for value in range(10)]


def test_the_drawing_can_be_saved_as_png_and_as_json(page, tmp_path):
    draw_seven(page)
    for name in ("PNG", "JSON"):
        with page.expect_download() as download:
            page.get_by_role("button", name=name, exact=True).click()
        download.value.save_as(tmp_path / name)
        assert download.value.suggested_filename == f"drawing.{name.lower()}"
    assert json.loads((tmp_path / "JSON").read_text()) == traffic(page)["sent"][-1]
    picture = np.asarray(Image.open(tmp_path / "PNG").convert("L"))
    assert picture.shape == (1024, 1024)
    assert picture[0, 0] == 255 and picture.min() < 30 and 0.01 < (picture < 128).mean() < 0.1
