"""Find parts that are straight bars but not handwriting: underlines, and remains of lines along the picture's edge."""

from dataclasses import dataclass

import numpy as np

from model.preprocessing.enclosures import LONGER

# The constants were set by hand on pictures of `python -m tests.tools.picture_kinds`, with the seeds 1, 3 and 4.
BAR_RATIO = 0.16
"""Largest ratio of the thickness of a bar to its length."""
EDGE_SHARE = 0.08
"""Largest distance of a bar from the picture's edge, as a share of the length of the bar."""


@dataclass(frozen=True)
class Bars:
    """The straight slim parts among N parts.

    is_bar: bool (N,). is_flat: whether each part is wider than high, (N,).
    """

    is_bar: np.ndarray
    is_flat: np.ndarray

    @classmethod
    def of(cls, numbers: np.ndarray, count: int) -> "Bars":
        """numbers: the part of each pixel, int (H, W), from 0 (paper) to count − 1."""
        y, x = np.nonzero(numbers)
        index = numbers[y, x]
        area = np.maximum(np.bincount(index, minlength=count), 1)

        def mean(values: np.ndarray) -> np.ndarray:
            return np.bincount(index, values, count) / area

        # The second moments give the axes of a rectangle with the same spread. A pixel has the spread 1/12.
        x_mean, y_mean = mean(x), mean(y)
        xx, yy, xy = mean(x * x) - x_mean**2 + 1 / 12, mean(y * y) - y_mean**2 + 1 / 12, mean(x * y) - x_mean * y_mean
        root = np.sqrt((xx - yy) ** 2 / 4 + xy**2)
        long, short = (xx + yy) / 2 + root, np.maximum((xx + yy) / 2 - root, 0)
        return cls(np.sqrt(short / np.maximum(long, 1e-9)) <= BAR_RATIO, xx >= yy)

    def underlines(self, boxes: np.ndarray, kept: np.ndarray) -> np.ndarray:
        """Return which of the kept parts are underlines, bool (N,). boxes: left, top, right, bottom, (N, 4)."""
        found = np.zeros(len(kept), bool)
        for bar in np.flatnonzero(kept & self.is_bar & self.is_flat):
            left, top, right, bottom = boxes[bar]
            others = kept & ~self.is_bar
            others |= kept & ~self.is_flat
            others[bar] = False
            above = boxes[others & (boxes[:, 3] <= bottom)]
            if not len(above):
                continue
            height = above[:, 3].max() - above[:, 1].min()
            start, stop = above[:, 0].min(), above[:, 2].max()
            is_longer = min(start - left, right - stop) > LONGER * height
            is_below = (above[:, 3] <= bottom - (bottom - top) / 2).all() and above[:, 3].max() > top - height
            found[bar] = is_below and is_longer and height > 0.2 * (right - left)
        return found

    def remains(self, boxes: np.ndarray, kept: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
        """Return which of the kept parts lie along the picture's edge, bool (N,). shape: height and width.

        If other parts touch the top or the bottom, the picture is cropped to the ink, and an upright bar is a one.
        """
        height, width = shape
        near = EDGE_SHARE * (boxes[:, 2:] - boxes[:, :2]).max(axis=1)
        at_side = np.minimum(boxes[:, 0], width - boxes[:, 2]) <= near
        at_end = np.minimum(boxes[:, 1], height - boxes[:, 3]) <= near
        is_along = np.where(self.is_flat, at_end, at_side)
        found = kept & self.is_bar & is_along
        others = boxes[kept & ~found]
        if not len(others):
            return np.zeros(len(kept), bool)
        is_cropped = others[:, 1].min() <= 1 or others[:, 3].max() >= height - 1
        return found & self.is_flat if is_cropped else found
