"""A broad pen is found out, and its ink thinned; all other ink stays as it was."""

import numpy as np
import pytest
from hand import DIGITS
from PIL import Image

from model.inference.classifier import Classifier
from model.preprocessing import stroke_width
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, RESOLUTION, rasterize

STROKES = [[np.array(stroke) for stroke in strokes] for strokes in DIGITS]
HOLED = np.ones((80, 80), np.float32)
HOLED[20::40, 20::40] = 0


def drawn(digit: int, times: float) -> np.ndarray:
    return rasterize(STROKES[digit], times * NETWORK_PEN_WIDTH)


def test_depth_is_the_distance_to_the_nearest_paper():
    rng = np.random.default_rng(1)
    image = (rng.random((9, 14)) < 0.8).astype(np.float32)
    paper = np.argwhere(np.pad(image, 1) == 0) - 1
    for place in np.argwhere(image):
        nearest = np.hypot(*(paper - place).T).min()
        assert stroke_width.ink_depth(image)[tuple(place)] == pytest.approx(nearest)
    assert not stroke_width.ink_depth(image)[image == 0].any()


def test_nothing_is_deeper_than_the_reach():
    assert stroke_width.ink_depth(np.ones((100, 100))).max() == stroke_width.REACH


@pytest.mark.parametrize("times", [0.5, 1, 1.5, 2, 2.5])
@pytest.mark.parametrize("digit", [0, 1, 2, 3, 7])
def test_the_width_of_the_pen(digit, times):
    found = stroke_width.pen_width(stroke_width.ink_depth(drawn(digit, times)))
    assert found == pytest.approx(times * NETWORK_PEN_WIDTH * RESOLUTION, rel=0.25)


@pytest.mark.parametrize("digit", range(10))
@pytest.mark.parametrize("times", [0.25, 1, 1.25])
def test_what_a_usual_pen_drew_stays_as_it_was(digit, times):
    image = drawn(digit, times)
    assert stroke_width.thin(image) is image


def test_what_a_broad_pen_drew_is_narrower_and_its_ring_open():
    seven = stroke_width.thin(drawn(7, 3))
    pen = stroke_width.pen_width(stroke_width.ink_depth(seven))
    assert pen == pytest.approx(stroke_width.MAX_PEN_WIDTH * NETWORK_PEN_WIDTH * RESOLUTION, rel=0.25)
    ring = stroke_width.thin(drawn(0, 3))
    middle = tuple(side // 2 for side in ring.shape)
    assert ring[middle] == 0 and ring.max() == 1


@pytest.mark.parametrize("size", [20, 80, 300])
def test_it_is_the_same_at_any_size(size):
    image = drawn(3, 3)
    scaled = np.asarray(Image.fromarray(image).resize((size, size * image.shape[0] // image.shape[1])))
    found, expected = (stroke_width.thin(each) for each in (scaled, image))
    assert found.sum() == pytest.approx(expected.sum(), rel=0.15)


@pytest.mark.parametrize(
    "image",
    [
        np.ones((1, 1)),
        np.ones((1, 300)),
        np.ones((60, 60)),
        HOLED,
        0.01 * np.ones((50, 40)),
        np.random.default_rng(2).random((60, 60)),
        np.eye(90),
    ],
    ids=["dot", "line", "square", "square with holes", "faint", "noise", "diagonal"],
)
def test_whatever_it_is_ink_is_left(image):
    thin = stroke_width.thin(image.astype(np.float32))
    assert thin.max() > 0 and thin.min() >= 0 and thin.max() <= 1


@pytest.mark.parametrize("image", [np.zeros((0, 0)), np.zeros((30, 40))])
def test_paper_stays_paper(image):
    assert stroke_width.thin(image) is image


def test_pictures_drawn_with_a_marker_are_read():
    network = Classifier.load()
    for digit in range(10):
        image = np.pad(drawn(digit, 3), 30)
        assert network.read_picture(Image.fromarray(np.uint8(255 - 255 * image))).number == str(digit)
