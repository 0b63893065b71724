"""How accuracy on drawings changes with what happens to the drawing: sweeps of one setting at a time, and corruptions.

Place and size on the pad change nothing by construction, because `rasterize` scales the drawing's own box; they
are measured all the same. Nor does the width of the pad's own pen, which strokes do not hold: `pen` sweeps that of a
picture's pen, which goes through `thinning` as pictures do.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from model.evaluation.corruptions import CORRUPTIONS, shaken
from model.evaluation.metrics import predict
from model.inference.classifier import Classifier
from model.preprocessing import normalization, stroke_width
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize

SEED = 1
"""Chance is the same for every checkpoint and, drawing by drawing, for every setting."""
LIMIT = 2_000
"""Drawings that a setting is measured on: a 95 % interval of ± 0.7 % around 97 %, in about two seconds."""

Draw = Callable[[list[Stroke], np.random.Generator], np.ndarray]
"""Strokes, a point in each, and chance → ink, float32 (H, W)."""

PLACES = {
    "centre": (0.5, 0.5),
    "top left": (0, 0),
    "top right": (1, 0),
    "bottom left": (0, 1),
    "bottom right": (1, 1),
}
"""Where a drawing of half the pad's side lies: the share of the free way to the right and down."""


@dataclass(frozen=True)
class Sweep:
    """One setting of a drawing, from end to end.

    title: what it is and its unit; settings: numbers, or words for places; usual: the one that changes nothing;
    draw: strokes, setting, chance → ink.
    """

    title: str
    settings: tuple
    usual: object
    draw: Callable[[list[Stroke], object, np.random.Generator], np.ndarray]

    def at(self, setting: object) -> Draw:
        """What draws a drawing with this setting."""
        return lambda strokes, rng: self.draw(strokes, setting, rng)


def placed(strokes: list[Stroke], size: float, right: float = 0.5, down: float = 0.5) -> list[Stroke]:
    """The drawing with its longer side `size` of the pad's side, at these shares (0 … 1) of the free way."""
    points = np.concatenate(strokes)
    low, sides = points.min(axis=0), np.ptp(points, axis=0)
    scale = size / (sides.max() or 1.0)
    corner = (1 - sides * scale) * (right, down)
    return [corner + (stroke - low) * scale for stroke in strokes]


def turned(strokes: list[Stroke], degrees: float) -> list[Stroke]:
    """The drawing turned clockwise."""
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return [stroke @ turn for stroke in strokes]


def stretched(strokes: list[Stroke], factor: float) -> list[Stroke]:
    """The drawing `factor` times as wide."""
    return [stroke * (factor, 1) for stroke in strokes]


SWEEPS = {
    "shift": Sweep(
        "place on the pad",
        tuple(PLACES),
        "centre",
        lambda strokes, place, _: rasterize(placed(strokes, 0.5, *PLACES[place])),
    ),
    "size": Sweep(
        "size, share of the pad's side",
        (0.15, 0.25, 0.5, 0.75, 1.0),
        0.5,
        lambda strokes, size, _: rasterize(placed(strokes, size)),
    ),
    "rotation": Sweep(
        "rotation clockwise, degrees",
        tuple(range(-30, 31, 5)),
        0,
        lambda strokes, degrees, _: rasterize(turned(strokes, degrees)),
    ),
    "pen": Sweep(
        "width of a picture's pen, times the usual (the pad's own changes nothing)",
        (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 2.5, 3.0),
        1.0,
        lambda strokes, factor, _: stroke_width.thin(rasterize(strokes, factor * NETWORK_PEN_WIDTH)),
    ),
    "aspect": Sweep(
        "width, times as drawn",
        (0.5, 0.65, 0.8, 1.0, 1.25, 1.5, 2.0),
        1.0,
        lambda strokes, factor, _: rasterize(stretched(strokes, factor)),
    ),
    "shake": Sweep(
        "shake, share of the drawing's size (standard deviation)",
        (0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06),
        0.0,
        lambda strokes, amount, rng: rasterize(shaken(strokes, amount, rng)),
    ),
}


def measure(network: Classifier, drawn: Sequence[list[Stroke]], labels: np.ndarray) -> dict:
    """Accuracy on drawings with labels, int (N,), under every setting of every sweep, and under every corruption.

    → `count`; `as_drawn`, the accuracy without any; `sweeps`, each with its `title`, `usual` setting, `settings` and
    the `accuracy` under each; `corruptions`, each with its `accuracy` and the share of drawings that it `changed`.
    """
    plain = images(drawn, lambda strokes, _: rasterize(strokes))
    return {
        "count": len(labels),
        "as_drawn": _accuracy(network, plain, labels),
        "sweeps": {name: _swept(network, sweep, drawn, labels) for name, sweep in SWEEPS.items()},
        "corruptions": {
            name: _corrupted(network, images(drawn, corrupted(name)), plain, labels) for name in CORRUPTIONS
        },
    }


def corrupted(name: str) -> Draw:
    """What draws a drawing with the corruption of this name."""
    return lambda strokes, rng: rasterize(CORRUPTIONS[name](strokes, rng))


def images(drawn: Sequence[list[Stroke]], draw: Draw) -> np.ndarray:
    """Drawings as `draw` makes ink of them → normalized images, float32 (N, 28, 28); blank where there is no point."""
    return normalization.normalize_all(_ink(draw, strokes, place) for place, strokes in enumerate(drawn))


def _ink(draw: Draw, strokes: list[Stroke], place: int) -> np.ndarray:
    strokes = [stroke for stroke in strokes if len(stroke)]
    return draw(strokes, np.random.default_rng([SEED, place])) if strokes else np.zeros((0, 0), np.float32)


def _swept(network: Classifier, sweep: Sweep, drawn: Sequence[list[Stroke]], labels: np.ndarray) -> dict:
    return {
        "title": sweep.title,
        "usual": sweep.usual,
        "settings": list(sweep.settings),
        "accuracy": [_accuracy(network, images(drawn, sweep.at(setting)), labels) for setting in sweep.settings],
    }


def _corrupted(network: Classifier, spoilt: np.ndarray, plain: np.ndarray, labels: np.ndarray) -> dict:
    # Rounding alone moves a pixel by less.
    changed = np.abs(spoilt - plain).max(axis=(1, 2)) > 1e-3
    return {"accuracy": _accuracy(network, spoilt, labels), "changed": float(changed.mean())}


def _accuracy(network: Classifier, images: np.ndarray, labels: np.ndarray) -> float:
    return float(np.mean(predict(network, images).probabilities.argmax(axis=1) == labels))
