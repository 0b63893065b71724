"""Valid and damaged picture files for `fuzz`."""

import io
import struct
import zlib
from random import Random

from PIL import Image, ImageDraw


def png(width: int, height: int, rows: bytes) -> bytes:
    """Return a black-and-white PNG. rows: the pixel data, which need not match the width and height in the header."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(name: bytes, part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))


def seven(mode: str = "L", size: tuple[int, int] = (64, 48)) -> Image.Image:
    image = Image.new("L", size, 255)
    width, height = size
    ImageDraw.Draw(image).line(
        [(0.3 * width, 0.2 * height), (0.7 * width, 0.2 * height), (0.45 * width, 0.8 * height)], 0, 5
    )
    return (
        image.convert("I").point(lambda value: value * 257).convert("I;16") if mode == "I;16" else image.convert(mode)
    )


def saved(image: Image.Image, kind: str, **settings) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def good_picture(rng: Random) -> bytes:
    """Return a valid picture file, such as a program, a camera or a scanner creates."""
    turned = Image.Exif()
    turned[0x0112] = rng.randrange(0, 10)
    size = rng.choice(((64, 48), (1, 1), (1, 900), (900, 2), (640, 480)))
    return rng.choice(
        (
            lambda: saved(seven("L", size), rng.choice(("PNG", "JPEG", "WEBP", "BMP", "GIF"))),
            lambda: saved(seven("RGB"), "JPEG", exif=turned),
            lambda: saved(seven("I;16"), "PNG"),
            lambda: saved(seven(rng.choice(("1", "P", "LA", "RGBA"))), "PNG"),
            lambda: saved(seven("P"), "PNG", transparency=0),
            lambda: saved(seven("CMYK"), "JPEG"),
            lambda: saved(seven(), rng.choice(("GIF", "WEBP", "PNG")), save_all=True, append_images=[seven()] * 3),
        )
    )()


def bad_picture(rng: Random) -> bytes:
    """Return a file that is cut off, corrupted, not a picture or too large, or a picture of the maximum size."""
    whole = good_picture(rng)
    broken = bytearray(whole)
    for _ in range(rng.randrange(1, 9)):
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    zeros = bytes(rng.choice((0, 10, 1_000_000)))
    side = rng.choice((5_001, 20_000, 65_000, 2**31 - 1))
    return rng.choice(
        (
            whole[: rng.randrange(len(whole))],
            bytes(broken),
            png(side, rng.choice((1, side)), zeros),
            png(5_000, 5_000, bytes(5_000 * 626)),
            png(0, 0, zeros),
            saved(seven("RGB"), "TIFF"),
            b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
            b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + rng.randbytes(30),
            b"BM" + rng.randbytes(60),
            b"%PDF-1.7\n%!PS\n",
            b"PK\x03\x04" + rng.randbytes(40),
            rng.randbytes(rng.randrange(200)),
        )
    )
