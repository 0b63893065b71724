"""Extract ink from a decoded picture and split it into connected components.

Four assumptions separate ink from paper. The background along the picture's edges is paper. Ink can have any color, but
its edges are sharp. Strokes are narrow. Light and shade have soft edges or are much wider than a stroke.
"""

import numpy as np

from model.preprocessing.segmentation import MAX_MARKS

# Smallest contrast that counts as ink, as a fraction of the range from black to white.
MIN_CONTRAST = 0.08
# The paper is estimated from a reduced picture. Its longer side has about this number of pixels.
SAMPLE_SIDE = 128
# Lengths as fractions of the picture's longer side. Strokes are narrower than WINDOW. Lights and shadows are usually
# wider than WINDOW. Narrower lights and shadows with soft edges are found with NARROW instead of WINDOW. In any square
# with the side SURROUNDINGS, there is more paper than ink.
WINDOW = 0.4
NARROW = 0.12
SURROUNDINGS = 0.5
# The sharpness of an edge is the change of contrast over the distance EDGE. EDGE is a fraction of the picture's longer
# side. At the edge of ink, the sharpness is more than SHARP × the largest contrast in the picture. At the edge of a
# shadow, the sharpness is less than SOFT × the contrast of the shadow.
EDGE = 1 / 80
SHARP = 0.35
SOFT = 0.55
# Light is even if it varies by less than this fraction of the range from black to white.
EVEN = 0.02
# Added to the brightness of paper, to avoid a division by 0.
DARKEST = 0.1
# The contrast of each pixel is divided by the relative brightness, which is the brightness of the paper at this pixel
# divided by the median brightness. The relative brightness is first limited to this range, because the division would
# otherwise make the noise of very dark areas as strong as ink.
LIGHT = (0.35, 2.0)
# The unevenness of paper is the root mean square of the contrast outside the strokes, as a fraction of the range from
# black to white. Paper with an unevenness of DIRTY or more is completely dirty. Photographs are above DIRTY. A drawing
# that was saved as JPEG with quality 90 has a quarter of DIRTY, and MNIST has a hundredth of DIRTY.
DIRTY = 1 / 150
# On dirty paper, a component is noise if it has fewer than SPECK pixels, or fewer than SPECK_SHARE × the pixels of the
# largest component.
SPECK = 24
SPECK_SHARE = 0.03

# Smallest component that is kept, as a share of the pixels of the largest component. A smaller component is a dot, dirt
# or a part of a neighboring character, not a digit. With 0.1, one of 400 MNIST images has two components. With 0.02,
# three of 400 MNIST images have two.
LEAST_PART = 0.1
# Largest number of points on the outline of a component, in addition to the four extreme points.
OUTLINE = 120


def to_ink(planes: np.ndarray) -> np.ndarray:
    """Return the ink of a picture, float32 (H, W), 0 to 1, paper exactly 0; all 0 if nothing is drawn.

    planes: the channels of the picture, float32 (H, W, C), as `decoding.decode` returns them.
    """
    step = max(1, max(planes.shape) // SAMPLE_SIDE)
    sample = planes[::step, ::step]
    surface = _paper(sample)
    direction = _ink_direction(sample - _evaluate(surface, sample.shape[:2]))
    if direction is None:
        return np.zeros(planes.shape[:2], np.float32)
    paper = _evaluate(surface, planes.shape[:2])
    raised = (planes - paper) @ direction
    shade = _shade(raised)
    light = np.maximum((paper + shade[:, :, None] * direction).mean(axis=2), 0) + DARKEST
    # In half the light, ink has half the contrast. Dividing by the light gives all ink about the same contrast.
    contrast = (raised - shade) / np.clip(light / np.median(light), *LIGHT)
    contrast -= np.median(contrast)
    if np.ptp(shade) > MIN_CONTRAST and _sharpest(contrast) < SOFT * contrast.max():
        return np.zeros(planes.shape[:2], np.float32)  # No edge is sharp: all contrast is from a shadow, not from ink.
    return _cleaned(contrast)


def parts(ink: np.ndarray) -> list[np.ndarray]:
    """Return a mask, bool (H, W), for each connected component of the ink (H, W).

    Components that are smaller than LEAST_PART × the largest component are left out. If more than MAX_MARKS components
    remain, they are a scribble, so that one mask holds them all. A mask for each would take much time and memory.
    """
    strong = ink > 0.5 * ink.max(initial=0)
    # Dilate by 1 pixel first, because pixels of a thin oblique stroke may touch only at the corners, and `_parts` does
    # not connect such pixels.
    numbers = _parts(_grown(strong, 1)) * strong
    sizes = np.bincount(numbers.ravel(), minlength=2)
    sizes[0] = 0
    kept = np.flatnonzero(sizes > LEAST_PART * sizes.max())
    return [numbers == number for number in kept] if len(kept) <= MAX_MARKS else [np.isin(numbers, kept)]


def outline(part: np.ndarray) -> np.ndarray:
    """Return points on the edge of a component: float (P, 2), P ≤ OUTLINE + 4, in pixels, x right, y down.

    The last four points are the leftmost, top, rightmost and bottom points.
    part: the mask of the component, bool (H, W).
    """
    inner = np.pad(part, 1)
    inner = inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
    points = np.argwhere(part & ~inner)[:, ::-1].astype(float)
    extremes = [points.argmin(axis=0), points.argmax(axis=0)]
    return np.concatenate([points[:: -(-len(points) // OUTLINE)], *(points[indices] for indices in extremes)])


def keep_parts(ink: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return a copy of the ink that keeps the ink in the mask and up to 2 pixels around the mask, and is 0 elsewhere.

    The margin of 2 pixels contains the soft edges of the strokes. mask: bool (H, W).
    """
    return np.where(_grown(mask, 2), ink, 0)


def _ink_direction(difference: np.ndarray) -> np.ndarray | None:
    """Return the unit vector (C,) from paper to ink in color space; None if there is no ink.

    difference: the values of each pixel minus the values of the paper, (H, W, C).
    """
    if np.linalg.norm(difference, axis=2).max() < MIN_CONTRAST:
        return None
    # Compare each pixel with the mean of its surroundings, and sum the differences. All pixels of strokes differ in the
    # same direction, for example darker. At the edge of a shadow, one side is darker than the mean and the other side
    # is lighter, so the two sides cancel in the sum. The third power gives strong differences more weight.
    difference = difference - _averaged(difference)
    direction = np.einsum("hwc,hw->c", difference, np.linalg.norm(difference, axis=2) ** 3)
    length = np.linalg.norm(direction)
    return (direction / length).astype(np.float32) if length > 0 else None


def _averaged(values: np.ndarray) -> np.ndarray:
    """Return the mean over the square of side SURROUNDINGS around each pixel.

    Where the square extends beyond the picture, the nearest pixel of the picture's edge is used.
    """
    reach = int(SURROUNDINGS * max(values.shape[:2]) / 2)
    for axis in (0, 1):
        padded = np.pad(values.swapaxes(0, axis), ((reach + 1, reach), (0, 0), (0, 0)), mode="edge")
        sums = padded.cumsum(axis=0)
        values = ((sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)).swapaxes(0, axis)
    return values


def _cleaned(contrast: np.ndarray) -> np.ndarray:
    """Return ink, float32 (H, W), 0 to 1, without noise, dirt and specks.

    On uneven paper, faint gray is removed as dirt. On even paper, as in a drawing from a computer, faint gray is ink.
    contrast: the contrast of each pixel to the paper, (H, W).
    """
    noise = 1.4826 * np.median(np.abs(contrast))  # An estimate of the standard deviation of the noise.
    drawn = contrast > max(MIN_CONTRAST, 5 * noise)
    if not drawn.any():
        return np.zeros(contrast.shape, np.float32)
    # `strength` is a weighted mean of the contrast of the drawn pixels. The weight is the fourth power of the contrast,
    # so that faint objects hardly count. `full` is the contrast of full ink.
    strength = np.sum(contrast[drawn] ** 5) / np.sum(contrast[drawn] ** 4)
    full = np.quantile(contrast[contrast > strength / 2], 0.9)
    still = contrast[~_grown(drawn, 1)]
    dirt = min(1.0, np.sqrt(np.mean(still**2)) / DIRTY) if still.size else 0.0
    # On even paper, such as MNIST's, faint gray is ink. On completely dirty paper, gray with up to about a third of the
    # contrast of full ink is dirt.
    low, high = full * (0.003 + 0.35 * dirt), full * (1 - 0.25 * dirt)
    ink = np.clip((contrast - low) / (high - low), 0, 1).astype(np.float32)
    strokes = _without_specks(ink > 0.5 * dirt, dirt)
    return np.where(_grown(strokes, 2), ink, 0)


def _grown(mask: np.ndarray, reach: int) -> np.ndarray:
    """Return the mask dilated by a square that extends `reach` pixels to each side."""
    return _running(np.logical_or, _running(np.logical_or, mask, reach, 0), reach, 1)


def _without_specks(mask: np.ndarray, dirt: float) -> np.ndarray:
    """Return the mask without small components. `dirt`: 0 (even paper, nothing is removed) to 1 (dirty paper)."""
    parts = _parts(mask)
    sizes = np.bincount(parts[mask], minlength=1)
    return mask & (sizes[parts] >= dirt * max(SPECK, SPECK_SHARE * sizes.max()))


def _parts(mask: np.ndarray) -> np.ndarray:
    """Return the component number of each pixel, (H, W); 0 outside the mask. Diagonal neighbors do not connect."""
    number = np.cumsum(mask).reshape(mask.shape) * mask
    beside = mask[:, 1:] & mask[:, :-1]
    below = mask[1:] & mask[:-1]
    one = np.concatenate([number[:, 1:][beside], number[1:][below]])
    other = np.concatenate([number[:, :-1][beside], number[:-1][below]])
    part = np.arange(number.max() + 1)
    while True:
        low = np.minimum(part[one], part[other])
        before = part.copy()
        np.minimum.at(part, part[one], low)
        np.minimum.at(part, part[other], low)
        part = part[part]
        if (part == before).all():
            return part[number]


def _paper(sample: np.ndarray) -> np.ndarray:
    """Estimate the values that the paper would have without ink. Return the coefficients (6, C) of a quadratic surface.

    The first surface is fitted to the pixels along the picture's edges. Each of the next three surfaces is fitted to
    the pixels of the whole picture whose values are near the previous surface.
    sample: the reduced picture, (H, W, C).
    """
    height, width, channels = sample.shape
    basis = np.stack(np.broadcast_arrays(*_quadratic(height, width)), axis=-1).reshape(-1, 6)
    values = sample.reshape(-1, channels).astype(np.float64)
    weights = np.zeros((height, width))
    weights[[0, -1]] = weights[:, [0, -1]] = 1
    weights = weights.ravel()
    for _ in range(4):
        weighted = (basis * weights[:, None]).T
        # Use `lstsq` instead of `solve`, because the equations are singular for a picture with a single row.
        surface = np.linalg.lstsq(weighted @ basis, weighted @ values, rcond=1e-9)[0]
        distance = np.linalg.norm(values - basis @ surface, axis=1)
        scale = max(0.02, 2 * np.median(distance[weights > 0]))
        weights = np.exp(-((distance / scale) ** 2)) + 1e-6
    return surface


def _quadratic(height: int, width: int) -> tuple[np.ndarray, ...]:
    """Return 1, x, y, x², xy and y² as arrays that broadcast to (H, W). x and y go from −1 to 1."""
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    return np.ones((1, 1)), x, y, x * x, x * y, y * y


def _evaluate(surface: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the values (H, W, C) of a surface. `surface`: the coefficients (6, C)."""
    terms = _quadratic(*shape)
    return np.stack([sum(a * term for a, term in zip(plane, terms, strict=True)) for plane in surface.T], axis=-1)


def _shade(raised: np.ndarray) -> np.ndarray:
    """Return the part of the contrast that light and shade cause, (H, W). The rest of the contrast is ink.

    raised: the total contrast of each pixel to the paper, (H, W).
    """
    wide = _opened(raised, WINDOW)
    if np.ptp(wide) < EVEN:
        return wide
    narrow = _opened(raised, NARROW)
    # `narrow` should contain only light and shade, which have soft edges. If `narrow` has a sharp edge, it contains ink
    # of a pen wider than NARROW. Use `wide` in this case, because the wide opening removes this ink.
    return wide if _sharpest(narrow) > SHARP * np.ptp(raised) else narrow


def _sharpest(values: np.ndarray) -> float:
    """Return the largest change of the values over the distance EDGE, vertically or horizontally."""
    reach = max(2, round(max(values.shape) * EDGE))
    steps = (values[reach:] - values[:-reach], values[:, reach:] - values[:, :-reach])
    return max(np.abs(step).max(initial=0) for step in steps)


def _opened(height: np.ndarray, window: float) -> np.ndarray:
    """Return the morphological opening of values (H, W), which removes all peaks that are narrower than the window.

    window: the width of the window, as a fraction of the longer side of the array.
    """
    reach = int(window * max(height.shape) / 2)
    for extreme in (np.minimum, np.maximum):
        for axis in (0, 1):
            height = _running(extreme, height, reach, axis)
    return height


def _running(extreme: np.ufunc, values: np.ndarray, reach: int, axis: int) -> np.ndarray:
    """Replace each value by the minimum or maximum of the values up to `reach` positions away along the axis.

    extreme: np.minimum or np.maximum, or np.logical_or for masks.
    Each step of the loop doubles the number of positions that a value covers, until all positions are covered.
    """
    values = np.pad(values.swapaxes(0, axis), ((reach, reach), (0, 0)), mode="edge")
    wanted, span = 2 * reach + 1, 1
    while span < wanted:
        further = min(span, wanted - span)
        values = extreme(values[:-further], values[further:])
        span += further
    return values.swapaxes(0, axis)
