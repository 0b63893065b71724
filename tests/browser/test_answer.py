"""The answer: its bars, its percentages, long numbers, the attribution with its caption, and requests that fail."""

import base64
import io
import itertools

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.helpers.browser import draw, ready
from tests.helpers.drawings import DIGIT_DRAWINGS, number
from tests.helpers.page import alpha, attribution, digit, draw_seven, eventually, settled, traffic

IMAGE = base64.b64encode(bytes(28 * 28)).decode()


def reading(value: int | None, verdict="digit", probability=0.9, no_digit=0.0, second=3) -> dict:
    """Return a reading of the API. probability, second: the probability of the digit, and the digit with the rest."""
    first = 8 if value is None else value
    probabilities = [0.0] * 10
    probabilities[first], probabilities[second] = probability, 1 - probability
    shown = {"digit": value, "verdict": verdict, "probabilities": probabilities, "no_digit": no_digit}
    return shown | {"reason": "", "image": IMAGE, "box": [0, 0, 1, 1], "strokes": [0]}


def answers_with(page, *readings: dict) -> None:
    """Let the server answer the next drawings with these readings."""
    verdicts = [each["verdict"] for each in readings]
    answer = {
        "number": "".join("?" if each["digit"] is None else str(each["digit"]) for each in readings),
        "verdict": next(each for each in ("not a digit", "unsure", "digit") if each in verdicts),
        "reason": "",
        "readings": readings,
        "marks": [],
        "doubt": None,
        "current": len(readings) - 1,
        "milliseconds": {"ink": 1.0, "normalization": 1.0, "network": 1.0},
        "version": "1.0",
    }
    page.unroute_all()
    page.route("**/api/predict", lambda route: route.fulfill(json=answer))


def read_again(page) -> None:
    """Draw a point, and wait until its answer is shown."""
    draw(page, [[(0.5, 0.5)]])
    settled(page)


def figures(page) -> list[int]:
    """Return the percentages of the bars."""
    return [int(bar.get_attribute("aria-valuenow")) for bar in page.get_by_role("meter").all()]


# --- bars and percentages


def test_the_bars_show_the_probability_of_each_digit_and_of_not_being_a_digit(page):
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    [shown] = traffic(page)["answers"][-1]["readings"]
    expected = [(1 - shown["no_digit"]) * each for each in shown["probabilities"]] + [shown["no_digit"]]
    assert sum(figures(page)) == 100
    np.testing.assert_allclose(figures(page), 100 * np.array(expected), atol=1)
    expect(page.locator("#answer .bar .name").last).to_contain_text("not a digit")


def test_all_percentages_agree_with_the_bars(page):
    bars, percent, reason = (page.locator(f"#answer {part}") for part in (".figure .long", ".percent", ".reason"))
    answers_with(page, reading(8, "unsure", 0.85, no_digit=0.125))
    read_again(page)
    expect(percent).to_have_text("74 %")  # 0.85 · 0.875 = 74.4 %, 0.15 · 0.875 = 13.1 % and 12.5 %
    expect(reason).to_have_text("This could be 8 or 3.")
    expect(page.locator("#answer .spoken")).to_have_text("This could be 8 or 3. 74 % unsure")
    assert [bars.nth(index).inner_text() for index in (8, 3, 10)] == ["74 %", "13 %", "13 %"]
    model = reading(8, "unsure", 0.85, no_digit=0.125) | {"name": "digits", "mnist": 1, "bytes": 1, "milliseconds": 1}
    models = [model | {"own": False, "no_digit": 0}, model | {"own": True}]  # Two checkpoints can have the same name.
    page.route("**/api/compare", lambda route: route.fulfill(json={"models": models}))
    page.locator("#compare summary").click()
    expect(page.locator("#compare tr.own td").nth(2)).to_have_text("74 %")
    expect(page.locator("#compare tr[aria-current=true]")).to_have_count(1)
    answers_with(page, reading(None, "not a digit", 0.97, no_digit=0.7))
    read_again(page)
    expect(percent).to_have_text("70 %")
    expect(bars.last).to_have_text("70 %")
    expect(reason).to_have_text("Not a digit. If it were one: 8.")
    page.locator("#answer .bar").last.click()  # Only the bar of a digit starts a comparison.
    expect(page.locator("#answer .contrast")).to_have_count(0)
    page.locator("#answer .bar").nth(3).click()
    expect(page.locator("#answer .contrast .name")).to_have_text("3")


def test_a_number_shows_the_probability_of_the_selected_digit_and_none_of_its_own(page):
    answers_with(page, reading(2), reading(None, "not a digit", no_digit=0.7), reading(6, probability=0.98))
    read_again(page)
    expect(digit(page)).to_have_text("2?6")
    for index, text in ((2, "6: 98 % sure"), (1, "?: 70 % not a digit"), (0, "2: 90 % sure")):
        digit(page).get_by_role("button").nth(index).click()
        expect(page.locator("#answer .figures")).to_have_text(text)
    digit(page).get_by_role("button").nth(2).press("Enter")
    expect(digit(page).get_by_role("button").nth(2)).to_be_focused()
    # An attribution that arrives late does not take back the visitor's choice.
    held = []
    page.route("**/api/explain", lambda route: held.append(route))
    digit(page).get_by_role("button").nth(1).click()
    eventually(page, lambda: held)
    digit(page).get_by_role("button").nth(2).click()
    held[0].fulfill(json={"evidence": IMAGE})
    eventually(page, lambda: len(held) > 1)
    expect(page.locator("#answer .figures")).to_have_text("6: 98 % sure")
    expect(page.locator("#answer .reason")).to_have_text("Position 2 of 2?6: Not a digit. If it were one: 8.")


def test_a_drawn_point_is_shown_between_the_digits_narrower_than_they_are_and_cannot_be_selected(page):
    draw(page, [*number("314"), [(0.37, 0.67)]])
    settled(page)
    expect(digit(page)).to_have_text("3.14")
    expect(page.locator("#answer .reason")).to_have_text("This is 3.14.")
    assert [button.inner_text() for button in digit(page).get_by_role("button").all()] == ["3", "1", "4"]
    sign, one = (page.locator(f"#answer {part}").first.bounding_box() for part in (".sign", ".digit"))
    assert 0.3 * one["width"] < sign["width"] < 0.7 * one["width"]


def test_a_network_without_an_output_for_non_digits_has_ten_bars(tab_of, server):
    page = tab_of()
    page.route(
        f"{server.address}/",
        lambda route: route.fulfill(body=route.fetch().text().replace('"rejects":true', '"rejects":false')),
    )
    ready(page, f"{server.address}/")
    draw_seven(page)
    assert len(figures(page)) == 10 and sum(figures(page)) == 100
    page.unroute_all()


# --- layout

# The box of each text, bar and picture of the answer, by name: left, top, right, bottom. The box of a text has the
# width of the text, which can be wider than its element.
BOXES = """() => Object.fromEntries([
  ...document.querySelectorAll(`#answer :is(.digit, .percent, .certainty, .reason, figcaption, .legend span, .timing,
    .name, .figure, .track, .frame)`),
].map((element, index) => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const isText = !element.matches(".track, .frame");
  const { left, right } = (isText ? range : element).getBoundingClientRect();
  const { top, bottom } = element.getBoundingClientRect();
  return [`${index} ${element.className} ${element.textContent}`, [left, top, right, bottom]];
}).filter(([, [left, , right]]) => right > left))"""
PLACES = """() => ["#sketchpad .pad", "#answer .seen", "#answer .why", "#answer .bars", "#answer .timing", "#below"]
  .map((part) => document.querySelector(part).getBoundingClientRect())
  .map(({ x, y, width }) => [x, y, width])"""


def overlaps(page) -> list:
    """Return the pairs of texts, bars and pictures of the answer that overlap, and what is outside the window."""
    boxes, width = page.evaluate(BOXES), page.evaluate("innerWidth")
    assert len(boxes) > 30
    outside = [name for name, (left, _, right, _) in boxes.items() if left < 0 or right > width]
    return outside + [
        (one, other)
        for (one, a), (other, b) in itertools.combinations(boxes.items(), 2)
        if min(a[2], b[2]) - max(a[0], b[0]) > 0.5 and min(a[3], b[3]) - max(a[1], b[1]) > 2
    ]


@pytest.mark.slow
def test_ten_digits_fit_at_every_width_in_both_languages_and_nothing_moves(open_page):
    page = open_page()
    unsure = [reading(value, "unsure", 0.5, second=value + 1) for value in range(9)]
    not_digit, perhaps = (reading(None, "not a digit", no_digit=each) for each in (0.5, 0.3))
    for width, height in ((320, 640), (390, 844), (700, 600), (960, 720), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        page.keyboard.press("Delete")
        expect(page.locator("#answer .legend")).to_be_hidden()
        places = page.evaluate(PLACES)
        for shown, readings in (("012345678?", [*unsure, not_digit]), ("?", [perhaps])):
            answers_with(page, *readings)
            draw(page, [[(0.5, 0.5)]])
            expect(digit(page)).to_have_text(shown)
            expect(page.locator("#answer .legend")).to_be_visible()
            for language in ("简体中文", "English"):
                page.get_by_role("button", name=language).click()
                assert overlaps(page) == [], (language, width, height)
                assert page.evaluate(PLACES) == places, (language, width, height)
            for button in digit(page).get_by_role("button").all():
                box = button.bounding_box()
                assert min(box["width"], box["height"]) >= 24, (width, height)


# --- attribution


def test_ink_against_the_answer_is_hatched_and_the_caption_changes_together_with_the_picture(page):
    caption, legend = (page.locator(f"#answer .why {part}") for part in ("figcaption", ".legend"))
    draw_seven(page)
    expect(caption).to_have_text("Why 7")
    expect(legend).to_have_text("for against")
    hatched, is_orange = hatching(page)
    assert hatched.any() and np.array_equal(hatched, is_orange)
    seven = attribution(page)
    held = []
    page.route("**/api/explain", lambda route: held.append(route))
    page.locator("#answer .bar").nth(1).click()
    eventually(page, lambda: held)
    expect(caption).to_have_text("Why 7")
    assert np.array_equal(attribution(page), seven)
    held[-1].continue_()
    expect(caption).to_have_text("Why 7, not 1")
    assert not np.array_equal(attribution(page), seven)
    page.keyboard.press("Delete")
    expect(caption).to_have_text("")
    expect(legend).to_be_hidden()
    assert not attribution(page).any()


def hatching(page) -> tuple[np.ndarray, np.ndarray]:
    """Return for each clearly visible pixel of the attribution whether it is hatched, and whether it is orange."""
    png = page.locator("#answer .why canvas").evaluate("(it) => it.toDataURL()").partition(",")[2]
    image = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))), int)
    blocks = image.reshape(28, 8, 28, 8, 4).swapaxes(1, 2).reshape(28 * 28, 64, 4)
    red, _, blue, opacity = np.moveaxis(blocks[blocks[..., 3].max(axis=1) > 100], 2, 0)
    strongest = opacity.argmax(axis=1)[:, None]
    is_orange = np.take_along_axis(red - blue, strongest, axis=1)[:, 0] > 0
    return np.ptp(opacity, axis=1) > 0, is_orange


# --- requests that fail


@pytest.mark.parametrize("failure", ["refused", "offline"])
def test_a_picture_without_an_answer_does_not_keep_the_last_answer(page, tmp_path, failure):
    Image.new("L", (300, 300), 255).save(tmp_path / "paper.png")
    draw_seven(page)
    expect(page.locator("#answer .why figcaption")).to_have_text("Why 7")
    refuse = {"status": 413, "json": {"detail": "This is too large."}}
    page.route(
        "**/api/predict_image",
        lambda route: route.fulfill(**refuse) if failure == "refused" else route.abort(),
    )
    page.locator("#examples input").set_input_files(tmp_path / "paper.png")
    message = "This is too large." if failure == "refused" else "The server does not answer."
    expect(page.locator("#answer .reason")).to_contain_text(message)
    assert page.locator("#answer .figure .long").all_inner_texts() == [""] * 11
    assert page.locator("#answer :is(.number, .percent, .why figcaption, .timing)").all_text_contents() == [""] * 4
    assert not alpha(page.locator("#answer .seen canvas")).any() and not attribution(page).any()
    page.unroute_all()
