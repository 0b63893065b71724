"""Corruptions: functions that distort a drawing as a hand, a device or an application can distort it.

The corruptions are inspired by Mu, Gilmer 2019, "MNIST-C: a robustness benchmark for computer vision". Unlike MNIST-C,
this module distorts strokes, not pixels, so it has no image noise, fog or blur. After each corruption, people can still
read nearly all drawings.

Each stroke is float (P, 2), P ≥ 1, x right, y down, in any unit. Every corruption returns strokes in the same unit and
does not change the given arrays. In this module, the size of a drawing is the longer side of the bounding box.
All constants that are lengths are fractions of this size.
"""

from collections.abc import Callable

import numpy as np

from model.preprocessing.geometry import Stroke, arc_lengths, bounding_box, interpolate, longer_side, resample

STEP = 0.02
"""Distance between neighboring points of a resampled stroke."""
JITTER_STEP = 0.05
"""Distance along a stroke between points that are shifted independently. A hand cannot shake at shorter distances."""
GAP_COUNT, GAP = 2, 0.1
POINT_DISTANCE = 0.15
"""Mean distance between neighboring points that a slow device reports."""
TOUCH_ERROR = 0.02
"""Standard deviation of the error of a point, in x and in y, on a touch screen."""
SHORT = 0.35
"""A device misses only a stroke that is shorter than this fraction of the longest stroke's length."""
STRAY_MARGIN = 0.1
"""A stray dot or line starts inside the drawing's bounding box, or at most this distance outside the box."""
STRAY_LINE = 0.2
TAIL = 0.2
HOOK = 0.08
CUT = 0.12
GRID_CELLS = 16
"""Number of cells of the coarse grid along the drawing's longer side."""
SMOOTHING = 0.2
"""Length, along the stroke, of the moving average that rounds corners."""
TOLERANCE = 0.04
"""Maximum distance of a point of the original stroke from the simplified stroke."""
TREMOR, TREMOR_WAVELENGTH = 0.02, 0.12
RETRACE_OFFSET = 0.04
"""Standard deviation of the offset of a stroke that is drawn again."""


def gaps(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Remove GAP_COUNT pieces of length GAP at random positions, as if the pen skipped."""
    resampled = _resampled(strokes, STEP)
    length = round(GAP / STEP)
    lost = np.zeros(sum(map(len, resampled)), bool)
    for start in rng.integers(len(lost), size=GAP_COUNT):
        # Each gap takes at most a quarter of the drawing's points, so that a short drawing does not vanish.
        lost[start : start + min(length, len(lost) // 4)] = True
    kept, first = [], 0
    for stroke in resampled:
        gone = lost[first : first + len(stroke)]
        pieces = np.split(np.arange(len(stroke)), np.flatnonzero(np.diff(gone)) + 1)
        kept += [stroke[piece] for piece in pieces if len(piece) and not gone[piece[0]]]
        first += len(stroke)
    return kept


def dropped_points(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Keep the two ends of each stroke and random points between the ends, as if the device were slow.

    POINT_DISTANCE is the mean distance between neighboring points that are kept.
    """
    return [stroke[_with_ends(rng.random(len(stroke)) < STEP / POINT_DISTANCE)] for stroke in _resampled(strokes, STEP)]


def coarse_touch(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Resample the strokes and add noise to each point, as if the touch screen were imprecise.

    Neighboring points are half of POINT_DISTANCE apart. The standard deviation of the noise is TOUCH_ERROR.
    """
    spread = TOUCH_ERROR * longer_side(strokes)
    return [stroke + rng.normal(0, 1, stroke.shape) * spread for stroke in _resampled(strokes, POINT_DISTANCE / 2)]


def missing_stroke(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Remove the shortest stroke, as if the device missed it, if it is shorter than SHORT × the longest stroke."""
    lengths = [_length(stroke) for stroke in strokes]
    shortest = int(np.argmin(lengths))
    if lengths[shortest] >= SHORT * max(lengths):
        return strokes
    return strokes[:shortest] + strokes[shortest + 1 :]


def stray_dot(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Add a dot on or near the drawing, as if the palm or a second finger touched the pad."""
    return [*strokes, _random_point(strokes, rng)[None]]


def stray_line(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Add a straight line of length STRAY_LINE in any direction, on or near the drawing."""
    start = _random_point(strokes, rng)
    return [*strokes, np.stack([start, start + STRAY_LINE * longer_side(strokes) * _random_direction(rng)])]


def long_tail(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Extend the end of the last stroke by a straight line of length TAIL, as if the pen left the pad late."""
    last, size = strokes[-1], longer_side(strokes)
    end = _resample_by(last, JITTER_STEP * size)[-2:]
    direction = end[-1] - end[0]
    norm = np.hypot(*direction)
    if not norm:
        return strokes
    return [*strokes[:-1], np.concatenate([last, [last[-1] + TAIL * size * direction / norm]])]


def joined_strokes(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Join all strokes into one, as if the pen did not leave the pad between strokes."""
    return [np.concatenate(strokes)]


def cut_short(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Shorten each stroke that is longer than 2 × CUT by CUT at its end, as if the pen left the pad early."""
    cut, dropped = CUT * longer_side(strokes), round(CUT / STEP)
    return [stroke[:-dropped] if _length(stroke) > 2 * cut > 0 else stroke for stroke in _resampled(strokes, STEP)]


def hooks(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Add a line of length HOOK in any direction to both ends of each stroke, as if the pen slipped."""
    hook = HOOK * longer_side(strokes)
    return [
        np.concatenate(
            [[stroke[0] + hook * _random_direction(rng)], stroke, [stroke[-1] + hook * _random_direction(rng)]]
        )
        for stroke in strokes
    ]


def coarse_grid(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Round all points to a grid with GRID_CELLS cells along the drawing's longer side, as if the pad were coarse."""
    cell = longer_side(strokes) / GRID_CELLS or 1.0
    low, _ = bounding_box(strokes)
    return [low + np.rint((stroke - low) / cell) * cell for stroke in _resampled(strokes, STEP)]


def rounded_corners(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Round all corners with a moving average of length SMOOTHING along the stroke, as if drawn in haste."""
    return [_smooth(stroke, round(SMOOTHING / STEP / 2)) for stroke in _resampled(strokes, STEP)]


def few_points(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Simplify each stroke to few points, with an error up to TOLERANCE, as if an application stored few points."""
    tolerance = TOLERANCE * longer_side(strokes)
    return [_simplify(stroke, tolerance) for stroke in strokes]


def tremor(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Add a zigzag of amplitude TREMOR and period TREMOR_WAVELENGTH to each stroke, as if the hand trembled."""
    size = longer_side(strokes)
    trembling = []
    for stroke in _resampled(strokes, STEP):
        phase = np.arange(len(stroke)) * STEP / TREMOR_WAVELENGTH + rng.random()
        triangle_wave = 4 * np.abs(phase % 1 - 0.5) - 1
        trembling.append(stroke + TREMOR * size * triangle_wave[:, None] * _normals(stroke))
    return trembling


def drawn_twice(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Add a copy of each stroke with a random offset, as if the writer drew every stroke twice.

    RETRACE_OFFSET is the standard deviation of the offset.
    """
    offset = RETRACE_OFFSET * longer_side(strokes)
    return [*strokes, *(stroke + rng.normal(0, offset, 2) for stroke in strokes)]


CORRUPTIONS: dict[str, Callable[[list[Stroke], np.random.Generator], list[Stroke]]] = {
    "gaps": gaps,
    "dropped points": dropped_points,
    "coarse touch": coarse_touch,
    "missing stroke": missing_stroke,
    "stray dot": stray_dot,
    "stray line": stray_line,
    "long tail": long_tail,
    "joined strokes": joined_strokes,
    "cut short": cut_short,
    "hooks": hooks,
    "coarse grid": coarse_grid,
    "rounded corners": rounded_corners,
    "few points": few_points,
    "tremor": tremor,
    "drawn twice": drawn_twice,
}
"""All corruptions, by name."""


def jitter(strokes: list[Stroke], amount: float, rng: np.random.Generator) -> list[Stroke]:
    """Shift the points of the strokes by random offsets.

    At positions along a stroke that are JITTER_STEP apart, the offsets are random and independent. Between these
    positions, the offsets are interpolated.
    amount: standard deviation of the random offsets in x and in y, as a fraction of the drawing's size.
    """
    size = longer_side(strokes)
    return [_jitter_stroke(stroke, amount * size, JITTER_STEP * size, rng) for stroke in strokes]


def _jitter_stroke(stroke: Stroke, spread: float, step: float, rng: np.random.Generator) -> Stroke:
    lengths = arc_lengths(stroke)
    knots = np.linspace(0, lengths[-1], _point_count(lengths[-1], step))
    # Keep the stroke's original points, so that corners stay sharp.
    positions = np.union1d(lengths, knots)
    offsets = rng.normal(0, 1, (len(knots), 2)) * spread
    return interpolate(positions, lengths, stroke) + interpolate(positions, knots, offsets)


def _length(stroke: Stroke) -> float:
    return float(arc_lengths(stroke)[-1])


def _resampled(strokes: list[Stroke], step: float) -> list[Stroke]:
    """Resample every stroke. `step`: distance between two points, as a fraction of the drawing's size."""
    return [_resample_by(stroke, step * longer_side(strokes)) for stroke in strokes]


def _resample_by(stroke: Stroke, step: float) -> Stroke:
    """Return points at equal distances along a stroke. The distance is as near to `step` as possible.

    A dot stays one point.
    """
    return resample(stroke, _point_count(_length(stroke), step))


def _point_count(length: float, step: float) -> int:
    return 1 + max(1, round(length / step)) if length else 1


def _with_ends(kept: np.ndarray) -> np.ndarray:
    kept[[0, -1]] = True
    return kept


def _random_point(strokes: list[Stroke], rng: np.random.Generator) -> np.ndarray:
    """Return a random point, (2,), in the drawing's bounding box or up to STRAY_MARGIN outside the box."""
    low, high = bounding_box(strokes)
    margin = STRAY_MARGIN * longer_side(strokes)
    return rng.uniform(low - margin, high + margin)


def _random_direction(rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _normals(stroke: Stroke) -> np.ndarray:
    """Return a unit vector at each point, (P, 2), that points to the left of the pen's direction; zeros for a dot."""
    if len(stroke) < 2:
        return np.zeros_like(stroke)
    tangents = np.gradient(stroke, axis=0)
    normals = np.stack([tangents[:, 1], -tangents[:, 0]], axis=1)
    return normals / np.maximum(np.hypot(*tangents.T), 1e-9)[:, None]


def _smooth(stroke: Stroke, reach: int) -> Stroke:
    """Replace each point by the mean of the point and its neighbors, with at most `reach` neighbors on each side.

    The mean uses as many neighbors before the point as after it. At an end of the stroke, it uses none, so the end
    does not move.
    """
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(stroke, axis=0)])
    index = np.arange(len(stroke))
    near = np.minimum(reach, np.minimum(index, len(stroke) - 1 - index))
    return (sums[index + near + 1] - sums[index - near]) / (2 * near + 1)[:, None]


def _simplify(stroke: Stroke, tolerance: float) -> Stroke:
    """Simplify a polyline with the algorithm of Ramer 1972 and of Douglas, Peucker 1973.

    First, only the two end points are kept. A straight segment connects two neighboring kept points. Of the points
    between these two, the point farthest from the segment is also kept if its distance is above `tolerance`. This is
    repeated until no point is added.
    """
    kept = np.zeros(len(stroke), bool)
    segments = [(0, len(stroke) - 1)]
    kept[[0, -1]] = True
    while segments:
        first, last = segments.pop()
        distances = _distances(stroke[first + 1 : last], stroke[first], stroke[last])
        if len(distances) and distances.max() > tolerance:
            middle = first + 1 + int(distances.argmax())
            kept[middle] = True
            segments += [(first, middle), (middle, last)]
    return stroke[kept]


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the distance of each point from the segment between `start` and `end`, (P,).

    points: float (P, 2). start, end: float (2,).
    """
    segment = end - start
    share = np.clip((points - start) @ segment / max(segment @ segment, 1e-18), 0, 1)
    return np.hypot(*(points - start - share[:, None] * segment).T)
