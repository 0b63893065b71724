"""Folders of labeled pictures for tests."""

from pathlib import Path

import numpy as np

from model.classes import DIGIT_LABELS
from model.data.drawings import LabeledDrawings
from model.preprocessing.geometry import bounding_box, longer_side
from model.preprocessing.strokes import Stroke
from tests.helpers.pictures import png, render

SIDE = 120  # pixels


def write_pictures(folder: Path, drawings: LabeledDrawings) -> Path:
    """Write each drawing as a PNG file, black on white, to the subfolder of its label. Return the folder."""
    for number, (strokes, label) in enumerate(zip(drawings.drawings, drawings.labels, strict=True)):
        subfolder = folder / (label if label in DIGIT_LABELS else "other")
        subfolder.mkdir(parents=True, exist_ok=True)
        (subfolder / f"{number:03}.png").write_bytes(png(1 - render(_centered(strokes), SIDE)))
    return folder


def _centered(strokes: list[Stroke]) -> list[np.ndarray]:
    """Return the strokes, moved and scaled so that the longer side is 0.6 of the picture's side."""
    corner, _ = bounding_box(strokes)
    return [(np.asarray(stroke) - corner) / (longer_side(strokes) or 1) * 0.6 + 0.2 for stroke in strokes]
