"""Extraction of ink from pictures of any color, pen and size."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, ImageFilter

from model.preprocessing.decoding import WORKING_PIXELS, WORKING_SIDE, decode
from model.preprocessing.normalization import normalize
from model.preprocessing.parts import parts
from model.preprocessing.picture import extract
from model.preprocessing.segmentation import MAX_MARKS
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.pictures import (
    BLACK,
    DRAWN,
    FIVE,
    SIDE,
    WHITE,
    colored,
    difference,
    image_of,
    ink_of,
    picture_from,
    render,
    saved,
)


def layer(color, drawn):
    """Return a picture in one color. The opacity of each pixel is the value, 0 to 1, of this pixel in `drawn`."""
    return picture_from(np.dstack([np.broadcast_to(color, (*drawn.shape, 3)), drawn]))


@pytest.mark.parametrize("digit", range(10))
def test_a_picture_of_strokes_gives_the_same_image_as_the_strokes(digit):
    image = colored(BLACK, WHITE, render(DIGIT_DRAWINGS[digit]))
    assert difference(saved(image), image_of(DIGIT_DRAWINGS[digit])) < 0.012


@pytest.mark.parametrize(
    "ink, paper",
    [
        (WHITE, BLACK),
        (BLACK, (0.2, 0.2, 0.2)),  # Gradio's sketchpad in dark mode.
        ((0.9, 0.26, 0.3), (0.3, 0.59, 0.3)),  # A red and a green of equal luminance.
        ((1, 1, 0), (0, 0, 0.8)),
        ((0.1, 0.1, 0.9), (1, 1, 0.2)),
        ((1, 1, 0.2), WHITE),
        ((0.85, 0.85, 0.85), WHITE),
    ],
)
def test_ink_and_paper_can_have_any_colors(ink, paper):
    assert difference(colored(ink, paper, DRAWN), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("color", [BLACK, WHITE, (1, 0, 0)])
def test_ink_on_a_transparent_background_is_found(color):
    assert difference(saved(layer(color, DRAWN)), image_of(FIVE)) < 0.012


def test_transparent_corners_of_a_sheet_are_paper():
    alpha = np.ones((SIDE, SIDE))
    alpha[:40, :40] = alpha[-40:, -40:] = 0
    sheet = np.dstack([1 - DRAWN, 1 - DRAWN, 1 - DRAWN, alpha])
    sheet[alpha == 0] = 0
    assert difference(picture_from(sheet), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("pen", [0.01, 0.02, 0.1, 0.16])
def test_pens_can_be_thin_or_wide(pen):
    strokes = [np.array(stroke) for stroke in FIVE]
    size = np.ptp(np.concatenate(strokes), axis=0).max()
    image = colored(BLACK, WHITE, render(FIVE, pen=pen))
    assert difference(image, normalize(rasterize(strokes, pen / size))) < 0.015


def test_a_blurred_drawing_is_not_blank():
    assert difference(picture_from(1 - DRAWN).filter(ImageFilter.GaussianBlur(8)), image_of(FIVE)) < 0.1


@pytest.mark.parametrize("ink, paper", [((0.9, 0.26, 0.3), (0.3, 0.59, 0.3)), ((0.6, 0.6, 0.6), (0.92, 0.9, 0.85))])
def test_paper_and_ink_can_be_dithered(ink, paper):
    assert difference(colored(ink, paper, DRAWN).convert("P"), image_of(FIVE)) < 0.015


@pytest.mark.parametrize("side, bound", [(48, 0.05), (100, 0.03), (800, 0.012), (2000, 0.012)])
def test_pictures_can_have_any_size(side, bound):
    assert difference(picture_from(1 - render(FIVE, side)), image_of(FIVE)) < bound


@pytest.mark.parametrize("shape", [(400, 3000), (3000, 400)])
def test_a_digit_on_a_long_strip_is_found(shape):
    strip = np.ones(shape)
    top, left = (min(length - SIDE, 1200) for length in shape)
    strip[top : top + SIDE, left : left + SIDE] -= DRAWN
    assert difference(picture_from(strip), image_of(FIVE)) < 0.04


def test_a_picture_cropped_to_the_ink_is_read():
    ink_box = picture_from(DRAWN).getbbox()
    for image in (picture_from(DRAWN), picture_from(1 - DRAWN)):
        assert difference(image.crop(ink_box), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("times", [5, 10])
def test_a_small_crop_that_was_enlarged_is_read(times):
    crop = picture_from(1 - DRAWN).crop(picture_from(DRAWN).getbbox())
    small = crop.resize((round(20 * crop.width / crop.height), 20), Image.Resampling.BOX)
    image = small.resize((small.width * times, small.height * times), Image.Resampling.BICUBIC)
    assert difference(image, image_of(FIVE)) < 0.05


def row_of(shares):
    """Return a noisy picture of a row of fives, cropped to the row. shares: the contrast of each five."""
    box = picture_from(DRAWN).getbbox()
    five = np.pad(DRAWN[box[1] : box[3], box[0] : box[2]], ((0, 0), (0, 40)))[::2, ::2]
    row = 1 - 0.9 * np.hstack([share * five for share in shares])
    return picture_from(np.clip(row + np.random.default_rng(0).normal(0, 0.02, row.shape), 0, 1)), five.shape[1]


def test_no_digit_is_lost_from_a_row_that_fades():
    image, width = row_of(np.linspace(0.4, 1, 8))
    ink = ink_of(image)
    assert all(ink[:, i * width : (i + 1) * width].max() > 0.9 for i in range(8))


@pytest.mark.parametrize("width, is_kept, num_lost", [(10, True, 0), (8, False, 1), (5, False, 0)])
def test_an_upright_bar_at_the_edge_is_a_one_if_its_pen_is_as_broad_as_the_other_pens(width, is_kept, num_lost):
    y, x = np.mgrid[:140, :300]
    zeros = [
        (np.hypot((x - left) / 30, (y - 70) / 40) < 1) & (np.hypot((x - left) / 20, (y - 70) / 30) > 1)
        for left in (120, 210)
    ]
    bar = (x >= 3) & (x < 3 + width) & (abs(y - 70) < 38)
    found = extract(1 - np.float32(np.logical_or.reduce([bar, *zeros]))[:, :, None])
    assert (bool(found.ink[bar].all()), len(found.lost)) == (is_kept, num_lost)


def test_a_pale_digit_at_the_end_of_a_row_is_read_or_reported_as_lost():
    for share in (0.25, 0.3, 0.35, 0.4, 0.5, 0.6):
        image, width = row_of([share, 1, 1, 1])
        found = extract(decode(image))
        assert found.ink[:, :width].max() > 0.9 or len(found.lost)


def test_pieces_of_a_thin_stroke_are_one_part():
    ink = np.zeros((40, 40))
    ink[5:35, 20] = 1
    ink[31:33, 20] = 0.3
    assert len(parts(ink)) == 1


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (28, 28), (1, 5000), (5000, 1)])
def test_a_picture_of_one_color_has_no_ink(mode, size):
    for color in (0, 1, 255):
        assert not ink_of(Image.new("L", size, color).convert(mode)).any()


@pytest.mark.parametrize("alpha", [0, 77])
def test_a_transparent_picture_has_no_ink(alpha):
    assert not ink_of(Image.new("RGBA", (50, 50), (10, 200, 30, alpha))).any()


channels = st.sampled_from([(), (3,), (4,)])
pixels = st.tuples(array_shapes(min_dims=2, max_dims=2, max_side=40), channels).flatmap(
    lambda parts: arrays(np.uint8, parts[0] + parts[1])
)


@given(pixels)
def test_any_pixels_give_ink_from_0_to_1(values):
    ink = ink_of(Image.fromarray(values))
    assert ink.dtype == np.float32 and ink.shape == values.shape[:2]
    assert np.isfinite(ink).all() and ink.min() >= 0 and ink.max() <= 1
    assert np.isfinite(normalize(ink)).all()


@pytest.mark.parametrize("size", [(5000, 1), (321, 3000), (1000, 1000), (1, 1_000_000), (3844, 425)])
def test_large_pictures_are_reduced_to_the_working_size(size):
    height, width = ink_of(Image.new("L", size)).shape
    assert height * width <= WORKING_PIXELS and max(height, width) <= WORKING_SIDE
    assert height * width > 0.97 * WORKING_PIXELS or max(height, width) == WORKING_SIDE
    assert width / height == pytest.approx(size[0] / size[1], rel=0.02) or min(height, width) == 1


@pytest.mark.parametrize("size, form, seconds", [((1000, 1000), "PNG", 0.3), ((6000, 4000), "JPEG", 3)])
def test_a_large_picture_is_read_within_the_time_limit(size, form, seconds):
    file = saved(colored(BLACK, WHITE, DRAWN).resize(size), form)
    start = time.process_time()  # CPU time, because other processes do not change it. Usually a tenth of `seconds`.
    ink_of(file)
    assert time.process_time() - start < seconds


@pytest.mark.parametrize("count, masks", [(MAX_MARKS, MAX_MARKS), (MAX_MARKS + 1, 1), (4096, 1)])
def test_a_picture_with_very_many_parts_is_one_part(count, masks):
    paper = np.ones((320, 320, 1), np.float32)
    for number in range(count):
        top, left = 5 * (number // 64), 5 * (number % 64)
        paper[top : top + 2, left : left + 2] = 0
    assert len(parts(extract(paper).ink)) == masks
