"""Parse strokes and rasterize them to ink."""

import json
from collections.abc import Sequence

import numpy as np

from model.errors import InputError
from model.preprocessing.distance import SUBPIXELS, distance_to_nearest
from model.preprocessing.geometry import Stroke, bounding_box, interpolate, path_length, scaled

NETWORK_PEN_WIDTH = 0.13
"""Width of the pen as a fraction of the drawing's longer side. In MNIST, the longer side of a digit is 20
pixels and strokes are 2.6 pixels wide. To measure the stroke width, twice the area of the ink was divided by the length
of the ink's outline."""
RESOLUTION = 80
"""Pixels along the drawing's longer side: four times the 20 pixels to which normalization scales a drawing."""
MAX_POSITIONS = 80_000
"""If the path of the pen has more positions at a distance of 1 pixel, the distance grows to at most MAX_STEP pixels. A
digit has about 300 positions, and 80,000 positions cover the whole image several times."""
MAX_STEP = 4

MAX_POINTS = 12_000
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
    step = float(np.clip(path_length(strokes) / MAX_POSITIONS, 1, MAX_STEP))
    path = np.concatenate([_densify(stroke + margin, step) for stroke in strokes])
    columns, rows = np.rint(path * SUBPIXELS).astype(int).T
    distance = distance_to_nearest(columns, rows, (height, width), margin)
    return np.clip(radius + 0.5 - distance, 0, 1).astype(np.float32)


def _densify(points: np.ndarray, step: float) -> np.ndarray:
    """Return positions along a polyline, at most `step` pixels apart.

    The ink is made of discs around these positions. With NETWORK_PEN_WIDTH and a step of 1 pixel, the edge of this ink
    is less than 0.03 pixels away from the edge of a continuous line. With 4 pixels, it is less than 0.5 pixels away.
    """
    steps = np.ceil(np.hypot(*np.diff(points, axis=0).T) / step).astype(int)
    knots = np.concatenate([[0], np.cumsum(np.maximum(steps, 1))])
    return interpolate(np.arange(knots[-1] + 1), knots, points)
