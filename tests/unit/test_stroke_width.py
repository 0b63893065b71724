"""Estimation of the pen's width, thinning of wide strokes, and broadening of fine strokes."""

import numpy as np
import pytest
from PIL import Image

from model.preprocessing import stroke_width
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, RESOLUTION, rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS

STROKES = [[np.array(stroke) for stroke in strokes] for strokes in DIGIT_DRAWINGS]
SQUARE_WITH_HOLES = np.ones((80, 80), np.float32)
SQUARE_WITH_HOLES[20::40, 20::40] = 0


def drawn(digit: int, times: float) -> np.ndarray:
    return rasterize(STROKES[digit], times * NETWORK_PEN_WIDTH)


def test_depth_is_the_distance_to_the_nearest_paper_pixel():
    rng = np.random.default_rng(1)
    image = (rng.random((9, 14)) < 0.8).astype(np.float32)
    paper = np.argwhere(np.pad(image, 1) == 0) - 1
    for pixel in np.argwhere(image):
        nearest = np.hypot(*(paper - pixel).T).min()
        assert stroke_width.ink_depth(image)[tuple(pixel)] == pytest.approx(nearest)
    assert not stroke_width.ink_depth(image)[image == 0].any()


@pytest.mark.parametrize("times", [0.5, 1, 1.5, 2, 2.5])
@pytest.mark.parametrize("digit", [0, 1, 2, 3, 7])
def test_the_estimated_pen_width_is_within_25_percent(digit, times):
    found = stroke_width.pen_width(stroke_width.ink_depth(drawn(digit, times)))
    assert found == pytest.approx(times * NETWORK_PEN_WIDTH * RESOLUTION, rel=0.25)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("times", [1, 1.25])
def test_ink_of_a_normal_pen_is_unchanged(digit, times):
    image = drawn(digit, times)
    assert stroke_width.adjust(image) is image


def test_ink_of_a_wide_pen_is_thinned_and_its_loop_opens():
    seven = stroke_width.adjust(drawn(7, 3))
    pen = stroke_width.pen_width(stroke_width.ink_depth(seven))
    assert pen == pytest.approx(stroke_width.MAX_PEN_WIDTH * NETWORK_PEN_WIDTH * RESOLUTION, rel=0.25)
    ring = stroke_width.adjust(drawn(0, 3))
    middle = tuple(side // 2 for side in ring.shape)
    assert ring[middle] == 0 and ring.max() == 1


@pytest.mark.parametrize("times", [0.3, 0.5, 0.7])
@pytest.mark.parametrize("digit", [0, 1, 3, 7])
def test_ink_of_a_fine_pen_is_broadened_to_nearly_the_width_that_the_network_expects(digit, times):
    fine = drawn(digit, times)
    broad = stroke_width.adjust(fine)
    pen = stroke_width.pen_width(stroke_width.ink_depth(broad))
    assert pen == pytest.approx(stroke_width.MIN_PEN_WIDTH * NETWORK_PEN_WIDTH * RESOLUTION, rel=0.4)


@pytest.mark.parametrize("size", [20, 80, 300])
def test_thinning_does_not_depend_on_the_size_of_the_picture(size):
    image = drawn(3, 3)
    scaled = np.asarray(Image.fromarray(image).resize((size, size * image.shape[0] // image.shape[1])))
    found, expected = (stroke_width.adjust(each) for each in (scaled, image))
    assert found.sum() == pytest.approx(expected.sum(), rel=0.15)


@pytest.mark.parametrize(
    "image",
    [
        np.ones((1, 1)),
        np.ones((1, 300)),
        np.ones((60, 60)),
        SQUARE_WITH_HOLES,
        0.01 * np.ones((50, 40)),
        np.random.default_rng(2).random((60, 60)),
        np.eye(90),
    ],
    ids=["dot", "line", "square", "square with holes", "faint", "noise", "diagonal"],
)
def test_thinning_never_removes_all_ink(image):
    thin = stroke_width.adjust(image.astype(np.float32))
    assert thin.max() > 0 and thin.min() >= 0 and thin.max() <= 1


@pytest.mark.parametrize("image", [np.zeros((0, 0)), np.zeros((30, 40))])
def test_an_image_without_ink_is_unchanged(image):
    assert stroke_width.adjust(image) is image
