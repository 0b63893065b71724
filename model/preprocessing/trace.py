"""Return the intermediate images of normalization, for display."""

from collections.abc import Sequence

import numpy as np

from model.preprocessing import normalization
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import rasterize


def trace_strokes(strokes: Sequence[Stroke]) -> dict[str, np.ndarray]:
    """Return the image after each step of normalizing one digit: "ink", "cropped", "fitted" and "centred", in order.

    Each image is float32 (H, W), 0 paper, 1 ink. Returns {} if nothing is drawn.
    """
    ink = rasterize(strokes)
    cropped = normalization.crop(ink)
    if cropped.size == 0:
        return {}
    fitted = normalization.fit(cropped)
    return {"ink": ink, "cropped": cropped, "fitted": fitted, "centred": normalization.center(fitted)}
