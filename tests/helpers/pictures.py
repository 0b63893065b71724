"""Pictures for tests: drawings rendered by Pillow, and comparison of a picture with an expected image."""

import io

import numpy as np
from PIL import Image, ImageDraw

from model.preprocessing import picture
from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS, Stroke

SIDE = 400
PEN = 0.05  # fraction of the pad's side
BLACK, WHITE = (0, 0, 0), (1, 1, 1)


def render(strokes: list[Stroke], side: int = SIDE, pen: float = PEN) -> np.ndarray:
    """Return an image of strokes, drawn by Pillow without `rasterize`: float32 (side, side), 0 paper, 1 ink."""
    large = 4 * side
    image = Image.new("L", (large, large))
    draw, radius = ImageDraw.Draw(image), pen * large / 2
    for stroke in strokes:
        points = [(x * large, y * large) for x, y in stroke]
        draw.line(points, 255, round(2 * radius))
        for x, y in points:
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return np.asarray(image.resize((side, side), Image.Resampling.BOX), np.float32) / 255


def image_of(strokes: list[Stroke]) -> np.ndarray:
    """Return the normalized image of strokes rasterized with the same pen."""
    strokes = [np.array(stroke) for stroke in strokes]
    return normalize(rasterize(strokes, PEN / np.ptp(np.concatenate(strokes), axis=0).max()))


def difference(source: picture.Source, expected: np.ndarray) -> float:
    """Return the mean absolute difference of two 28×28 images. Of the shifts by at most 1 pixel, the best counts."""
    image = normalize(picture.to_ink(source))
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(np.abs(np.roll(image, move, axis=(0, 1)) - expected).mean() for move in moves)


def picture_from(values: np.ndarray) -> Image.Image:
    """Return a picture of values from 0 to 1: gray (H, W), colors (H, W, 3), or colors with opacity (H, W, 4)."""
    return Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))


def colored(ink: tuple, paper: tuple, drawn: np.ndarray) -> Image.Image:
    """Return a picture of `drawn` in two colors. drawn: an image, 0 paper to 1 ink."""
    return picture_from(np.float32(paper) * (1 - drawn[..., None]) + np.float32(ink) * drawn[..., None])


def saved(image: Image.Image, form: str = "PNG", **options) -> io.BytesIO:
    """Return the image as a file. form: the name of a Pillow format. options: options of that format."""
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


FIVE = DIGIT_DRAWINGS[5]
DRAWN = render(FIVE)
