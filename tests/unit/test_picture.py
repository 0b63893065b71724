"""Extraction of ink from pictures, for many kinds of paper, light, color and file."""

import io
import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, ImageDraw, ImageFilter

from model.data import mnist
from model.errors import InputError
from model.preprocessing import picture
from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS

SIDE = 400
PEN = 0.05  # fraction of the pad's side
BLACK, WHITE = (0, 0, 0), (1, 1, 1)
OPEN_FILES = Path("/proc/self/fd")


def render(strokes, side=SIDE, pen=PEN):
    """Return strokes drawn by Pillow, independently of `rasterize`: float32 (side, side), 0 paper, 1 ink."""
    large = 4 * side
    image = Image.new("L", (large, large))
    draw, radius = ImageDraw.Draw(image), pen * large / 2
    for stroke in strokes:
        points = [(x * large, y * large) for x, y in stroke]
        draw.line(points, 255, round(2 * radius))
        for x, y in points:
            draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return np.asarray(image.resize((side, side), Image.Resampling.BOX), np.float32) / 255


def image_of(strokes):
    """Return the normalized image of strokes rasterized with the same pen."""
    strokes = [np.array(stroke) for stroke in strokes]
    return normalize(rasterize(strokes, PEN / np.ptp(np.concatenate(strokes), axis=0).max()))


def difference(source, expected):
    """Return the mean absolute difference of two 28×28 images at the best of all shifts by at most 1 pixel."""
    image = normalize(picture.to_ink(source))
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(np.abs(np.roll(image, move, axis=(0, 1)) - expected).mean() for move in moves)


def gray(values):
    return Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))


def colored(ink, paper, drawn):
    return gray(np.array(paper) * (1 - drawn[..., None]) + np.array(ink) * drawn[..., None])


def layer(color, drawn):
    """Return an image of one color with the ink in its alpha channel."""
    return gray(np.dstack([np.broadcast_to(color, (*drawn.shape, 3)), drawn]))


def saved(image, form="PNG", **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


FIVE = DIGIT_DRAWINGS[5]
DRAWN = render(FIVE)


@pytest.mark.parametrize("digit", range(10))
def test_a_picture_of_strokes_gives_the_same_image_as_the_strokes(digit):
    image = colored(BLACK, WHITE, render(DIGIT_DRAWINGS[digit]))
    assert difference(saved(image), image_of(DIGIT_DRAWINGS[digit])) < 0.012


@pytest.mark.parametrize(
    "ink, paper",
    [
        (WHITE, BLACK),
        (BLACK, (0.2, 0.2, 0.2)),  # Gradio's sketchpad in dark mode.
        ((0.9, 0.26, 0.3), (0.3, 0.59, 0.3)),  # Red and green with the same luminance.
        ((1, 1, 0), (0, 0, 0.8)),
        ((0.1, 0.1, 0.9), (1, 1, 0.2)),
        ((1, 1, 0.2), WHITE),
        ((0.85, 0.85, 0.85), WHITE),
    ],
)
def test_ink_and_paper_can_have_any_colors(ink, paper):
    assert difference(colored(ink, paper, DRAWN), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("color", [BLACK, WHITE, (1, 0, 0)])
def test_ink_on_a_transparent_background_is_found(color):
    assert difference(saved(layer(color, DRAWN)), image_of(FIVE)) < 0.012


def test_transparent_corners_of_a_sheet_are_paper():
    alpha = np.ones((SIDE, SIDE))
    alpha[:40, :40] = alpha[-40:, -40:] = 0
    sheet = np.dstack([1 - DRAWN, 1 - DRAWN, 1 - DRAWN, alpha])
    sheet[alpha == 0] = 0
    assert difference(gray(sheet), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("pen", [0.01, 0.02, 0.1, 0.16])
def test_pens_can_be_thin_or_wide(pen):
    strokes = [np.array(stroke) for stroke in FIVE]
    size = np.ptp(np.concatenate(strokes), axis=0).max()
    image = colored(BLACK, WHITE, render(FIVE, pen=pen))
    assert difference(image, normalize(rasterize(strokes, pen / size))) < 0.015


def test_a_blurred_drawing_is_not_blank():
    assert difference(gray(1 - DRAWN).filter(ImageFilter.GaussianBlur(8)), image_of(FIVE)) < 0.1


@pytest.mark.parametrize("form", picture.FORMATS)
def test_every_file_format_is_read(form):
    assert difference(saved(colored(BLACK, WHITE, DRAWN), form), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "YCbCr", "RGBA", "RGBX", "I", "F", "I;16"])
def test_every_pixel_mode_is_read(mode):
    image = colored(BLACK, WHITE, DRAWN)
    if mode == "I;16":
        image = Image.fromarray(((1 - DRAWN) * 65535).astype(np.uint16))
    assert difference(image.convert(mode), image_of(FIVE)) < 0.015


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_16_bit_files_are_read(form):
    image = Image.fromarray(((1 - DRAWN) * 65535).astype(np.uint16))
    assert difference(saved(image, form), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("ink, paper", [((0.9, 0.26, 0.3), (0.3, 0.59, 0.3)), ((0.6, 0.6, 0.6), (0.92, 0.9, 0.85))])
def test_paper_and_ink_can_be_dithered(ink, paper):
    assert difference(colored(ink, paper, DRAWN).convert("P"), image_of(FIVE)) < 0.015


@pytest.mark.parametrize("quality", [20, 50, 90])
def test_jpeg_artifacts_are_not_ink(quality):
    assert difference(saved(colored(BLACK, WHITE, DRAWN), "JPEG", quality=quality), image_of(FIVE)) < 0.015


def test_the_first_frame_of_an_animation_is_read():
    frames = [Image.new("L", (SIDE, SIDE), value) for value in (0, 255)]
    assert difference(saved(gray(1 - DRAWN), "GIF", save_all=True, append_images=frames), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_the_exif_orientation_is_applied(form):
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: rotate clockwise.
    turned = colored(BLACK, WHITE, DRAWN).transpose(Image.Transpose.ROTATE_90)
    assert difference(saved(turned, form, exif=exif), image_of(FIVE)) < 0.015


@pytest.mark.parametrize("side, bound", [(48, 0.05), (100, 0.03), (800, 0.012), (2000, 0.012)])
def test_pictures_can_have_any_size(side, bound):
    assert difference(gray(1 - render(FIVE, side)), image_of(FIVE)) < bound


@pytest.mark.parametrize("shape", [(400, 3000), (3000, 400)])
def test_a_digit_on_a_long_strip_is_found(shape):
    strip = np.ones(shape)
    top, left = (min(length - SIDE, 1200) for length in shape)
    strip[top : top + SIDE, left : left + SIDE] -= DRAWN
    assert difference(gray(strip), image_of(FIVE)) < 0.04


def test_a_picture_cropped_to_the_ink_is_read():
    ink_box = gray(DRAWN).getbbox()
    for image in (gray(DRAWN), gray(1 - DRAWN)):
        assert difference(image.crop(ink_box), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("inverted", [False, True])
def test_mnist_images_are_nearly_unchanged(inverted):
    images = mnist.load().test.images[:300]
    found = [difference(saved(Image.fromarray(255 - i if inverted else i)), i / 255) for i in images]
    assert np.mean(found) < 0.002
    assert max(found) < 0.01


# Effects in photographs. Each takes an image, float (H, W, 3), the coordinates x and y, 0 to 1, and a random generator.
def _noise(image, x, y, rng):
    return image + rng.normal(0, 0.04, image.shape)


def _gradient(image, x, y, rng):
    return image * (1 - 0.5 * x[..., None])


def _vignette(image, x, y, rng):
    return image * (1 - 1.1 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))[..., None]


def _shadow(image, x, y, rng):
    return image * (1 - 0.4 / (1 + np.exp((x + 0.4 * y - 0.6) / 0.03)))[..., None]


def _window_bar(image, x, y, rng):
    """A shadow with a hard edge across the digit."""
    return image * (1 - 0.4 / (1 + np.exp((x - 0.52) / 0.006)))[..., None]


def _hand(image, x, y, rng):
    distance = np.hypot((x - 0.9) / 0.5, (y - 1) / 0.45)
    return image * (1 - 0.4 / (1 + np.exp((distance - 1) / 0.06)))[..., None]


def _dust(image, x, y, rng):
    for row, column in rng.integers(5, 590, (25, 2)):
        image[row : row + 3, column : column + 3] *= 0.4
    image[40:56, 60:76] *= 0.4  # A crumb.
    return image


def _ruled(image, x, y, rng):
    image[::40] *= 0.8
    image[1::40] *= 0.8
    return image


def photograph(strokes, ink, paper, effects, seed=1):
    """Return a JPEG file of 600 × 800 pixels with the digit near the middle, defocus blur and sensor noise."""
    rng = np.random.default_rng(seed)
    drawn = np.pad(render(strokes), ((90, 110), (220, 180)))
    image = np.asarray(colored(ink, paper, drawn), np.float64) / 255
    y, x = np.mgrid[:1:600j, :1:800j]
    for effect in effects:
        image = effect(image, x, y, rng)
    image = np.asarray(gray(image).filter(ImageFilter.GaussianBlur(1.5))) / 255
    return saved(gray(image + rng.normal(0, 0.01, image.shape)), "JPEG", quality=70)


PEN_ON_PAPER = ((0.15, 0.15, 0.3), (0.92, 0.9, 0.85))
PENCIL = ((0.6, 0.6, 0.6), (0.92, 0.9, 0.85))
CHALK = ((0.85, 0.85, 0.8), (0.12, 0.25, 0.18))


@pytest.mark.parametrize("ink, paper", [PEN_ON_PAPER, PENCIL, CHALK])
@pytest.mark.parametrize(
    "effects",
    [
        [_noise],
        [_gradient],
        [_vignette],
        [_shadow],
        [_window_bar],
        [_hand],
        [_dust],
        [_ruled],
        [_ruled, _vignette, _hand, _noise],
    ],
    ids=lambda effects: "".join(effect.__name__ for effect in effects),
)
def test_ink_is_found_in_photographs(ink, paper, effects):
    for digit in (2, 5, 8):
        strokes = DIGIT_DRAWINGS[digit]
        assert difference(photograph(strokes, ink, paper, effects), image_of(strokes)) < 0.035


@pytest.mark.parametrize("paper", [PEN_ON_PAPER[1], CHALK[1]])
@pytest.mark.parametrize("effect", [_noise, _gradient, _vignette, _shadow])
def test_photographs_of_blank_paper_have_no_ink(paper, effect):
    assert not picture.to_ink(photograph([], BLACK, paper, [effect])).any()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (28, 28), (1, 5000), (5000, 1)])
def test_a_picture_of_one_color_has_no_ink(mode, size):
    for color in (0, 1, 255):
        assert not picture.to_ink(Image.new("L", size, color).convert(mode)).any()


@pytest.mark.parametrize("alpha", [0, 77])
def test_a_transparent_picture_has_no_ink(alpha):
    assert not picture.to_ink(Image.new("RGBA", (50, 50), (10, 200, 30, alpha))).any()


channels = st.sampled_from([(), (3,), (4,)])
pixels = st.tuples(array_shapes(min_dims=2, max_dims=2, max_side=40), channels).flatmap(
    lambda parts: arrays(np.uint8, parts[0] + parts[1])
)


@given(pixels)
@settings(deadline=None)
def test_any_pixels_give_ink_from_0_to_1(values):
    ink = picture.to_ink(Image.fromarray(values))
    assert ink.dtype == np.float32 and ink.shape == values.shape[:2]
    assert np.isfinite(ink).all() and ink.min() >= 0 and ink.max() <= 1
    assert np.isfinite(normalize(ink)).all()


def test_large_pictures_are_reduced_to_the_working_size():
    for size in ((5000, 1), (321, 3000), (1000, 1000)):
        assert max(picture.to_ink(Image.new("L", size)).shape) == picture.WORKING_SIDE


def error_message(source):
    """Return the message of the InputError that this source causes."""
    with pytest.raises(InputError) as error:
        picture.to_ink(source)
    return str(error.value)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", bytes(99)]
)
def test_a_file_that_is_not_a_picture_is_rejected_with_the_expected_formats(content, tmp_path):
    (tmp_path / "hello.png").write_bytes(content)
    assert "not a readable picture. Expected a picture file, one of PNG" in error_message(tmp_path / "hello.png")


def test_a_format_that_is_not_listed_is_rejected():
    assert "not a readable picture" in error_message(saved(gray(DRAWN), "PPM"))


def test_an_input_that_is_not_a_file_is_rejected():
    for nothing in (None, 5, {"path": "x.png"}):
        assert "The input is not a picture" in error_message(nothing)


def test_the_message_about_a_missing_file_does_not_contain_its_path(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        assert "could not be opened" in error_message(path) and str(tmp_path) not in error_message(path)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_a_truncated_file_is_rejected(form):
    whole = saved(gray(1 - DRAWN), form).getvalue()
    assert "damaged" in error_message(io.BytesIO(whole[: len(whole) // 2])) or form == "WEBP"


def png_header(width, height):
    """Return a PNG whose header states a size, but which has no pixels."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", b"none")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5_001, 10_000, 100_000])
def test_a_picture_with_too_many_pixels_is_rejected_before_decoding(side):
    assert "25 million pixels are accepted" in error_message(io.BytesIO(png_header(side, side)))


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="Open files are listed in /proc on Linux only.")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("form", picture.FORMATS)
def test_files_are_closed_after_any_error(form, tmp_path):
    whole = saved(gray(1 - DRAWN), form).getvalue()
    errors = []  # Kept, because a traceback keeps its local variables alive.
    for name, content in {"whole": whole, "half": whole[: len(whole) // 2], "huge": png_header(6_000, 6_000)}.items():
        (tmp_path / name).write_bytes(content)
        try:
            picture.to_ink(tmp_path / name)
        except InputError as error:
            errors.append(error)
    assert errors
    still_open = [os.readlink(file) for file in OPEN_FILES.iterdir() if file.is_symlink()]
    assert not [file for file in still_open if file.startswith(str(tmp_path))]


@pytest.mark.parametrize("form", picture.FORMATS)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=40)
def test_a_damaged_file_is_read_or_rejected(form, changes):
    content = bytearray(saved(gray(1 - DRAWN).resize((40, 40)), form).getvalue())
    for position, value in changes:
        content[int(position * len(content))] = value
    try:
        assert np.isfinite(picture.to_ink(io.BytesIO(content))).all()
    except InputError as error:
        assert str(error).endswith(".")


@pytest.mark.parametrize("size, form, seconds", [((1000, 1000), "PNG", 0.3), ((6000, 4000), "JPEG", 3)])
def test_a_large_picture_is_read_within_the_time_limit(size, form, seconds):
    file = saved(colored(BLACK, WHITE, DRAWN).resize(size), form)
    start = time.process_time()  # CPU time of this process: independent of other load, about a tenth of the limit.
    picture.to_ink(file)
    assert time.process_time() - start < seconds
