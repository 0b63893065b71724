"""Find ruled lines on a sheet: rulings, squares, margin lines, borders of cells.

A ruled line is long, straight, slim, and finer or paler than the pen, or longer than the writing. It is removed only
where the ink across the line is thin, so that strokes that cross the line stay whole. Staves are removed from scanned
music in the same way (Dalitz, Droettboom, Pranzas, Fujinaga 2008, "A comparative study of staff removal algorithms").
"""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from model.preprocessing.runs import pen_width, run_lengths

# The constants were set by hand on pictures of `python -m tests.tools.picture_kinds`, with the seeds 1, 3 and 4.
LONG = 0.3
"""Shortest ruled line, as a fraction of the picture's side in its direction."""
SLIM = 10
"""Smallest ratio of the length of a ruled line to its thickness."""
THINNEST = 2.4
"""Lines that are thinner, in pixels, are taken to have this thickness."""
FINE, PALE = 0.65, 0.6
"""A ruled line that is not longer than the writing is thinner than FINE × the pen, or paler than PALE × the ink."""
OVERSHOOT = 0.2
"""Share of its length by which a ruled line extends beyond the writing at both ends."""
LEAST_WRITING = 0.6
"""Fewest pixels of the writing beside a ruled line, as a share of the pixels of the line."""
WIDE = 1.3
"""Smallest ratio of width to height of a number whose underline may touch it. The foot of a single digit is no line."""
BLOCK = 4
"""Number of columns in which a ruled line may rise or fall by 1 pixel, so that it may slope by up to 14°."""
NEIGHBORS = np.ones((3, 3), bool)
"""Pixels that touch at a corner are connected."""


@dataclass
class _Line:
    """A part of the picture that is long, straight and slim.

    turned: whether the line is vertical, so that all other values refer to the transposed picture.
    region: the rows and columns of the line's box. mask: the pixels of the line in its box. thickness: in pixels.
    """

    turned: bool
    region: tuple[slice, slice]
    mask: np.ndarray
    thickness: float

    @property
    def start(self) -> int:
        return self.region[1].start

    @property
    def stop(self) -> int:
        return self.region[1].stop

    @property
    def length(self) -> int:
        return self.stop - self.start

    def ends_at_edge(self, shape: tuple[int, int]) -> tuple[bool, bool]:
        """Return whether the start and the stop are at the picture's edge. shape: height and width of the picture."""
        return self.start <= 2, self.stop >= shape[0 if self.turned else 1] - 2

    def strength(self, contrast: np.ndarray) -> float:
        """Return the contrast of the full ink of the line. contrast: of the picture."""
        return strength(self.view(contrast)[self.mask])

    def view(self, image: np.ndarray) -> np.ndarray:
        """Return the line's box in an image."""
        return (image.T if self.turned else image)[self.region]


def lines(mask: np.ndarray, contrast: np.ndarray) -> np.ndarray:
    """Return the mask of ruled lines, bool (H, W). mask: the drawn pixels. contrast: the contrast to the paper."""
    found, rest = np.zeros_like(mask), mask.copy()
    candidates = []
    for turned in (False, True):
        here = _straight_parts(rest, turned)
        for line in here:
            line.view(rest)[line.mask] = False
        candidates += here
    candidates = _without_digits(candidates, rest)
    if not candidates or not rest.any():
        return found
    writing = _Writing.of(rest, contrast)
    rulings = [line for line in candidates if writing.is_ruling(line, contrast)]
    thickest = max((line.thickness for line in rulings), default=0.0)
    for line in rulings:
        line.view(found)[line.mask] = True
    strongest = max((line.strength(contrast) for line in rulings), default=0.0)
    for line in candidates:  # Lines that meet a ruled line and look like it, such as the other sides of a cell.
        near = ndimage.binary_dilation(line.view(found), NEIGHBORS, iterations=2)
        is_alike = line.thickness <= min(writing.pen, thickest) and PALE * line.strength(contrast) <= strongest
        if is_alike and (near & line.mask).any():
            line.view(found)[line.mask] = True
    return found


def _without_digits(candidates: list[_Line], rest: np.ndarray) -> list[_Line]:
    """Return the candidates that may be ruled lines. Draw the others into `rest`, the mask of the writing.

    If hardly any writing remains, the candidates that end inside the picture are ones, or the stems of other digits.
    """
    if rest.sum() >= LEAST_WRITING * max((line.mask.sum() for line in candidates), default=0):
        return candidates
    for line in candidates:
        if not any(line.ends_at_edge(rest.shape)):
            line.view(rest)[line.mask] = True
    return [line for line in candidates if any(line.ends_at_edge(rest.shape))]


@dataclass(frozen=True)
class _Writing:
    """What remains without the candidates for ruled lines.

    pen: the width of the strokes in pixels. strength: the contrast of the ink. low, high: the box, (row, column).
    size: the number of pixels.
    """

    pen: float
    strength: float
    low: np.ndarray
    high: np.ndarray
    size: int

    @classmethod
    def of(cls, rest: np.ndarray, contrast: np.ndarray) -> "_Writing":
        low, high = np.quantile(np.argwhere(rest), (0.01, 0.99), axis=0)
        return cls(pen_width(rest), strength(contrast[rest]), low, high, int(rest.sum()))

    def is_ruling(self, line: _Line, contrast: np.ndarray) -> bool:
        axis = 0 if line.turned else 1
        low, high = self.low[axis], self.high[axis]
        overshoot = min(low - line.start, line.stop - high) / line.length
        # A stroke of about a pixel differs in strength along its path.
        is_pale = line.strength(contrast) < (PALE if self.pen >= 2 else PALE / 2) * self.strength
        is_fine = is_pale or line.thickness <= FINE * self.pen
        ends_at_edge = line.ends_at_edge(contrast.shape)
        if self._is_underline(line, overshoot):
            return True
        if all(ends_at_edge) and (overshoot > OVERSHOOT or is_pale):
            return True
        if self.size < LEAST_WRITING * line.mask.sum():
            return False  # The line is the stem of a digit.
        is_very_slim = line.length > 4 * SLIM * max(line.thickness, THINNEST)
        return overshoot > OVERSHOOT or (is_fine and (any(ends_at_edge) or is_very_slim))

    def _is_underline(self, line: _Line, overshoot: float) -> bool:
        """Return whether the line is below a number, which it may touch."""
        height, width = self.high - self.low
        middle = (line.region[0].start + line.region[0].stop) / 2
        return not line.turned and width > WIDE * height and overshoot > 0.01 and middle > self.high[0] - 0.1 * height


def _straight_parts(mask: np.ndarray, turned: bool) -> list[_Line]:
    """Return the long, straight and slim parts: horizontal, or vertical if `turned`."""
    mask = np.ascontiguousarray(mask.T if turned else mask)
    thickness = run_lengths(mask)
    numbers, _ = ndimage.label(mask & (_path_lengths(mask) >= LONG * mask.shape[1]), NEIGHBORS)
    found = []
    for number, region in enumerate(ndimage.find_objects(numbers), 1):
        if region[1].stop - region[1].start <= SLIM * THINNEST:
            continue
        here = numbers[region] == number
        # Where a stroke runs along the line, the line is as thick as the stroke. Elsewhere, it is thinner.
        thick = float(np.median(np.where(here, thickness[region], np.inf).min(axis=0)))
        if region[1].stop - region[1].start > SLIM * max(thick, THINNEST):
            found.append(_Line(turned, region, here & (thickness[region] <= 1.5 * thick + 1), thick))
    return found


def _path_lengths(mask: np.ndarray) -> np.ndarray:
    """Return the length of the longest path through each pixel, (H, W), in pixels.

    A path goes from left to right, and at most 1 pixel up or down in each block of BLOCK columns. Gaps of one block are
    closed. Source: Heijmans, Buckley, Talbot 2005, "Path openings and closings".
    """
    width = mask.shape[1]
    blocks = np.pad(mask, ((0, 0), (0, -width % BLOCK))).reshape(len(mask), -1, BLOCK).any(axis=2).T
    blocks[1:-1] |= blocks[:-2] & blocks[2:]
    lengths = -1.0 * blocks
    for columns, totals in ((blocks, lengths), (blocks[::-1], lengths[::-1])):
        longest = np.zeros(len(mask) + 2)
        for column, total in zip(columns, totals, strict=True):
            best = np.maximum(np.maximum(longest[:-2], longest[2:]), longest[1:-1])
            longest[1:-1] = (best + 1) * column
            total += longest[1:-1]
    return np.repeat(lengths.T * BLOCK, BLOCK, axis=1)[:, :width]


def strength(values: np.ndarray) -> float:
    """Return the contrast of full ink: a mean in which strong values count most. values: contrasts, (N,)."""
    if not values.size:
        return 0.0
    power = values**4
    return float((power * values).sum() / max(power.sum(), 1e-12))
