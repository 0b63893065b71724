"""A picture → ink: a float image, 0 = paper … 1 = ink, that normalization takes in.

What surrounds is paper. What differs from it by a sharp step and lies within is ink, whatever the colours; what changes
slowly, or comes in over the edge on a broad front, is light and shade.
"""

import os
import warnings
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from model.ink import InkError

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 25_000_000
# Pictures are averaged down to this before anything else: more does not change a 28×28 image, it only takes time.
WORKING_SIDE = 400
# The least contrast, of the range from black to white, that counts as ink.
MIN_CONTRAST = 0.08

Source = str | os.PathLike | BinaryIO | Image.Image


def to_ink(source: Source) -> np.ndarray:
    """A picture file (its path, or open for reading bytes) or a PIL image → ink, float32 (H, W), paper exactly 0.

    The longer side of the ink is at most WORKING_SIDE; without anything drawn it is all 0. Of an animation the first
    picture is read. Raises InkError for what is no picture, a damaged one, or one of more than MAX_PIXELS.
    """
    return _ink(_planes(_open(source)))


def _open(source: Source) -> Image.Image:
    """The picture, upright, reduced to WORKING_SIDE, in mode RGBA or F."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = source if isinstance(source, Image.Image) else Image.open(source, formats=FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise InkError(
                    f"The picture has {image.width:,} × {image.height:,} pixels; "
                    f"at most {MAX_PIXELS // 10**6} million are read."
                )
            return _reduced(image)
    except UnidentifiedImageError:
        raise InkError(f"This is no picture that can be read. Expected one of {', '.join(FORMATS)}.") from None
    except Image.DecompressionBombError:
        raise InkError(f"The picture is too large; at most {MAX_PIXELS // 10**6} million pixels are read.") from None
    except InkError:
        raise
    except Exception as error:  # Pillow's readers let out whatever broke in them.
        raise InkError(f"The picture is damaged and cannot be read ({error}).") from None


def _reduced(image: Image.Image) -> Image.Image:
    image.draft(None, (2 * WORKING_SIDE, 2 * WORKING_SIDE))  # A large JPEG needs not be decoded in full.
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _scaled(image)
    else:
        image = image.convert("RGBA")
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
    colour, alpha = values[:, :, :3] / 255, values[:, :, 3:] / 255
    if np.median(_border(alpha)) < alpha.max() / 2:
        return alpha  # A transparent sheet: whatever can be seen is ink, whatever its colour.
    # An opaque sheet with holes or round corners: they are filled so as to attract no notice.
    return colour * alpha + (1 - alpha) * np.average(colour, axis=(0, 1), weights=np.repeat(alpha, 3, 2) + 1e-9)


def _ink(planes: np.ndarray) -> np.ndarray:
    """Planes (H, W, C) → ink (H, W)."""
    difference = planes - _paper(planes)
    strength = np.linalg.norm(difference, axis=2)
    if strength.max() < MIN_CONTRAST:
        return np.zeros(strength.shape, np.float32)
    # The direction, in colours, from paper to ink: strong differences count most.
    direction = np.einsum("hwc,hw->c", difference, strength**3)
    direction /= np.linalg.norm(direction) + 1e-9
    height = difference @ direction
    height -= _opened(height)
    height -= np.median(height)
    return _cleaned(height)


def _cleaned(height: np.ndarray) -> np.ndarray:
    noise = 1.4826 * np.median(np.abs(height))
    candidates = height[height > max(MIN_CONTRAST, 4 * noise)]
    if candidates.size == 0:
        return np.zeros(height.shape, np.float32)
    level = np.sum(candidates**5) / np.sum(candidates**4)
    full = np.quantile(candidates[candidates >= level / 2], 0.9)
    low = max(5 * noise, min(0.3 * full, 40 * noise), 0.03 * full)
    ink = np.clip((height - low) / (full - low), 0, 1) 
    return ink.astype(np.float32)


def _border(planes: np.ndarray) -> np.ndarray:
    """The pixels along the four edges, (N, C)."""
    return np.concatenate([planes[0], planes[-1], planes[:, 0], planes[:, -1]])


def _paper(planes: np.ndarray) -> np.ndarray:
    """The paper as if nothing were drawn on it, like `planes`: a quadratic surface for each channel."""
    step = max(1, max(planes.shape) // 64)
    sample = planes[::step, ::step]
    basis = _quadratic(*sample.shape[:2])
    edge = np.zeros(sample.shape[:2])
    edge[[0, -1]] = edge[:, [0, -1]] = 1
    weights = edge.ravel()
    values = sample.reshape(-1, sample.shape[2])
    for _ in range(4):
        root = np.sqrt(weights)[:, None]
        surface = np.linalg.lstsq(basis * root, values * root, rcond=None)[0]
        distance = np.linalg.norm(values - basis @ surface, axis=1)
        scale = max(0.02, 2 * np.median(distance[weights > 0]))
        weights = np.exp(-((distance / scale) ** 2)) + 1e-6
    return (_quadratic(*planes.shape[:2]) @ surface).reshape(planes.shape).astype(np.float32)


def _quadratic(height: int, width: int) -> np.ndarray:
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    return np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1).reshape(-1, 6)


def _opened(height: np.ndarray) -> np.ndarray:
    """What is left of the heights when everything narrower than WINDOW is cut off (a morphological opening)."""
    step = max(1, max(height.shape) // 100)
    rows, columns = height.shape
    small = Image.fromarray(height.astype(np.float32)).resize((-(-columns // step), -(-rows // step)), Image.Resampling.BOX)
    small = np.asarray(small)
    reach = int(WINDOW * max(small.shape) / 2)
    opened = _extreme(_extreme(small, reach, np.min), reach, np.max)
    return np.asarray(Image.fromarray(opened).resize((columns, rows), Image.Resampling.BILINEAR))


WINDOW = 0.4


def _extreme(values: np.ndarray, reach: int, extreme) -> np.ndarray:
    for axis in (0, 1):
        padding = [(reach, reach) if axis == other else (0, 0) for other in (0, 1)]
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(values, padding, mode="edge"), 2 * reach + 1, axis)
        values = extreme(windows, axis=-1)
    return values
