"""All networks at once: tiles with the answers of all networks, also to an image that is moved or turned."""

import re

from playwright.sync_api import expect

from model.inference import checkpoint
from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.page import PHONE, alpha, eventually, settled, traffic

MODELS = len(list(checkpoint.FOLDER.glob("*.keras")))


def test_all_networks_read_the_drawing_and_the_linear_one_fails_when_it_is_moved(page):
    networks = page.locator("#networks")
    tiles = networks.locator(".tile")
    draw(page, DIGIT_DRAWINGS[4])
    settled(page)
    eventually(page, lambda: "explain" in traffic(page)["endpoints"])
    assert "compare" not in traffic(page)["endpoints"]  # The tiles are below the window.
    networks.scroll_into_view_if_needed()
    expect(tiles.locator(".name")).to_have_count(MODELS)
    expect(tiles.last).to_contain_text(re.compile("digits.*convolutions.*4.*>99 %"), timeout=60_000)
    seen = alpha(networks.locator("canvas"))
    assert (seen == alpha(page.locator("#answer .seen canvas"))).all()
    linear = tiles.filter(has_text="softmax").filter(has_not_text="tape")
    expect(linear.locator(".says")).to_have_text("4")
    tiles.last.hover()
    expect(networks.locator(".detail")).to_contain_text("digits (convolutions): 4, >99 %. Accuracy on MNIST: 99.")
    # Moved for all networks, and back.
    button = networks.get_by_role("button", name="move")
    button.press("Enter")
    expect(linear).to_contain_text("before: 4")
    expect(tiles.last.locator(".says")).to_have_text("4")
    assert (alpha(networks.locator("canvas"))[:, :24] == seen[:, 4:]).all()
    linear.focus()
    expect(networks.locator(".detail")).to_contain_text("softmax (linear): 6")
    button.click()
    expect(linear.locator(".says")).to_have_text("4")
    # A busy server is not asked again until the next drawing.
    refuse = {"status": 503, "json": {"detail": "Try again."}, "headers": {"Retry-After": "1"}}
    page.route("**/api/compare", lambda route: route.fulfill(**refuse))
    networks.get_by_role("button", name="turn").click()
    expect(tiles.last.locator(".says")).to_be_empty()
    page.unroute_all()
    networks.get_by_role("button", name="turn").click()
    expect(tiles.last.locator(".says")).to_have_text("4")


def test_a_finger_moves_the_image_on_a_small_phone(open_page):
    page = open_page(**{**PHONE, "viewport": {"width": 320, "height": 640}})
    model = {"verdict": "digit", "probabilities": [0, 1, *[0] * 8], "no_digit": 0, "mnist": 0.92, "bytes": 30_000}
    model |= {"digit": 1, "milliseconds": 1, "probability": 1, "own": False, "kind": "linear"}
    models = [model | {"name": f"a long name of a network {index}"} for index in range(9)]
    page.route("**/api/compare", lambda route: route.fulfill(json={"models": models}))
    draw(page, DIGIT_DRAWINGS[1])
    settled(page)
    page.locator("#networks .detail").scroll_into_view_if_needed()
    expect(page.locator("#networks .tile .name")).to_have_text([model["name"] for model in models])
    page.get_by_role("button", name="move").tap()
    expect(page.locator("#networks .detail")).to_contain_text("0 of 9 networks")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for button in page.locator("#networks button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
