"""A picture → ink: a float image, 0 = paper … 1 = ink, that normalization takes in.

What surrounds is paper. What differs from it by a sharp step and lies within is ink, whatever the colours; what changes
slowly, or comes in over the edge on a broad front, is light and shade.
"""

import io
import os
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from model.errors import InputError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 25_000_000
# Of a file: no picture of so many pixels has more.
MAX_BYTES = 8 * MAX_PIXELS
LIMIT = f"from one pixel to {MAX_PIXELS // 10**6} million are read."
# Pictures are averaged down to this before anything else: more does not change a 28×28 image, it only takes time.
WORKING_SIDE = 320
# The least contrast, of the range from black to white, that counts as ink.
MIN_CONTRAST = 0.08
# Enough to see what the paper is like.
SAMPLE_SIDE = 128
# Fractions of the picture's longer side. Wider than WINDOW is a shadow or a lamp and no pen's stroke; where light and
# shade are soft, so is what is wider than NARROW. In a square of SURROUNDINGS there is more paper than ink. Over EDGE,
# the edge of ink rises by more than SHARP of all the contrast there is; by less than SOFT of its own, it is a shadow's.
WINDOW = 0.4
NARROW = 0.12
SURROUNDINGS = 0.5
EDGE = 1 / 80
SHARP = 0.35
SOFT = 0.55
# Light that differs by less, of the range from black to white, is even.
EVEN = 0.02
# Black paper reflects this much at least: nothing is divided by zero.
DARKEST = 0.1
# Light and shade are made up for within these factors; what is darker yet holds more noise than ink.
LIGHT = (0.35, 2.0)
# Root mean square of the paper's unevenness, of the range from black to white. A photograph's is above it, a drawing
# saved as JPEG of quality 90 has a quarter, MNIST a hundredth.
DIRTY = 1 / 150
# On dirty paper, connected parts of fewer pixels, or smaller than this share of the largest part, are dust and noise.
SPECK = 24
SPECK_SHARE = 0.03

# Connected parts smaller than this share of the largest are no digits: dots, dirt, a neighbour's end. Of 400 images of
# MNIST's, 1 falls into two; with 0.02 it was 3.
LEAST_PART = 0.1
# Points along the outline of a part that say where it lies.
OUTLINE = 120

Source = str | os.PathLike | BinaryIO | Image.Image


def to_ink(source: Source) -> np.ndarray:
    """A picture file (its path, or open for reading bytes) or a PIL image → ink, float32 (H, W), paper exactly 0.

    The longer side of the ink is at most WORKING_SIDE; without anything drawn it is all 0. Of an animation the first
    picture is read. Raises InputError for what is no picture, a damaged one, or one of more than MAX_PIXELS.
    """
    return _ink(_planes(_open(source)))


def parts(ink: np.ndarray) -> list[np.ndarray]:
    """Ink (H, W) → its connected parts, as masks bool (H, W); dots that are small beside the largest are left out."""
    strong = ink > 0.5 * ink.max(initial=0)
    # Grown by a pixel: a thin slanting stroke, whose pixels may touch at their corners alone, is one.
    numbers = _parts(_grown(strong, 1)) * strong
    sizes = np.bincount(numbers.ravel(), minlength=2)
    sizes[0] = 0
    return [numbers == number for number in np.flatnonzero(sizes > LEAST_PART * sizes.max())]


def outline(part: np.ndarray) -> np.ndarray:
    """A part's mask (H, W) → points on its edge, in pixels, x right, y down: float (P, 2), P at most OUTLINE and four.

    The four where it reaches furthest are among them.
    """
    inner = np.pad(part, 1)
    inner = inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
    points = np.argwhere(part & ~inner)[:, ::-1].astype(float)
    furthest = [points.argmin(axis=0), points.argmax(axis=0)]
    return np.concatenate([points[:: -(-len(points) // OUTLINE)], *(points[ends] for ends in furthest)])


def keep_parts(ink: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The ink of some parts, given by their mask, with the soft edge around it; elsewhere paper."""
    return np.where(_grown(mask, 2), ink, 0)


def _open(source: Source) -> Image.Image:
    """The picture, upright, reduced to WORKING_SIDE, in mode RGB, RGBA or F."""
    expected = f"Expected a picture file, one of {', '.join(FORMATS)}."
    if not (isinstance(source, str | os.PathLike | Image.Image) or hasattr(source, "read")):
        raise InputError(f"No picture was given. {expected}")
    try:
        image = source if isinstance(source, Image.Image) else Image.open(_in_memory(source), formats=FORMATS)
        if not 0 < image.width * image.height <= MAX_PIXELS:  # Read in the header: nothing has been decoded yet.
            raise InputError(f"The picture has {image.width:,} × {image.height:,} pixels; {LIMIT}")
        return _reduced(image)
    except InputError:
        raise
    except UnidentifiedImageError:
        raise InputError(f"This is no picture that can be read. {expected}") from None
    except Image.DecompressionBombError:
        raise InputError(f"The picture is far too large; {LIMIT}") from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InputError(f"The picture could not be opened ({error.strerror}). {expected}") from None
    except Exception as error:  # Pillow's readers let out whatever broke in them.
        raise InputError(f"The picture is damaged ({error}). {expected}") from None


def _in_memory(source: str | os.PathLike | BinaryIO) -> BinaryIO:
    """A file's content: of a damaged picture, Pillow leaves the file itself open, and a server has only so many."""
    if hasattr(source, "read"):
        return source
    with open(source, "rb") as file:
        return io.BytesIO(file.read(MAX_BYTES))


def _reduced(image: Image.Image) -> Image.Image:
    """Decoded, averaged down, and turned as the camera was held."""
    image.draft(None, (2 * WORKING_SIDE, 2 * WORKING_SIDE))  # A large JPEG needs not be decoded in full.
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _scaled(image)
    else:
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((WORKING_SIDE, WORKING_SIDE), Image.Resampling.BOX)
    return ImageOps.exif_transpose(image)


def _scaled(image: Image.Image) -> Image.Image:
    """Grey values of 16 or 32 bits, or floats, as floats from 0 to 1."""
    grey = np.nan_to_num(np.asarray(image).astype(np.float32), posinf=0, neginf=0)
    sixteen = image.mode.startswith("I;16")
    full = 65535 if sixteen else next((top for top in (1, 255, 65535) if grey.max() <= top), grey.max())
    scaled = Image.fromarray(np.clip(grey / full, 0, 1))
    scaled.info = image.info
    return scaled


def _planes(image: Image.Image) -> np.ndarray:
    """What ink can differ from paper by, float32 (H, W, C), each 0 … 1: grey, colour, or how opaque it is."""
    values = np.asarray(image, np.float32)
    if image.mode == "F":
        return values[:, :, None]
    values = values / 255
    if image.mode == "RGB":
        return values
    colour, alpha = values[:, :, :3], values[:, :, 3:]
    if np.median(_border(alpha)) < alpha.max() / 2:
        return alpha  # A transparent sheet: whatever can be seen is ink, whatever its colour.
    # An opaque sheet with holes or round corners, which are filled with what its edge looks like.
    edge = _border(values)
    return colour * alpha + (1 - alpha) * np.median(edge[edge[:, 3] >= alpha.max() / 2, :3], axis=0)


def _ink(planes: np.ndarray) -> np.ndarray:
    """Planes (H, W, C) → ink (H, W)."""
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
    # Ink in a shadow differs from its paper by less, in proportion to the light that is left.
    contrast = (raised - shade) / np.clip(light / np.median(light), *LIGHT)
    contrast -= np.median(contrast)
    if np.ptp(shade) > MIN_CONTRAST and _sharpest(contrast) < SOFT * contrast.max():
        return np.zeros(planes.shape[:2], np.float32)  # Nothing but what is left of a shadow's edge.
    return _cleaned(contrast)


def _ink_direction(difference: np.ndarray) -> np.ndarray | None:
    """All differences to paper (H, W, C) → the direction in colours, (C,), in which the ink lies; None without ink."""
    if np.linalg.norm(difference, axis=2).max() < MIN_CONTRAST:
        return None
    # A stroke stands out from its surroundings to one side only, the edge of a shadow to both alike. By the third
    # power, strong differences decide.
    difference = difference - _averaged(difference)
    direction = np.einsum("hwc,hw->c", difference, np.linalg.norm(difference, axis=2) ** 3)
    length = np.linalg.norm(direction)
    return (direction / length).astype(np.float32) if length > 0 else None


def _averaged(values: np.ndarray) -> np.ndarray:
    """Each value's mean over a square of SURROUNDINGS around it; what lies outside repeats the edge."""
    reach = int(SURROUNDINGS * max(values.shape[:2]) / 2)
    for axis in (0, 1):
        padded = np.pad(values.swapaxes(0, axis), ((reach + 1, reach), (0, 0), (0, 0)), mode="edge")
        sums = padded.cumsum(axis=0)
        values = ((sums[2 * reach + 1 :] - sums[: -2 * reach - 1]) / (2 * reach + 1)).swapaxes(0, axis)
    return values


def _cleaned(contrast: np.ndarray) -> np.ndarray:
    """Contrast to paper (H, W) → ink, 0 … 1, without noise, ruled lines and specks.

    How much is cut away follows from how still the paper is: nothing from a drawing made by program.
    """
    noise = 1.4826 * np.median(np.abs(contrast))  # The standard deviation, were it normally distributed.
    drawn = contrast > max(MIN_CONTRAST, 5 * noise)
    if not drawn.any():
        return np.zeros(contrast.shape, np.float32)
    # The full strength of the pen, whatever fainter things lie about: their mean, with the strongest counting most.
    strength = np.sum(contrast[drawn] ** 5) / np.sum(contrast[drawn] ** 4)
    full = np.quantile(contrast[contrast > strength / 2], 0.9)
    still = contrast[~_grown(drawn, 1)]
    dirt = min(1.0, np.sqrt(np.mean(still**2)) / DIRTY) if still.size else 0.0
    # On still paper the faintest grey is ink, as in MNIST; on dirty paper, a third of the pen's strength is none yet.
    low, high = full * (0.003 + 0.35 * dirt), full * (1 - 0.25 * dirt)
    ink = np.clip((contrast - low) / (high - low), 0, 1).astype(np.float32)
    strokes = _without_specks(ink > 0.5 * dirt, dirt)
    return np.where(_grown(strokes, 2), ink, 0)


def _grown(mask: np.ndarray, reach: int) -> np.ndarray:
    """The mask and everything within `reach` pixels of it, rows and columns counted alike."""
    return _running(np.logical_or, _running(np.logical_or, mask, reach, 0), reach, 1)


def _without_specks(mask: np.ndarray, dirt: float) -> np.ndarray:
    """The mask without its small connected parts; nothing is small on paper without dirt."""
    parts = _parts(mask)
    sizes = np.bincount(parts[mask], minlength=1)
    return mask & (sizes[parts] >= dirt * max(SPECK, SPECK_SHARE * sizes.max()))


def _parts(mask: np.ndarray) -> np.ndarray:
    """A number for each pixel of the mask, the same for all that are connected by edges, (H, W); elsewhere 0."""
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


def _border(planes: np.ndarray) -> np.ndarray:
    """The pixels along the four edges, (N, C)."""
    return np.concatenate([planes[0], planes[-1], planes[:, 0], planes[:, -1]])


def _paper(sample: np.ndarray) -> np.ndarray:
    """The paper as if nothing were drawn on it: the coefficients (6, C) of a quadratic surface for each channel.

    Fitted to the edge of the sheet first, then to all that lies near the surface found so far.
    """
    height, width, channels = sample.shape
    basis = np.stack(np.broadcast_arrays(*_quadratic(height, width)), axis=-1).reshape(-1, 6)
    values = sample.reshape(-1, channels).astype(np.float64)
    weights = np.zeros((height, width))
    weights[[0, -1]] = weights[:, [0, -1]] = 1
    weights = weights.ravel()
    for _ in range(4):
        weighted = (basis * weights[:, None]).T
        # Least squares again for the six equations: a sheet of one row leaves some of them empty.
        surface = np.linalg.lstsq(weighted @ basis, weighted @ values, rcond=1e-9)[0]
        distance = np.linalg.norm(values - basis @ surface, axis=1)
        scale = max(0.02, 2 * np.median(distance[weights > 0]))
        weights = np.exp(-((distance / scale) ** 2)) + 1e-6
    return surface


def _quadratic(height: int, width: int) -> tuple[np.ndarray, ...]:
    """1, x, y, x², xy and y², each such that all together broadcast to (H, W)."""
    y, x = np.linspace(-1, 1, height)[:, None], np.linspace(-1, 1, width)[None]
    return np.ones((1, 1)), x, y, x * x, x * y, y * y


def _evaluate(surface: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """A surface's coefficients (6, C) → its values (H, W, C)."""
    terms = _quadratic(*shape)
    return np.stack([sum(a * term for a, term in zip(plane, terms, strict=True)) for plane in surface.T], axis=-1)


def _shade(raised: np.ndarray) -> np.ndarray:
    """Heights above the paper (H, W), of ink, light and shade together → those of light and shade."""
    wide = _opened(raised, WINDOW)
    if np.ptp(wide) < EVEN:
        return wide
    narrow = _opened(raised, NARROW)
    # Light and shade are soft: a sharp edge in what the narrow window leaves is that of a wider pen's ink.
    return wide if _sharpest(narrow) > SHARP * np.ptp(raised) else narrow


def _sharpest(values: np.ndarray) -> float:
    """The largest difference within the breadth of an edge, down or across."""
    reach = max(2, round(max(values.shape) * EDGE))
    steps = (values[reach:] - values[:-reach], values[:, reach:] - values[:, :-reach])
    return max(np.abs(step).max(initial=0) for step in steps)


def _opened(height: np.ndarray, window: float) -> np.ndarray:
    """What is left of heights (H, W) when everything narrower than the window is cut off (a morphological opening)."""
    reach = int(window * max(height.shape) / 2)
    for extreme in (np.minimum, np.maximum):
        for axis in (0, 1):
            height = _running(extreme, height, reach, axis)
    return height


def _running(extreme: np.ufunc, values: np.ndarray, reach: int, axis: int) -> np.ndarray:
    """The extreme of each value and its neighbours up to `reach` to both sides, in steps that double."""
    values = np.pad(values.swapaxes(0, axis), ((reach, reach), (0, 0)), mode="edge")
    wanted, span = 2 * reach + 1, 1
    while span < wanted:
        further = min(span, wanted - span)
        values = extreme(values[:-further], values[further:])
        span += further
    return values.swapaxes(0, axis)
