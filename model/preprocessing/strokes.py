"""Parse strokes and rasterize them to ink."""

import json
from collections.abc import Sequence

import numpy as np

from model.errors import InputError
from model.preprocessing.geometry import Stroke, bounding_box, interpolate, scaled

NETWORK_PEN_WIDTH = 0.13
"""Width of the pen as a fraction of the drawing's longer side. In MNIST, the longer side of a digit is 20
pixels and strokes are 2.6 pixels wide. To measure the stroke width, twice the area of the ink was divided by the length
of the ink's outline."""
RESOLUTION = 80
"""Pixels along the drawing's longer side: four times the 20 pixels to which normalization scales a drawing."""
SUBPIXELS = 8  # positions on the path of the pen are rounded to 1/SUBPIXELS of a pixel
POSITIONS_PER_CHUNK = 4096  # number of positions that are rendered at a time, which takes 10 MB of memory

MAX_POINTS = 20_000
MAX_STROKES = 1_000
MAX_COORDINATE = 1_000  # largest absolute value of a coordinate, in units of the pad's side


def parse_strokes(drawing: object) -> list[Stroke]:
    """Return the strokes of a drawing, each float64 (P, 2). Empty strokes are left out.

    drawing: `{"strokes": [[[x, y], …], …]}`, as a dictionary or as JSON text.
    Raises InputError for any other input, for coordinates that are not finite or beyond ±MAX_COORDINATE, and for
    drawings with more than MAX_STROKES strokes or MAX_POINTS points.
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
        raise InputError(f"The drawing has {len(strokes):,} strokes; at most {MAX_STROKES:,} are allowed.")
    if not all(isinstance(stroke, list) for stroke in strokes):
        raise InputError("Each stroke is a list of points [x, y].")
    count = sum(map(len, strokes))
    if count > MAX_POINTS:
        raise InputError(f"The drawing has {count:,} points; at most {MAX_POINTS:,} are allowed.")
    return [_parse_stroke(stroke) for stroke in strokes if stroke]


def _parse_stroke(stroke: list) -> Stroke:
    # Check the types here, because NumPy would also convert "0.5" and true to numbers.
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
        raise InputError("A coordinate is too large; expected fractions of the pad's side, 0 to 1.") from None
    if not (np.abs(points) <= MAX_COORDINATE).all():  # The comparison is also false for NaN.
        raise InputError("A coordinate is not finite or far off the pad; expected fractions of the pad's side, 0 to 1.")
    return points


def rasterize(strokes: Sequence[Stroke], pen_width: float = NETWORK_PEN_WIDTH) -> np.ndarray:
    """Return the ink of strokes drawn with a round pen: float32 (H, W), 0 paper, 1 ink, antialiased.

    The drawing's longer side is scaled to RESOLUTION pixels, so the position and size of the drawing on the pad have no
    effect. A drawing of a single point becomes a dot. Returns shape (0, 0) if there is no point.

    pen_width: the width of the pen, as a fraction of the drawing's longer side.
    """
    strokes = [stroke for stroke in strokes if len(stroke)]
    if not strokes:
        return np.zeros((0, 0), np.float32)
    strokes = scaled(strokes, RESOLUTION)
    radius = pen_width * RESOLUTION / 2
    margin = int(np.ceil(radius + 0.5))
    width, height = np.ceil(bounding_box(strokes)[1]).astype(int) + 2 * margin
    path = np.concatenate([_densify(stroke + margin) for stroke in strokes])
    path = _deduplicate(path, width)
    distance = _distance_to_nearest(path, (height, width), margin)
    return np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32)


def _densify(points: np.ndarray) -> np.ndarray:
    """Return points along a polyline, at most 1 pixel apart.

    The ink is made of discs around these points. With NETWORK_PEN_WIDTH, the edge of this ink is less than 0.03 pixels
    away from the edge of a continuous line.
    """
    steps = np.ceil(np.hypot(*np.diff(points, axis=0).T)).astype(int)
    knots = np.concatenate([[0], np.cumsum(np.maximum(steps, 1))])
    return interpolate(np.arange(knots[-1] + 1), knots, points)


def _deduplicate(points: np.ndarray, width: int) -> np.ndarray:
    """Round the points to 1/SUBPIXELS of a pixel and remove duplicates. This saves time for a dense scribble."""
    columns, rows = np.rint(points * SUBPIXELS).astype(int).T
    row_length = width * SUBPIXELS
    indices = np.unique(rows * row_length + columns)
    return np.stack([indices % row_length, indices // row_length], axis=1) / SUBPIXELS


def _distance_to_nearest(points: np.ndarray, shape: tuple[int, int], reach: int) -> np.ndarray:
    """Return the distance from each pixel's center to the nearest point, (H, W), in pixels.

    reach: the largest distance that is returned. Distances are exact if they are at least 1 pixel below `reach`.
    """
    window = np.arange(-reach, reach)
    squared = np.full(shape[0] * shape[1], float(reach) ** 2)
    for chunk in np.split(points, range(POSITIONS_PER_CHUNK, len(points), POSITIONS_PER_CHUNK)):
        corner = np.floor(chunk).astype(int)
        columns = corner[:, :1] + window
        rows = corner[:, 1:] + window
        across = (columns + 0.5 - chunk[:, :1]) ** 2
        down = (rows + 0.5 - chunk[:, 1:]) ** 2
        pixels = rows[:, :, None] * shape[1] + columns[:, None, :]
        np.minimum.at(squared, pixels.ravel(), (down[:, :, None] + across[:, None, :]).ravel())
    return np.sqrt(squared).reshape(shape)
