"""Render drawings as pictures with Pillow, and compare pictures with expected images."""

import io

import numpy as np
from PIL import Image, ImageDraw

from model.preprocessing.decoding import Source, decode
from model.preprocessing.normalization import normalize
from model.preprocessing.picture import extract
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS, Stroke

SIDE = 400
PEN = 0.05  # Width of the pen, as a fraction of the pad's side.
BLACK, WHITE = (0, 0, 0), (1, 1, 1)


def render(strokes: list[Stroke], side: int = SIDE, pen: float = PEN) -> np.ndarray:
    """Return an image of strokes, float32 (side, side), 0 paper, 1 ink. Pillow draws the image, not `rasterize`."""
    large = 4 * side
    image = Image.new("L", (large, large))
    draw, radius = ImageDraw.Draw(image), pen * large / 2
    for stroke in strokes:
        points = [(x * large, y * large) for x, y in stroke]
        draw.line(points, 255, round(2 * radius))
        for x, y in points:
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return np.asarray(image.resize((side, side), Image.Resampling.BOX), np.float32) / 255


def png(gray: np.ndarray) -> bytes:
    """Return a PNG file. gray: float (H, W), 0 black, 1 white."""
    file = io.BytesIO()
    Image.fromarray((255 * gray).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def image_of(strokes: list[Stroke]) -> np.ndarray:
    """Return the normalized image that this project computes from strokes. The pen has `render`'s default width."""
    strokes = [np.array(stroke) for stroke in strokes]
    return normalize(rasterize(strokes, PEN / np.ptp(np.concatenate(strokes), axis=0).max()))


def ink_of(source: Source) -> np.ndarray:
    """Return the ink of a picture, float32 (H, W). source: path of a picture file, a file object or a PIL image."""
    return extract(decode(source)).ink


def difference(source: Source, expected: np.ndarray) -> float:
    """Return the mean absolute difference between a picture's normalized image and the expected image (28, 28).

    The position of the digit may differ by a pixel. Therefore the function tries all shifts of the normalized image by
    at most 1 pixel in each direction, and returns the smallest difference.
    """
    image = normalize(ink_of(source))
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(np.abs(np.roll(image, move, axis=(0, 1)) - expected).mean() for move in moves)


def picture_from(values: np.ndarray) -> Image.Image:
    """Return a picture. values: between 0 and 1; gray (H, W), RGB (H, W, 3), or RGB with opacity (H, W, 4)."""
    return Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))


def colored(ink: tuple, paper: tuple, drawn: np.ndarray) -> Image.Image:
    """Return a color picture. drawn: an image from 0 (paper) to 1 (ink). ink, paper: colors, (R, G, B) from 0 to 1."""
    return picture_from(np.float32(paper) * (1 - drawn[..., None]) + np.float32(ink) * drawn[..., None])


def saved(image: Image.Image, form: str = "PNG", **options) -> io.BytesIO:
    """Return the image as a file in memory. form: a file format of Pillow. options: Pillow's options for the format."""
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


FIVE = DIGIT_DRAWINGS[5]
DRAWN = render(FIVE)
