"""Decode a picture file to planes: small, upright, with the values from 0 to 1 in which ink differs from paper.

This module imports only NumPy and Pillow, so that a process that decodes pictures starts quickly.
"""

import io
import os
from typing import BinaryIO

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from model.errors import InputError, first_line

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
EXPECTED = f"Expected a picture file, one of {', '.join(FORMATS)}."
MAX_PIXELS = 25_000_000
# A JPEG is decoded at a reduced size. A WebP takes twice the memory of the other formats.
MAX_JPEG_PIXELS, MAX_WEBP_PIXELS = 100_000_000, 12_000_000
PIXEL_LIMIT_MESSAGE = (
    f"pictures from 1 pixel to {MAX_PIXELS // 10**6} million pixels are accepted (JPEG: {MAX_JPEG_PIXELS // 10**6} "
    f"million, WebP: {MAX_WEBP_PIXELS // 10**6} million)."
)
# Maximum size of a file in bytes. A picture with MAX_PIXELS pixels never needs a larger file.
MAX_BYTES = 8 * MAX_PIXELS
# Maximum number of pixels after reduction. More pixels take time and do not change the 28×28 image. The longer side has
# a larger limit, so that the digits in a long strip keep their height.
WORKING_PIXELS = 400 * 400
# Maximum longer side in pixels, for strips that are extremely long.
WORKING_SIDE = 2_000
# Bytes of memory for each pixel: the decoded picture with 4 bytes for a pixel, and a copy in another pixel mode. WebP
# has three more copies.
BYTES_PER_PIXEL, WEBP_BYTES_PER_PIXEL = 8, 16

Source = str | os.PathLike | BinaryIO | Image.Image


class TooDemandingError(MemoryError):
    """Decoding would take more memory than allowed. Nothing was decoded."""


def decode(source: Source, max_memory: int | None = None) -> np.ndarray:
    """Return the channels in which ink differs from paper, float32 (H, W, C), 0 to 1.

    They are one channel of gray, three channels of color, or one channel of opacity. The picture is upright. Its
    size is at most WORKING_PIXELS, and its longer side is at most WORKING_SIDE.
    source: path of a picture file, a binary file object or a PIL image. The first frame of an animation is used.
    max_memory: maximum number of bytes for decoding. None means no limit.
    Raises InputError if the source is not a picture, is damaged or has too many pixels, and TooDemandingError.
    """
    if not (isinstance(source, str | os.PathLike | Image.Image) or hasattr(source, "read")):
        raise InputError(f"The input is not a picture. {EXPECTED}")
    try:
        return _planes(_reduced(_open(source, max_memory), is_own=not isinstance(source, Image.Image)))
    except (InputError, MemoryError):
        raise
    except UnidentifiedImageError:
        raise InputError(f"The file is not a readable picture. {EXPECTED}") from None
    except Image.DecompressionBombError:
        raise InputError(f"The picture is far too large; {PIXEL_LIMIT_MESSAGE}") from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InputError(f"The picture could not be opened ({error.strerror}). {EXPECTED}") from None
    except Exception as error:  # Pillow raises many classes for damaged files.
        raise InputError(f"The picture is damaged ({first_line(error)}). {EXPECTED}") from None


def _open(source: Source, max_memory: int | None) -> Image.Image:
    """Return the picture, not yet decoded. Raises InputError or TooDemandingError if it is too large."""
    if isinstance(source, Image.Image):
        _check_pixels(source.size, MAX_PIXELS)
        _draft(source)
        return source
    file = _in_memory(source)
    size = _webp_size(file)
    if size:  # Pillow allocates the memory for a WebP when it opens the file.
        _check_pixels(size, MAX_WEBP_PIXELS)
        _check_memory(size[0] * size[1] * WEBP_BYTES_PER_PIXEL, max_memory)
        return Image.open(file, formats=FORMATS)
    image = Image.open(file, formats=FORMATS)
    is_jpeg = hasattr(image, "layer")
    _check_pixels(image.size, MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS)  # The size is from the header.
    coefficients = _jpeg_coefficients(image) if is_jpeg else 0
    _draft(image)
    _check_memory(image.width * image.height * BYTES_PER_PIXEL + coefficients, max_memory)
    return image


def _in_memory(source: str | os.PathLike | BinaryIO) -> BinaryIO:
    """Return the content of a file as a file object in memory. Return a file object unchanged.

    If Pillow opens a file itself and the picture is damaged, Pillow leaves the file open. After many such pictures, the
    process could not open any more files.
    """
    if hasattr(source, "read"):
        return source
    with open(source, "rb") as file:
        return io.BytesIO(file.read(MAX_BYTES))


def _check_pixels(size: tuple[int, int], max_pixels: int) -> None:
    width, height = size
    if not 0 < width * height <= max_pixels:
        raise InputError(f"The picture has {width:,} × {height:,} pixels; {PIXEL_LIMIT_MESSAGE}")


def _check_memory(needed: int, max_memory: int | None) -> None:
    if max_memory is not None and needed > max_memory:
        raise TooDemandingError


def _webp_size(file: BinaryIO) -> tuple[int, int] | None:
    """Return the width and height in the header of a WebP file; None for another file. The file's position stays.

    Format: https://developers.google.com/speed/webp/docs/riff_container
    """
    start = file.tell()
    head = file.read(30)
    file.seek(start)
    if len(head) < 30 or head[:4] != b"RIFF" or head[8:12] != b"WEBP":
        return None
    kind = head[12:16]
    if kind == b"VP8X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF


def _jpeg_coefficients(image: Image.Image) -> int:
    """Return the bytes for the coefficients of a JPEG: of the whole picture if the JPEG is progressive, else 0."""
    if not image.info.get("progressive"):
        return 0
    samples = [horizontal * vertical for _, horizontal, vertical, _ in image.layer]
    return 2 * image.width * image.height * sum(samples) // max(samples)


def _draft(image: Image.Image) -> None:
    """Let Pillow decode a large JPEG at a reduced size, at least twice the working size."""
    width, height = (2 * side for side in _working_size(image))
    if image.width * image.height > MAX_PIXELS:  # Round down, so that the larger of two possible sizes is not taken.
        width, height = max(1, width // 2), max(1, height // 2)
    image.draft(None, (width, height))


def _working_size(image: Image.Image) -> tuple[int, int]:
    """Return the width and height to which the picture is reduced."""
    scale = min(1, (WORKING_PIXELS / (image.width * image.height)) ** 0.5, WORKING_SIDE / max(image.size))
    return max(1, int(image.width * scale)), max(1, int(image.height * scale))


def _reduced(image: Image.Image, is_own: bool) -> Image.Image:
    """Decode the picture, average it down to the working size, and rotate it by the EXIF orientation.

    Returns a picture in mode RGB, RGBA or F. is_own: whether `image` may be changed. Without a copy of a large picture,
    decoding takes half the memory.
    """
    mode = "RGBA" if image.has_transparency_data else "RGB"
    image.load()
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        info, top = image.info, 65535 if image.mode.startswith("I;16") else None
        gray = np.asarray(image).astype(np.float32)
        if is_own:
            image.close()  # Free the memory of the pixels.
        image = _scaled(gray, top)
        image.info = info
    elif image.mode != mode or not is_own:
        image = image.convert(mode)
    image.thumbnail(_working_size(image), Image.Resampling.BOX)
    return ImageOps.exif_transpose(image.copy())


def _scaled(gray: np.ndarray, top: float | None) -> Image.Image:
    """Return gray values, float32 (H, W), as a picture with values from 0 to 1. Changes the array.

    top: the value of white. None means 1, 255 or 65535: the smallest that is not below the values.
    """
    if top is None:
        np.nan_to_num(gray, copy=False, posinf=0, neginf=0)
        top = next((top for top in (1, 255, 65535) if gray.max() <= top), gray.max())
    gray /= top
    return Image.fromarray(np.clip(gray, 0, 1, out=gray))


def _planes(image: Image.Image) -> np.ndarray:
    """Return the channels of a picture in mode RGB, RGBA or F, as `decode` describes them."""
    values = np.asarray(image, np.float32)
    if image.mode == "F":
        return values[:, :, None]
    values = values / 255
    if image.mode == "RGB":
        return values
    color, alpha = values[:, :, :3], values[:, :, 3:]
    if np.median(_border(alpha)) < alpha.max() / 2:
        return alpha  # The background is transparent, so everything visible is ink.
    # The picture is an opaque sheet. Fill transparent holes and corners with the median color of the sheet's edge.
    edge = _border(values)
    return color * alpha + (1 - alpha) * np.median(edge[edge[:, 3] >= alpha.max() / 2, :3], axis=0)


def _border(planes: np.ndarray) -> np.ndarray:
    """Return the pixels along the four edges of the picture, (N, C)."""
    return np.concatenate([planes[0], planes[-1], planes[:, 0], planes[:, -1]])
