"""Read the page in tests: its elements, its pixels, and its requests to the server."""

import base64
import io

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from tests.helpers.browser import draw
from tests.helpers.drawings import DIGIT_DRAWINGS

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def settled(page):
    """Wait until every change is answered: no request is pending, and none was for 150 ms."""
    page.wait_for_function("traffic.pending === 0 && performance.now() - traffic.changed > 150")
    return page


def traffic(page) -> dict:
    """Return the requests that `conftest.COUNT_REQUESTS` has recorded."""
    return page.evaluate("traffic")


def digit(page):
    return page.locator("#answer .number")


def invitation(page):
    return page.locator("#sketchpad .invitation")


def picture_of(locator) -> np.ndarray:
    """Return what an element shows on the screen, as gray values, uint8 (H, W)."""
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("L"))


def ink_on(page) -> np.ndarray:
    """Return the ink on the pad's canvas, uint8 (H, W)."""
    return alpha(page.locator("#sketchpad canvas"))


def alpha(canvas) -> np.ndarray:
    """Return the opacity of a canvas, uint8 (H, W)."""
    png = canvas.evaluate("(it) => it.toDataURL()").partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).getchannel("A"))


def draw_seven(page):
    draw(page, DIGIT_DRAWINGS[7])
    settled(page)
    expect(digit(page)).to_have_text("7")
