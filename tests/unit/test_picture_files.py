"""Files of pictures: every supported format and pixel mode is read, and files that cannot be read are rejected."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from model.errors import InputError
from model.preprocessing.decoding import FORMATS, WEBP_BYTES_PER_PIXEL, TooDemandingError, decode
from tests.helpers.pictures import BLACK, DRAWN, FIVE, SIDE, WHITE, colored, difference, image_of, picture_from, saved

OPEN_FILES = Path("/proc/self/fd")


@pytest.mark.parametrize("form", FORMATS)
def test_every_file_format_is_read(form):
    assert difference(saved(colored(BLACK, WHITE, DRAWN), form), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "YCbCr", "RGBA", "RGBX", "I", "F", "I;16"])
def test_every_pixel_mode_is_read(mode):
    image = colored(BLACK, WHITE, DRAWN)
    if mode == "I;16":
        image = Image.fromarray(((1 - DRAWN) * 65535).astype(np.uint16))
    assert difference(image.convert(mode), image_of(FIVE)) < 0.015


def test_16_bit_files_are_read():
    image = Image.fromarray(((1 - DRAWN) * 65535).astype(np.uint16))
    assert difference(saved(image, "PNG"), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("quality", [20, 50, 90])
def test_jpeg_artifacts_are_not_ink(quality):
    assert difference(saved(colored(BLACK, WHITE, DRAWN), "JPEG", quality=quality), image_of(FIVE)) < 0.015


def test_the_first_frame_of_an_animation_is_read():
    frames = [Image.new("L", (SIDE, SIDE), value) for value in (0, 255)]
    assert (
        difference(saved(picture_from(1 - DRAWN), "GIF", save_all=True, append_images=frames), image_of(FIVE)) < 0.012
    )


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_exif_orientation_is_applied(form):
    exif = Image.Exif()
    exif[0x0112] = 6  # The reader must rotate the picture clockwise by 90°.
    turned = colored(BLACK, WHITE, DRAWN).transpose(Image.Transpose.ROTATE_90)
    assert difference(saved(turned, form, exif=exif), image_of(FIVE)) < 0.015


def error_message(source):
    """Return the message of the InputError that reading the source raises."""
    with pytest.raises(InputError) as error:
        decode(source)
    return str(error.value)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", bytes(99)]
)
def test_a_file_that_is_not_a_picture_is_rejected_with_the_expected_formats(content, tmp_path):
    (tmp_path / "hello.png").write_bytes(content)
    assert "not a readable picture. Expected a picture file, one of PNG" in error_message(tmp_path / "hello.png")


@pytest.mark.parametrize("form", ["PPM", "TIFF", "ICO"])
def test_a_format_that_is_not_listed_is_rejected_with_the_accepted_formats(form):
    assert error_message(saved(picture_from(DRAWN), form)) == (
        "The file is not a readable picture. Expected a picture file, one of PNG, JPEG, WEBP, GIF, BMP."
    )


def test_an_input_that_is_not_a_file_is_rejected():
    for nothing in (None, 5, {"path": "x.png"}):
        assert "The input is not a picture" in error_message(nothing)


def test_the_message_about_a_missing_file_does_not_contain_its_path(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        assert "could not be opened" in error_message(path) and str(tmp_path) not in error_message(path)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP"])
def test_a_truncated_file_is_rejected(form):
    whole = saved(picture_from(1 - DRAWN), form).getvalue()
    assert "damaged" in error_message(io.BytesIO(whole[: len(whole) // 2])) or form == "WEBP"


def png_header(width, height):
    """Return a PNG that has a header with the size, but no pixels."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", b"none")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5_001, 10_000, 100_000])
def test_a_picture_with_too_many_pixels_is_rejected_before_decoding(side):
    assert "25 million pixels are accepted" in error_message(io.BytesIO(png_header(side, side)))


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_size_of_a_webp_is_read_from_its_header(mode, lossless):
    file = saved(Image.new(mode, (700, 300)), "WEBP", lossless=lossless)
    with pytest.raises(TooDemandingError):
        decode(file, 700 * 300 * WEBP_BYTES_PER_PIXEL - 1)
    assert decode(file, 700 * 300 * WEBP_BYTES_PER_PIXEL).shape[:2] == (261, 609)


def test_a_webp_with_too_many_pixels_is_rejected_before_decoding():
    head = b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<II", 10, 0)
    content = head + (4_000 - 1).to_bytes(3, "little") + (3_001 - 1).to_bytes(3, "little")
    assert "WebP: 12 million" in error_message(io.BytesIO(content))


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_jpeg_of_100_megapixels_is_decoded_at_a_reduced_size():
    file = saved(Image.new("L", (10_000, 10_000), 255), "JPEG")
    assert decode(file, 20_000_000).shape == (400, 400, 3)


@pytest.mark.parametrize("size, longer_side", [((9_000, 2_800), 717), ((65_000, 400), 1950)])
def test_a_jpeg_strip_above_25_megapixels_is_decoded_at_a_reduced_size(size, longer_side):
    file = saved(Image.new("L", size, 255), "JPEG")
    assert max(decode(file, 20_000_000).shape) == longer_side


def test_a_progressive_jpeg_needs_memory_for_all_its_pixels():
    file = saved(Image.new("RGB", (4_000, 1_000)), "JPEG", progressive=True)
    with pytest.raises(TooDemandingError):
        decode(file, 4_000 * 1_000 * 2)


def test_a_picture_from_the_caller_stays_unchanged():
    image = colored(BLACK, WHITE, DRAWN)
    before = image.tobytes()
    decode(image)
    assert (image.size, image.mode, image.tobytes()) == ((SIDE, SIDE), "RGB", before)


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="Open files are listed in /proc on Linux only.")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("form", FORMATS)
def test_files_are_closed_after_any_error(form, tmp_path):
    whole = saved(picture_from(1 - DRAWN), form).getvalue()
    errors = []  # Their tracebacks keep local variables alive, so that an unclosed file stays open.
    for name, content in {"whole": whole, "half": whole[: len(whole) // 2], "huge": png_header(6_000, 6_000)}.items():
        (tmp_path / name).write_bytes(content)
        try:
            decode(tmp_path / name)
        except InputError as error:
            errors.append(error)
    assert errors
    still_open = [os.readlink(file) for file in OPEN_FILES.iterdir() if file.is_symlink()]
    assert not [file for file in still_open if file.startswith(str(tmp_path))]


@pytest.mark.parametrize("form", FORMATS)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
@settings(max_examples=40)
def test_a_damaged_file_is_read_or_rejected(form, changes):
    content = bytearray(saved(picture_from(1 - DRAWN).resize((40, 40)), form).getvalue())
    for position, value in changes:
        content[int(position * len(content))] = value
    try:
        assert np.isfinite(decode(io.BytesIO(content))).all()
    except InputError as error:
        assert str(error).endswith(".")
