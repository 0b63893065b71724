"""What the tests of the page look at: its parts, its pixels, and what it asked the server."""

import base64
import io

import numpy as np
from browser import draw
from hand import DIGITS
from PIL import Image
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def settled(page):
    """Wait until every change was answered: nothing is under way, nor was for a moment."""
    page.wait_for_function("traffic.underWay === 0 && performance.now() - traffic.changed > 150")
    return page


def traffic(page) -> dict:
    return page.evaluate("traffic")


def digit(page):
    return page.locator("#answer .number")


def invitation(page):
    return page.locator("#sketchpad .invitation")


def picture_of(locator) -> np.ndarray:
    """What is on the screen there, as grey values 0…255."""
    return np.asarray(Image.open(io.BytesIO(locator.screenshot())).convert("L"))


def ink_on(page) -> np.ndarray:
    """The pad's own pixels: how much ink each holds, 0…255."""
    return alpha(page.locator("#sketchpad canvas"))


def alpha(canvas) -> np.ndarray:
    """How opaque each pixel of a canvas is, 0…255."""
    png = canvas.evaluate("(it) => it.toDataURL()").partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).getchannel("A"))


def draw_seven(page):
    draw(page, DIGITS[7])
    settled(page)
    expect(digit(page)).to_have_text("7")
