"""Reduce the channels of a picture to one plane in which ink is higher than paper."""

import numpy as np
from scipy import ndimage

from model.preprocessing.paper import estimate_paper
from model.preprocessing.runs import pen_width

# The constants were set by hand on pictures of `python -m tests.tools.picture_kinds`, with the seeds 1, 3 and 4.
# BORDER_SHARE and BORDER_WEIGHT were chosen on 1,080 of these pictures: paper is taken for ink in 7, and in 13 with a
# border of 1 pixel. `python -m tests.tools.picture_kinds.sweep --only BORDER_SHARE BORDER_WEIGHT` prints other values.
SAMPLE_SIDE = 128
"""The direction from paper to ink is estimated on a reduced picture, whose longer side has about this many pixels."""
CLEAR = 1.2
"""Skewness above which it is clear which side of the plane is ink. Below, two other measures count, too."""
DOUBTFUL = 1.0
"""Evidence below which the paper may be the ink. Of 200 generated crops of digits, 5 are read only the other way round,
all with less evidence. Of 460 crops of non-digits, 6 would be read as digits the other way round, all with more."""
PAPER_RANGE = 0.5
"""Range of the paper, as a share of the range of the plane, above which the paper may be the ink, too. Of 393 generated
crops, 7 of 11 whose paper is taken for ink in spite of the evidence have a larger range, and 1 of 354 others."""
BORDER_SHARE = 0.1
"""Width of the border, as a fraction of the picture's shorter side."""
BORDER_WEIGHT = 4.0
"""Weight of the border: most of the pixels near the picture's edges are paper."""


def ink_plane(planes: np.ndarray, inverse: bool = False) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return a plane, float32 (H, W), in which ink is higher than paper, and the paper of this plane, float32 (H, W).

    The third value is whether it is doubtful which is the ink. The plane is the projection of the colors on the
    principal axis of their differences to the surroundings.
    planes: float32 (H, W, C). inverse: whether to take the ink for paper and the paper for ink.
    """
    axis, skewness = _axis(planes)
    plane = (planes @ axis).astype(np.float32)
    paper = estimate_paper(plane)
    if skewness >= CLEAR:
        return plane, paper, False
    other = -plane
    other_paper = estimate_paper(other)
    ink, inverse_ink = _strong(plane - paper), _strong(other - other_paper)
    ratio = pen_width(inverse_ink) / max(pen_width(ink), 1.0)
    # Ink is narrower than the paper between the strokes.
    evidence = skewness + np.log(max(ratio, 0.01))
    evidence += BORDER_WEIGHT * (_border_share(inverse_ink) - _border_share(ink))
    is_doubtful = evidence < DOUBTFUL or np.ptp(paper) > PAPER_RANGE * np.ptp(plane)
    return (plane, paper, is_doubtful) if (evidence >= 0) != inverse else (other, other_paper, is_doubtful)


def _strong(contrast: np.ndarray) -> np.ndarray:
    return contrast > contrast.max() / 2


def _border_share(mask: np.ndarray) -> float:
    """Return the share of the pixels near the picture's edges that are in the mask.

    The border is wider than the frame of a picture that is cropped to its frame.
    """
    width = max(1, round(min(mask.shape) * BORDER_SHARE))
    inner = mask[width:-width, width:-width]
    return float((mask.sum() - inner.sum()) / (mask.size - inner.size))


def _axis(planes: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the direction from paper to ink, (C,), and its skewness, which is 0 or more."""
    step = max(1, max(planes.shape) // SAMPLE_SIDE)
    sample = planes[::step, ::step].astype(np.float64)
    side = max(sample.shape)
    near, far = (sample - _averaged(sample, max(1, side // part)) for part in (4, 2))
    weights = (near**2).sum(axis=2)
    axis = np.linalg.eigh(np.einsum("hw,hwc,hwd->cd", weights, near, near))[1][:, -1]
    # Ink differs from its surroundings to one side, light and shade to both sides. The wide surroundings count for bold
    # ink on little paper.
    skewness = _skewness(near @ axis, 3) + _skewness(far @ axis, 5)
    return (axis, skewness) if skewness >= 0 else (-axis, -skewness)


def _averaged(sample: np.ndarray, side: int) -> np.ndarray:
    """Return the mean over a square around each pixel, for each channel."""
    return ndimage.uniform_filter(sample, (side, side, 0), mode="nearest")


def _skewness(values: np.ndarray, power: int) -> float:
    """Return from −1 to 1 how much more of the sum of powers is above 0 than below 0. power: an odd number."""
    powers = values**power
    return float(powers.sum() / max(np.abs(powers).sum(), 1e-12))
