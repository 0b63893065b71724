"""What can happen to a drawing between hand and file: each a small function, strokes and chance → strokes.

In the manner of Mu, Gilmer 2019, "MNIST-C: a robustness benchmark for computer vision", but made of what a sketchpad
can meet; noise, fog and blur cannot come in with strokes. Each is as strong as an unlucky drawing, not as strong as
can be: a person still reads nearly all of them. Lengths are in sizes, the longer side of the drawing's box.

Strokes are lists of float (P, 2), x right, y down, in any unit; what comes out are new arrays in the same unit.
"""

from collections.abc import Callable

import numpy as np

from model.preprocessing.geometry import Stroke

STEP = 0.02  # between two points of a resampled stroke
SHAKEN_STEP = 0.05  # a hand or a finger does not shake faster than from one such point to the next
GAPS, GAP = 2, 0.1
SELDOM = 0.15  # between two points of a slow device
COARSE = 0.02  # by how much a touch screen misses, standard deviation
SHORT = 0.35  # of the longest stroke: what is shorter may get lost
BESIDE = 0.1  # how far outside the drawing's box a stray mark may begin
STRAY_LINE = 0.2
TAIL = 0.2
HOOK = 0.08
CUT = 0.12
CELLS = 16  # along the drawing's longer side, when it was drawn tiny or on a coarse pad
ROUNDING = 0.2  # over which corners are averaged
TOLERANCE = 0.04  # by which a simplified way may miss the original
TREMOR, WAVE = 0.02, 0.12  # height and length of its waves
APART = 0.04  # the two ways of a line drawn twice, standard deviation


def gaps(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """The pen skips: at GAPS places of the way, GAP of it is missing."""
    ways = _resampled(strokes, STEP)
    length = round(GAP / STEP)
    lost = np.zeros(sum(map(len, ways)), bool)
    for start in rng.integers(len(lost), size=GAPS):
        # Not the whole of a drawing, however short its way is.
        lost[start : start + min(length, len(lost) // 4)] = True
    kept, first = [], 0
    for way in ways:
        gone = lost[first : first + len(way)]
        pieces = np.split(np.arange(len(way)), np.flatnonzero(np.diff(gone)) + 1)
        kept += [way[piece] for piece in pieces if len(piece) and not gone[piece[0]]]
        first += len(way)
    return kept


def dropped_points(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A busy device reports a point each SELDOM only, at uneven times: straight lines cut the curves."""
    ways = _resampled(strokes, STEP)
    return [way[_with_ends(rng.random(len(way)) < STEP / SELDOM)] for way in ways]


def coarse_touch(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A finger on a coarse screen: points half a SELDOM apart, each off by COARSE."""
    return [_jittered(way, COARSE * _size(strokes), rng) for way in _resampled(strokes, SELDOM / 2)]


def missing_stroke(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A short stroke was not taken: the shortest, if it is below SHORT of the longest. It may have been what told."""
    lengths = [_length(stroke) for stroke in strokes]
    lost = int(np.argmin(lengths))
    if lengths[lost] >= SHORT * max(lengths):
        return strokes
    return strokes[:lost] + strokes[lost + 1 :]


def stray_dot(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A dot by the palm or a second finger, on the drawing or beside it."""
    return [*strokes, _somewhere(strokes, rng)[None]]


def stray_line(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A short straight line, STRAY_LINE long, in any direction, on the drawing or beside it."""
    start = _somewhere(strokes, rng)
    return [*strokes, np.stack([start, start + STRAY_LINE * _size(strokes) * _direction(rng)])]


def long_tail(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """The pen leaves late: the last stroke goes on for TAIL as it went at its end."""
    last, size = strokes[-1], _size(strokes)
    before = _resample(last, SHAKEN_STEP * size)[-2:]
    way = before[-1] - before[0]
    far = np.hypot(*way)
    if not far:
        return strokes
    return [*strokes[:-1], np.concatenate([last, [last[-1] + TAIL * size * way / far]])]


def joined_strokes(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """The pen never leaves the pad: a line from where a stroke ends to where the next begins."""
    return [np.concatenate(strokes)]


def cut_short(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """The pen leaves early: CUT of the size is missing at the end of each stroke that is longer than twice that."""
    size = _size(strokes)
    return [
        way[: -round(CUT / STEP)] if _length(way) > 2 * CUT * size > 0 else way for way in _resampled(strokes, STEP)
    ]


def hooks(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """The pen slips where it touches and where it leaves: a hook of HOOK in any direction at both ends."""
    hook = HOOK * _size(strokes)
    return [
        np.concatenate([[stroke[0] + hook * _direction(rng)], stroke, [stroke[-1] + hook * _direction(rng)]])
        for stroke in strokes
    ]


def coarse_grid(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Drawn tiny, or on a coarse pad: each point is on a crossing of a grid, CELLS along the longer side."""
    cell = _size(strokes) / CELLS or 1.0
    low = np.concatenate(strokes).min(axis=0)
    return [low + np.rint((way - low) / cell) * cell for way in _resampled(strokes, STEP)]


def rounded_corners(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A hasty hand, or an app that smooths: each point becomes the mean of ROUNDING of the way around it."""
    return [_smoothed(way, round(ROUNDING / STEP / 2)) for way in _resampled(strokes, STEP)]


def few_points(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """An app that saves points: the fewest straight lines that stay within TOLERANCE (Ramer 1972, Douglas, Peucker)."""
    tolerance = TOLERANCE * _size(strokes)
    return [_simplified(stroke, tolerance) for stroke in strokes]


def tremor(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """A trembling hand, or a bumpy ride: zigzag across the way, TREMOR high, WAVE long."""
    size = _size(strokes)
    written = []
    for way in _resampled(strokes, STEP):
        along = np.arange(len(way)) * STEP / WAVE + rng.random()
        triangle = 4 * np.abs(along % 1 - 0.5) - 1
        written.append(way + TREMOR * size * triangle[:, None] * _across(way))
    return written


def drawn_twice(strokes: list[Stroke], rng: np.random.Generator) -> list[Stroke]:
    """Gone over once more, beside the first line: each stroke again, moved by APART."""
    apart = APART * _size(strokes)
    return [*strokes, *(stroke + rng.normal(0, apart, 2) for stroke in strokes)]


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
"""Every corruption by its name; strokes must have a point each."""


def shaken(strokes: list[Stroke], amount: float, rng: np.random.Generator) -> list[Stroke]:
    """The way, off by `amount` sizes (standard deviation, both directions) anew each SHAKEN_STEP, evenly between."""
    size = _size(strokes)
    return [_shaken(stroke, amount * size, SHAKEN_STEP * size, rng) for stroke in strokes]


def _shaken(stroke: Stroke, spread: float, step: float, rng: np.random.Generator) -> Stroke:
    along = _along(stroke)
    knots = np.linspace(0, along[-1], _count(along[-1], step))
    # Its own points stay among them, so that no corner is cut.
    places = np.union1d(along, knots)
    off = rng.normal(0, 1, (len(knots), 2)) * spread
    return _interpolated(places, along, stroke) + _interpolated(places, knots, off)


def _size(strokes: list[Stroke]) -> float:
    """The longer side of the drawing's box; 0 of a dot."""
    return float(np.ptp(np.concatenate(strokes), axis=0).max())


def _length(stroke: Stroke) -> float:
    return float(_along(stroke)[-1])


def _resampled(strokes: list[Stroke], step: float) -> list[Stroke]:
    """Every stroke with its points `step` sizes apart."""
    return [_resample(stroke, step * _size(strokes)) for stroke in strokes]


def _resample(stroke: Stroke, step: float) -> Stroke:
    """The same way in equal steps as near to `step` as can be, its ends kept; a dot stays one."""
    along = _along(stroke)
    return _interpolated(np.linspace(0, along[-1], _count(along[-1], step)), along, stroke)


def _along(stroke: Stroke) -> np.ndarray:
    """How far along the way each point lies, (P,)."""
    return np.concatenate([[0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])


def _count(length: float, step: float) -> int:
    """How many points divide a length into steps; 1 of a dot."""
    return 1 + max(1, round(length / step)) if length else 1


def _interpolated(places: np.ndarray, along: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.stack([np.interp(places, along, values[:, axis]) for axis in (0, 1)], axis=1)


def _with_ends(kept: np.ndarray) -> np.ndarray:
    kept[[0, -1]] = True
    return kept


def _jittered(way: Stroke, spread: float, rng: np.random.Generator) -> Stroke:
    return way + rng.normal(0, 1, way.shape) * spread


def _somewhere(strokes: list[Stroke], rng: np.random.Generator) -> np.ndarray:
    """A point in the drawing's box or up to BESIDE next to it."""
    points = np.concatenate(strokes)
    beside = BESIDE * _size(strokes)
    return rng.uniform(points.min(axis=0) - beside, points.max(axis=0) + beside)


def _direction(rng: np.random.Generator) -> np.ndarray:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _across(way: Stroke) -> np.ndarray:
    """At each point, a vector of length 1 to the left of where the pen goes; 0 of a dot."""
    if len(way) < 2:
        return np.zeros_like(way)
    ahead = np.gradient(way, axis=0)
    return np.stack([ahead[:, 1], -ahead[:, 0]], axis=1) / np.maximum(np.hypot(*ahead.T), 1e-9)[:, None]


def _smoothed(way: Stroke, reach: int) -> Stroke:
    """Each point becomes the mean of those up to `reach` before and after, as many before as after."""
    sums = np.concatenate([np.zeros((1, 2)), np.cumsum(way, axis=0)])
    place = np.arange(len(way))
    near = np.minimum(reach, np.minimum(place, len(way) - 1 - place))
    return (sums[place + near + 1] - sums[place - near]) / (2 * near + 1)[:, None]


def _simplified(stroke: Stroke, tolerance: float) -> Stroke:
    """Keeps the ends and, while a point lies further than `tolerance` from the line between them, the furthest."""
    kept = np.zeros(len(stroke), bool)
    runs = [(0, len(stroke) - 1)]
    kept[[0, -1]] = True
    while runs:
        first, last = runs.pop()
        off = _distances(stroke[first + 1 : last], stroke[first], stroke[last])
        if len(off) and off.max() > tolerance:
            middle = first + 1 + int(off.argmax())
            kept[middle] = True
            runs += [(first, middle), (middle, last)]
    return stroke[kept]


def _distances(points: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Of points (P, 2) from the straight line between two places, (P,)."""
    way = end - start
    share = np.clip((points - start) @ way / max(way @ way, 1e-18), 0, 1)
    return np.hypot(*(points - start - share[:, None] * way).T)
