"""The connected parts of what is drawn in a picture, and the decision which parts are ink of digits and signs."""

import functools
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from model.preprocessing.bars import Bars
from model.preprocessing.frames import MAX_PARTS
from model.preprocessing.rulings import FINE, NEIGHBORS, PALE
from model.preprocessing.runs import run_lengths
from model.preprocessing.signs import is_sign

# The constants were set by hand on pictures of `python -m tests.tools.picture_kinds`, with the seeds 1, 3 and 4.
MIN_SHARPNESS = 0.5
"""Smallest sharpness of an edge of ink: its rise over a short distance, as a share of the contrast of the part. Shadows
are below."""
SOFTEST, FULL = 0.2, 0.1
"""SOFTEST counts instead if a part covers more than this share of the picture and no large part is sharper: in an
enlarged crop, all edges are soft."""
PALEST = 0.22
"""Smallest strength of ink, as a share of the strongest ink. Most pencil is stronger, and borders of cells are
weaker. A larger part below may be a digit, so that the answer is not sure."""
SPECK, SPECK_SHARE = 24, 0.03
"""On dirty paper, a part is noise if it has fewer pixels than SPECK, or than SPECK_SHARE × the largest part."""
SMALL = 0.1
"""A part with fewer pixels than SMALL × the largest part is small: it is left out if it is faint or at the edge."""
AS_BROAD, IN_ROW = 0.8, 0.25
"""An upright bar along the picture's edge is a one if it is like the digits: its width is at least AS_BROAD × the width
of their lines, and its ends differ from those of the nearest digit by at most IN_ROW × the height of that digit. Of 300
generated remains of ruled lines, the broadest has 0.75 × the width of the digits' lines."""
TALL = 0.5
"""Smallest height of a digit, as a fraction of the height of the row."""


@dataclass(frozen=True)
class WrittenParts:
    """The connected parts of the drawn pixels. Part 0 is the paper.

    numbers: the part of each pixel, int (H, W). contrast: float (H, W). dirt: the unevenness of the paper, 0 to 1.
    For each of the N + 1 parts: sizes: the number of pixels. strengths: the contrast of full ink. boxes: left, top,
    right, bottom, int (N + 1, 4).
    """

    numbers: np.ndarray
    contrast: np.ndarray
    dirt: float
    sizes: np.ndarray
    strengths: np.ndarray
    boxes: np.ndarray

    @classmethod
    def of(cls, mask: np.ndarray, contrast: np.ndarray, dirt: float) -> "WrittenParts":
        numbers, count = ndimage.label(mask, NEIGHBORS)
        index, values = numbers[mask], contrast[mask]
        sizes = np.bincount(index, minlength=count + 1)
        power = values**4
        fourth, fifth = (np.bincount(index, weights, count + 1) for weights in (power, power * values))
        peaks = np.zeros(count + 1)
        np.maximum.at(peaks, index, values)
        # On even paper, full ink has the largest contrast. On dirty paper, the largest contrast is noise.
        strengths = (1 - dirt) * peaks + 0.75 * dirt * fifth / np.maximum(fourth, 1e-12)
        regions = [(slice(0, 0),) * 2, *ndimage.find_objects(numbers)]
        boxes = np.array([(x.start, y.start, x.stop, y.stop) for y, x in regions])
        return cls(numbers, contrast, dirt, sizes, strengths, boxes)

    def kept(self, removed: np.ndarray) -> np.ndarray:
        """Return which parts are ink, bool (N + 1,): not dirt, and no remains along the edge or along a removed line.

        removed: the mask of lines and frames.
        """
        height, width = self.numbers.shape
        large = self.sizes > 0.02 * self.sizes.max()
        strongest, biggest = self.strengths[large].max(), self.sizes.max()
        is_faint = self.strengths < PALE * self._faded()
        at_edge = (
            (self.boxes[:, :2].min(axis=1) <= 1) | (self.boxes[:, 2] >= width - 1) | (self.boxes[:, 3] >= height - 1)
        )
        is_small = self.sizes < SMALL * biggest
        kept = self.sizes >= self.dirt * max(SPECK, SPECK_SHARE * biggest)
        kept &= self.strengths >= PALEST * strongest
        kept &= ~(is_small & (at_edge | (self.strengths < 0.5 * strongest)))
        if self.dirt > 0.5:
            kept &= ~(at_edge & is_faint)
        if removed.any():
            pens = self._pens
            is_rest = is_faint & (pens <= FINE * pens[self.strengths.argmax()])
            kept &= ~(self.beside(removed) & is_rest)
        kept[0] = False
        return kept

    def _faded(self) -> float:
        """Return the strength of the faintest digit, if the ink or the light fades along the row.

        Sorted by strength, each digit has at least PALE × the strength of the digit before it.
        """
        heights = self.boxes[:, 3] - self.boxes[:, 1]
        is_digit = (self.sizes > SMALL * self.sizes.max()) & (heights > TALL * heights.max())
        strengths = np.sort(self.strengths[is_digit])[::-1]
        gaps = np.flatnonzero(strengths[1:] < PALE * strengths[:-1])
        return float(strengths[gaps[0] if gaps.size else -1])

    def beside(self, removed: np.ndarray) -> np.ndarray:
        """Return which parts touch the removed lines and frames, bool (N + 1,)."""
        near = np.zeros(len(self.sizes), bool)
        near[self.numbers[ndimage.binary_dilation(removed, NEIGHBORS, iterations=2)]] = True
        return near

    @functools.cached_property
    def _pens(self) -> np.ndarray:
        """Return the width of the pen of each part, in pixels."""
        mask = self.numbers > 0
        runs = np.minimum(run_lengths(mask), run_lengths(mask.T).T)
        return np.concatenate([[0], ndimage.median(runs, self.numbers, np.arange(1, len(self.sizes)))])

    def is_sharp(self, window: int) -> np.ndarray:
        """Return which parts have a sharp edge, as ink does. Shadows have soft edges. window: width in pixels."""
        smooth = ndimage.uniform_filter(self.contrast, 3)
        rises = ndimage.maximum_filter(smooth, window) - ndimage.minimum_filter(smooth, window)
        index = np.arange(len(self.sizes))
        rises, peaks = (ndimage.maximum(values, self.numbers, index) for values in (rises, smooth))
        sharpness = np.where(peaks > 0, rises / np.maximum(peaks, 1e-6), 0)
        is_sharp = sharpness > MIN_SHARPNESS
        is_soft = not (is_sharp & (self.sizes > 0.02 * self.sizes.max())).any()
        return sharpness > SOFTEST if is_soft and self.sizes.max() > FULL * self.numbers.size else is_sharp

    def bars(self, kept: np.ndarray) -> np.ndarray:
        """Return which of the kept parts are underlines, or remains of lines along the picture's edge."""
        remains = self._bars.remains(self.boxes, kept, self.numbers.shape)
        remains[remains] = ~self._are_ones(np.flatnonzero(remains), kept & ~remains, AS_BROAD)
        return remains | self._bars.underlines(self.boxes, kept & ~remains)

    def _are_ones(self, bars: np.ndarray, kept: np.ndarray, least: float) -> np.ndarray:
        """Return which of the bars, int (M,), may be ones beside the kept parts, bool (M,).

        least: the smallest pen of a one, as a share of the pen of the kept parts.
        """
        others = np.flatnonzero(kept & (self.sizes > SMALL * self.sizes[kept].max(initial=0)))
        if not len(bars) or not len(others):
            return np.zeros(len(bars), bool)
        pens, boxes = self._pens, self.boxes[bars]
        gaps = np.maximum(self.boxes[others, 0] - boxes[:, 2:3], boxes[:, :1] - self.boxes[others, 2])
        nearest = self.boxes[others[gaps.argmin(axis=1)]]
        ends = np.abs(boxes - nearest)[:, [1, 3]].max(axis=1)
        is_in_row = ends <= IN_ROW * (nearest[:, 3] - nearest[:, 1])
        return is_in_row & ~self._bars.is_flat[bars] & (pens[bars] >= least * np.median(pens[others]))

    @functools.cached_property
    def _bars(self) -> Bars:
        return Bars.of(self.numbers, len(self.sizes))

    def with_signs(self, kept: np.ndarray) -> np.ndarray:
        """Return the kept parts and the small strong parts between two of them, which are points rather than dirt."""
        if not kept.any():
            return kept
        kept, digits = kept.copy(), self.boxes[self._largest(kept & (self.sizes > SMALL * self.sizes[kept].max()))]
        strong = self.strengths > 0.5 * self.strengths[kept].max()
        for part in self._largest(~kept & strong):
            kept[part] = is_sign(self.boxes[part], digits)
        return kept

    def lost(self, kept: np.ndarray, may_be_ink: np.ndarray) -> np.ndarray:
        """Return the boxes of the parts that are not kept, but are as high as a digit, and may be one.

        may_be_ink: which parts count beside the kept parts, too, unless they are bars or very pale, bool (N + 1,).
        """
        if not kept.any():
            return np.zeros((0, 4), int)
        left, top = self.boxes[kept, :2].min(axis=0)
        right, bottom = self.boxes[kept, 2:].max(axis=0)
        rest = self._largest(~kept & may_be_ink & (np.arange(len(kept)) > 0))
        boxes = self.boxes[rest]
        is_in_row = (boxes[:, 3] > top) & (boxes[:, 1] < bottom) & (boxes[:, 3] - boxes[:, 1] >= TALL * (bottom - top))
        is_around = (boxes[:, 0] <= left) & (boxes[:, 2] >= right)
        is_bar = self._bars.is_bar[rest] & ~self._are_ones(rest, kept, FINE)
        is_large = self.sizes[rest] > SMALL * self.sizes[kept].max()
        is_clear = is_large | (self.strengths[rest] >= PALE / 2 * self.strengths[kept].max())
        return boxes[is_in_row & ~is_around & ~is_bar & is_clear]

    def _largest(self, chosen: np.ndarray) -> np.ndarray:
        """Return the indices of the largest of the chosen parts."""
        index = np.flatnonzero(chosen)
        return index[np.argsort(-self.sizes[index], kind="stable")][:MAX_PARTS]
