"""Extract ink from a decoded picture, in the steps planes → one plane → paper → contrast → ink.

Three assumptions separate ink from everything else. Ink is narrow and has sharp edges, in contrast to light and shade.
Ink stands out from the paper to one side, darker or lighter. What is long, straight and thin is a ruled line, and what
surrounds other ink is a frame (`rulings`).
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from model.preprocessing.frames import frames, has_ring
from model.preprocessing.ink_plane import ink_plane
from model.preprocessing.paper import EDGE
from model.preprocessing.rulings import NEIGHBORS, lines
from model.preprocessing.written_parts import WrittenParts

# The constants were set by hand on pictures of `python -m tests.tools.picture_kinds`, with the seeds 1, 3 and 4.
MIN_CONTRAST = 0.06
"""Smallest contrast of ink, as a fraction of the range from black to white."""
MIN_SHARE = 0.12
"""Smallest contrast of ink, as a share of the largest contrast in the picture."""
EVEN = 0.15
"""The light is even if the paper varies by less than this fraction of the range from black to white."""
DIRTY = 1 / 150
"""Unevenness of dirty paper: the root mean square of the contrast outside the strokes, as a fraction of the range from
black to white. Photographs are above. A drawing that was saved as JPEG with quality 90 has a quarter."""
FAINTEST, DIRT_SHARE = 0.01, 0.35
"""Shares of full ink up to which gray is paper: FAINTEST on even paper, DIRT_SHARE more on dirty paper."""


@dataclass(frozen=True)
class PictureInk:
    """The ink of a picture.

    ink: float32 (H, W), 0 to 1, paper exactly 0; all 0 if nothing is drawn.
    lost: boxes of parts that were left out although they are as large as a digit or a sign: left, top, right, bottom,
        int (N, 4), in pixels.
    whole: the ink with the rings that are left out of `ink`, because a ring may be a zero; None if there are no rings.
    is_doubtful: whether the paper may be the ink.
    """

    ink: np.ndarray
    lost: np.ndarray
    whole: "PictureInk | None" = None
    is_doubtful: bool = False


def extract(planes: np.ndarray, inverse: bool = False) -> PictureInk:
    """Return the ink of a picture.

    planes: its channels, float32 (H, W, C), as `decoding.decode` returns them. inverse: whether to take the ink for
        paper and the paper for ink.
    """
    plane, paper, is_doubtful = ink_plane(planes, inverse)
    contrast = plane - paper
    flat = contrast[contrast <= contrast.max() / 4]
    level = np.median(flat)
    contrast -= level
    noise = 1.4826 * np.median(np.abs(flat - level))  # An estimate of the standard deviation of the noise.
    drawn = contrast > max(MIN_CONTRAST, 5 * noise, MIN_SHARE * contrast.max())
    if not drawn.any():
        return PictureInk(np.zeros(plane.shape, np.float32), np.zeros((0, 4), int), is_doubtful=is_doubtful)
    dirt = _dirt(contrast, drawn)
    framing = frames(drawn, sides=4)
    ruled = lines(drawn & ~framing, contrast)
    framing |= frames(drawn & ~framing & ~ruled, sides=3)
    is_uneven = np.ptp(paper) >= EVEN
    found = _written(drawn, contrast, dirt, framing | ruled, is_uneven)
    found = dataclasses.replace(found, is_doubtful=is_doubtful)
    if framing.any() and has_ring(framing):
        return dataclasses.replace(found, whole=_written(drawn, contrast, dirt, ruled, is_uneven))
    return found


def _written(drawn: np.ndarray, contrast: np.ndarray, dirt: float, removed: np.ndarray, is_uneven: bool) -> PictureInk:
    """Return the ink of what is drawn without the removed lines and frames. is_uneven: whether there are shadows."""
    written = WrittenParts.of(drawn & ~removed, contrast, dirt)
    kept = written.kept(removed)
    sharp = written.is_sharp(max(2, round(contrast.size**0.5 * EDGE)) + 1) if is_uneven else np.ones_like(kept)
    kept &= sharp
    kept = written.with_signs(kept & ~written.bars(kept))
    return PictureInk(_ink(written, kept, removed), written.lost(kept, sharp & ~written.beside(removed)))


def _dirt(contrast: np.ndarray, drawn: np.ndarray) -> float:
    """Return the unevenness of the paper, from 0 (even) to 1 (DIRTY or more)."""
    still = contrast[~ndimage.binary_dilation(drawn, NEIGHBORS)]
    return float(min(1.0, np.sqrt(np.mean(still**2)) / DIRTY)) if still.size else 0.0


def _ink(written: WrittenParts, kept: np.ndarray, removed: np.ndarray) -> np.ndarray:
    """Return the ink of the kept parts. kept: for each part, bool. removed: the mask of lines and frames.

    Each part is normalized by its own strength, so that faint pencil beside dark ink is ink, too. On even paper, faint
    gray is ink. On dirty paper, gray with up to about a third of the contrast of full ink is dirt.
    """
    strokes = kept[written.numbers]
    full = ndimage.maximum_filter(written.strengths[written.numbers] * strokes, 5)
    low = FAINTEST + DIRT_SHARE * written.dirt
    ink = np.clip((written.contrast / np.maximum(full, 1e-6) - low) / (1 - low), 0, 1)
    around = ndimage.binary_dilation(strokes, NEIGHBORS, iterations=2) & ~(removed & ~strokes)
    return np.where(around, ink, 0).astype(np.float32)
