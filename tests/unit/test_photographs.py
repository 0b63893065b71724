"""Extraction of ink from photographs with noise, shadows, dust and lines on the paper."""

import functools

import numpy as np
import pytest
from PIL import ImageFilter

from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.pictures import BLACK, colored, difference, image_of, ink_of, picture_from, render, saved


# Effects in photographs. Each function takes an image and returns the changed image. Its parameters:
# image: float (H, W, 3).
# x, y: the coordinates of each pixel, float (H, W), from 0 to 1.
# rng: a random generator.
def _noise(image, x, y, rng):
    return image + 0.04 * rng.standard_normal(image.shape, np.float32)


def _gradient(image, x, y, rng):
    return image * (1 - 0.5 * x[..., None])


def _vignette(image, x, y, rng):
    return image * (1 - 1.1 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))[..., None]


def _shadow(image, x, y, rng):
    return image * (1 - 0.4 / (1 + np.exp((x + 0.4 * y - 0.6) / 0.03)))[..., None]


def _window_bar(image, x, y, rng):
    """Add a shadow with a hard edge across the digit."""
    return image * (1 - 0.4 / (1 + np.exp((x - 0.52) / 0.006)))[..., None]


def _hand(image, x, y, rng):
    distance = np.hypot((x - 0.9) / 0.5, (y - 1) / 0.45)
    return image * (1 - 0.4 / (1 + np.exp((distance - 1) / 0.06)))[..., None]


def _dust(image, x, y, rng):
    for row, column in rng.integers(5, 590, (25, 2)):
        image[row : row + 3, column : column + 3] *= 0.4
    image[40:56, 60:76] *= 0.4  # A crumb.
    return image


def _ruled(image, x, y, rng):
    image[::40] *= 0.8
    image[1::40] *= 0.8
    return image


HEIGHT, WIDTH = 600, 800
Y, X = np.mgrid[: 1 : HEIGHT * 1j, : 1 : WIDTH * 1j].astype(np.float32)
SENSOR_NOISE = 0.01 * np.random.default_rng(0).standard_normal((HEIGHT, WIDTH, 3), np.float32)


def photograph(digit, ink, paper, effects):
    """Return the photograph of a sheet as a JPEG file. The digit is near the middle of the sheet.

    digit: 0 to 9, or None for a blank sheet. ink, paper: colors, (R, G, B) from 0 to 1. effects: functions to apply to
    the image of the sheet, one after the other.
    The photograph also has defocus blur and sensor noise.
    """
    image, rng = sheet(digit, ink, paper).copy(), np.random.default_rng(1)
    for effect in effects:
        image = effect(image, X, Y, rng)
    image = np.asarray(picture_from(image).filter(ImageFilter.GaussianBlur(1.5)), np.float32) / 255
    return saved(picture_from(image + SENSOR_NOISE), "JPEG", quality=70)


@functools.cache
def sheet(digit, ink, paper):
    """Return the image of the sheet before any effect, float32 (HEIGHT, WIDTH, 3)."""
    strokes = [] if digit is None else DIGIT_DRAWINGS[digit]
    drawn = np.pad(render(strokes), ((90, 110), (220, 180)))
    return np.asarray(colored(ink, paper, drawn), np.float32) / 255


PEN_ON_PAPER = ((0.15, 0.15, 0.3), (0.92, 0.9, 0.85))
PENCIL = ((0.6, 0.6, 0.6), (0.92, 0.9, 0.85))
CHALK = ((0.85, 0.85, 0.8), (0.12, 0.25, 0.18))


@pytest.mark.parametrize("ink, paper", [PEN_ON_PAPER, PENCIL, CHALK])
@pytest.mark.parametrize(
    "effects",
    [
        [_noise],
        [_gradient],
        [_vignette],
        [_shadow],
        [_window_bar],
        [_hand],
        [_dust],
        [_ruled],
        [_ruled, _vignette, _hand, _noise],
    ],
    ids=lambda effects: "".join(effect.__name__ for effect in effects),
)
def test_ink_is_found_in_photographs(ink, paper, effects):
    for digit in (2, 5, 8):
        assert difference(photograph(digit, ink, paper, effects), image_of(DIGIT_DRAWINGS[digit])) < 0.035


@pytest.mark.parametrize("paper", [PEN_ON_PAPER[1], CHALK[1]])
@pytest.mark.parametrize("effect", [_noise, _gradient, _vignette, _shadow])
def test_photographs_of_blank_paper_have_no_ink(paper, effect):
    assert not ink_of(photograph(None, BLACK, paper, [effect])).any()
