"""Strokes → ink: a float image, 0 = paper … 1 = ink, that normalization takes in. (Pictures: `picture.py`.)"""

import json
from collections.abc import Sequence

import numpy as np

from model.errors import InputError
from model.preprocessing.geometry import Stroke

# Width of the pen as a fraction of the drawing's longer side. MNIST's own strokes, measured as twice the area over the
# outline's length, are 2.6 pixels wide in the 20-pixel box.
NETWORK_PEN_WIDTH = 0.13
# Pixels along the drawing's longer side: four for each of the 20 that normalization keeps.
RESOLUTION = 80
# Parts of such a pixel that the pen's way is kept to, and how many of its dots are drawn at a time (10 MB).
GRID = 8
CHUNK = 4096

MAX_POINTS = 20_000
MAX_STROKES = 1_000


def parse_strokes(drawing: object) -> list[Stroke]:
    """`{"strokes": [[[x, y], …], …]}`, as an object or as JSON text → a list of strokes; empty strokes are dropped.

    Raises InputError for anything else, for coordinates that are no finite numbers, and for drawings past the limits.
    """
    if isinstance(drawing, str | bytes):
        try:
            drawing = json.loads(drawing)
        except (ValueError, RecursionError):
            raise InputError('The drawing is not JSON. Expected {"strokes": [[[x, y], …], …]}.') from None
    if not isinstance(drawing, dict) or not isinstance(drawing.get("strokes"), list):
        raise InputError('A drawing is an object {"strokes": [[[x, y], …], …]} with x and y from 0 to 1.')
    strokes = drawing["strokes"]
    if len(strokes) > MAX_STROKES:
        raise InputError(f"The drawing has {len(strokes):,} strokes; at most {MAX_STROKES:,} are read.")
    if not all(isinstance(stroke, list) for stroke in strokes):
        raise InputError("Each stroke is a list of points [x, y].")
    count = sum(map(len, strokes))
    if count > MAX_POINTS:
        raise InputError(f"The drawing has {count:,} points; at most {MAX_POINTS:,} are read.")
    return [_parse_stroke(stroke) for stroke in strokes if stroke]


def _parse_stroke(stroke: list) -> Stroke:
    # Checked by hand: NumPy would take "0.5", true and nested lists for numbers.
    for point in stroke:
        if (
            not isinstance(point, list | tuple)
            or len(point) != 2
            or not all(type(value) in (int, float) for value in point)
        ):
            raise InputError("Each point is a pair [x, y] of numbers from 0 to 1.")
    try:
        points = np.array(stroke, np.float64)
    except OverflowError:
        raise InputError(
            "A coordinate is too large for a number; expected fractions of the pad's side, 0 to 1."
        ) from None
    if not (np.abs(points) <= 1000).all():  # False for NaN, too.
        raise InputError("A coordinate is not finite or far off the pad; expected fractions of the pad's side, 0 to 1.")
    return points


def rasterize(strokes: Sequence[Stroke], pen_width: float = NETWORK_PEN_WIDTH) -> np.ndarray:
    """Draw strokes with a round pen → ink, float32 (H, W), antialiased; (0, 0) without a point.

    Position and size on the pad do not matter: the drawing's box is scaled so that its longer side takes RESOLUTION
    pixels. `pen_width` is a fraction of that side. A drawing of a single point is one dot.
    """
    strokes = [stroke for stroke in strokes if len(stroke)]
    if not strokes:
        return np.zeros((0, 0), np.float32)
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    size = np.ptp(points, axis=0)
    scale = RESOLUTION / max(size.max(), 1e-9)
    radius = pen_width * RESOLUTION / 2
    margin = int(np.ceil(radius + 0.5))
    width, height = np.ceil(size * scale).astype(int) + 2 * margin
    path = np.concatenate([_dots((stroke - low) * scale + margin) for stroke in strokes])
    distance = _distance_to_nearest(_once(path, (height, width)), (height, width), margin)
    return np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32)


def _dots(points: np.ndarray) -> np.ndarray:
    """Points along a polyline, at most a pixel apart: a round pen's edge between two of them is off by under 0.03."""
    steps = np.ceil(np.hypot(*np.diff(points, axis=0).T)).astype(int)
    position = np.concatenate([[0], np.cumsum(np.maximum(steps, 1))])
    along = np.arange(position[-1] + 1)
    return np.stack([np.interp(along, position, points[:, axis]) for axis in (0, 1)], axis=1)


def _once(dots: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Each dot once, to the GRID-th of a pixel: a scribble of 20,000 points comes by the same places over and over."""
    columns, rows = np.rint(dots * GRID).astype(int).T
    width = shape[1] * GRID
    places = np.unique(rows * width + columns)
    return np.stack([places % width, places // width], axis=1) / GRID


def _distance_to_nearest(dots: np.ndarray, shape: tuple[int, int], reach: int) -> np.ndarray:
    """Distance of each pixel's centre to the nearest dot, exact up to `reach` − 1 pixels, and `reach` at most."""
    window = np.arange(-reach, reach)
    squared = np.full(shape[0] * shape[1], float(reach) ** 2)
    for some in np.split(dots, range(CHUNK, len(dots), CHUNK)):
        corner = np.floor(some).astype(int)
        columns = corner[:, :1] + window
        rows = corner[:, 1:] + window
        across = (columns + 0.5 - some[:, :1]) ** 2
        down = (rows + 0.5 - some[:, 1:]) ** 2
        pixel = rows[:, :, None] * shape[1] + columns[:, None, :]
        np.minimum.at(squared, pixel.ravel(), (down[:, :, None] + across[:, None, :]).ravel())
    return np.sqrt(squared).reshape(shape)
