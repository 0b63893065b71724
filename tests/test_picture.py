"""A picture → ink: whatever the paper, the light, the colours and the file, what is drawn is found."""

import io
import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hand import DIGITS
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image, ImageDraw, ImageFilter

from model.data import mnist
from model.errors import InputError
from model.preprocessing import picture
from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import rasterize

SIDE = 400
PEN = 0.05  # Of the pad's side.
BLACK, WHITE = (0, 0, 0), (1, 1, 1)
OPEN_FILES = Path("/proc/self/fd")


def render(strokes, side=SIDE, pen=PEN):
    """Strokes drawn by Pillow, another hand than the one under test: float (side, side), 0 = paper … 1 = ink."""
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
    """What the strokes themselves, drawn with the same pen, are normalized to."""
    strokes = [np.array(stroke) for stroke in strokes]
    return normalize(rasterize(strokes, PEN / np.ptp(np.concatenate(strokes), axis=0).max()))


def unlike(source, expected):
    """Mean absolute difference of two 28×28 images; a pixel to any side, where the centre is a toss-up, is free."""
    image = normalize(picture.to_ink(source))
    moves = [(down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(np.abs(np.roll(image, move, axis=(0, 1)) - expected).mean() for move in moves)


def grey(values):
    return Image.fromarray(np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8))


def coloured(ink, paper, drawn):
    return grey(np.array(paper) * (1 - drawn[..., None]) + np.array(ink) * drawn[..., None])


def layer(colour, drawn):
    """Ink that lies in the alpha channel alone; the colour is everywhere the same."""
    return grey(np.dstack([np.broadcast_to(colour, (*drawn.shape, 3)), drawn]))


def saved(image, form="PNG", **options):
    file = io.BytesIO()
    image.save(file, form, **options)
    file.seek(0)
    return file


FIVE = DIGITS[5]
DRAWN = render(FIVE)


@pytest.mark.parametrize("digit", range(10))
def test_a_picture_of_strokes_becomes_the_same_image_as_the_strokes(digit):
    image = coloured(BLACK, WHITE, render(DIGITS[digit]))
    assert unlike(saved(image), image_of(DIGITS[digit])) < 0.012


@pytest.mark.parametrize(
    "ink, paper",
    [
        (WHITE, BLACK),
        (BLACK, (0.2, 0.2, 0.2)),  # What Gradio's own sketchpad gives in dark mode.
        ((0.9, 0.26, 0.3), (0.3, 0.59, 0.3)),  # Red and green of the same luminance.
        ((1, 1, 0), (0, 0, 0.8)),
        ((0.1, 0.1, 0.9), (1, 1, 0.2)),
        ((1, 1, 0.2), WHITE),
        ((0.85, 0.85, 0.85), WHITE),
    ],
)
def test_any_ink_on_any_paper(ink, paper):
    assert unlike(coloured(ink, paper, DRAWN), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("colour", [BLACK, WHITE, (1, 0, 0)])
def test_ink_on_a_transparent_sheet(colour):
    assert unlike(saved(layer(colour, DRAWN)), image_of(FIVE)) < 0.012


def test_an_opaque_sheet_with_round_corners():
    alpha = np.ones((SIDE, SIDE))
    alpha[:40, :40] = alpha[-40:, -40:] = 0
    sheet = np.dstack([1 - DRAWN, 1 - DRAWN, 1 - DRAWN, alpha])
    sheet[alpha == 0] = 0
    assert unlike(grey(sheet), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("pen", [0.01, 0.02, 0.1, 0.16])
def test_a_fine_or_a_broad_pen(pen):
    strokes = [np.array(stroke) for stroke in FIVE]
    size = np.ptp(np.concatenate(strokes), axis=0).max()
    image = coloured(BLACK, WHITE, render(FIVE, pen=pen))
    assert unlike(image, normalize(rasterize(strokes, pen / size))) < 0.015


def test_a_blurred_drawing_is_not_blank():
    assert unlike(grey(1 - DRAWN).filter(ImageFilter.GaussianBlur(8)), image_of(FIVE)) < 0.1


@pytest.mark.parametrize("form", picture.FORMATS)
def test_every_format(form):
    assert unlike(saved(coloured(BLACK, WHITE, DRAWN), form), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "CMYK", "YCbCr", "RGBA", "RGBX", "I", "F", "I;16"])
def test_every_mode(mode):
    image = coloured(BLACK, WHITE, DRAWN)
    if mode == "I;16":
        image = Image.fromarray(((1 - DRAWN) * 65535).astype(np.uint16))
    assert unlike(image.convert(mode), image_of(FIVE)) < 0.015


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_a_file_of_16_bits(form):
    image = Image.fromarray(((1 - DRAWN) * 65535).astype(np.uint16))
    assert unlike(saved(image, form), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("ink, paper", [((0.9, 0.26, 0.3), (0.3, 0.59, 0.3)), ((0.6, 0.6, 0.6), (0.92, 0.9, 0.85))])
def test_colours_mixed_of_dots(ink, paper):
    assert unlike(coloured(ink, paper, DRAWN).convert("P"), image_of(FIVE)) < 0.015


@pytest.mark.parametrize("quality", [20, 50, 90])
def test_jpeg_artefacts_are_no_ink(quality):
    assert unlike(saved(coloured(BLACK, WHITE, DRAWN), "JPEG", quality=quality), image_of(FIVE)) < 0.015


def test_of_an_animation_the_first_picture_counts():
    frames = [Image.new("L", (SIDE, SIDE), value) for value in (0, 255)]
    assert unlike(saved(grey(1 - DRAWN), "GIF", save_all=True, append_images=frames), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_camera_held_sideways(form):
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: to be turned clockwise.
    turned = coloured(BLACK, WHITE, DRAWN).transpose(Image.Transpose.ROTATE_90)
    assert unlike(saved(turned, form, exif=exif), image_of(FIVE)) < 0.015


@pytest.mark.parametrize("side, bound", [(48, 0.05), (100, 0.03), (800, 0.012), (2000, 0.012)])
def test_any_size(side, bound):
    assert unlike(grey(1 - render(FIVE, side)), image_of(FIVE)) < bound


@pytest.mark.parametrize("shape", [(400, 3000), (3000, 400)])
def test_a_digit_somewhere_on_a_long_strip(shape):
    strip = np.ones(shape)
    top, left = (min(length - SIDE, 1200) for length in shape)
    strip[top : top + SIDE, left : left + SIDE] -= DRAWN
    assert unlike(grey(strip), image_of(FIVE)) < 0.04


def test_a_picture_cut_to_the_ink():
    ink_box = grey(DRAWN).getbbox()
    for image in (grey(DRAWN), grey(1 - DRAWN)):
        assert unlike(image.crop(ink_box), image_of(FIVE)) < 0.012


@pytest.mark.parametrize("inverted", [False, True])
def test_mnists_images_come_back_nearly_unchanged(inverted):
    images = mnist.load().test.images[:300]
    differences = [unlike(saved(Image.fromarray(255 - i if inverted else i)), i / 255) for i in images]
    assert np.mean(differences) < 0.002
    assert max(differences) < 0.01


# What cameras make of paper: each takes a picture, float (H, W, 3), x and y in 0 … 1, and random numbers.
def _noise(image, x, y, rng):
    return image + rng.normal(0, 0.04, image.shape)


def _gradient(image, x, y, rng):
    return image * (1 - 0.5 * x[..., None])


def _vignette(image, x, y, rng):
    return image * (1 - 1.1 * ((x - 0.5) ** 2 + (y - 0.5) ** 2))[..., None]


def _shadow(image, x, y, rng):
    return image * (1 - 0.4 / (1 + np.exp((x + 0.4 * y - 0.6) / 0.03)))[..., None]


def _window_bar(image, x, y, rng):
    """A shadow with a hard edge, right through the digit."""
    return image * (1 - 0.4 / (1 + np.exp((x - 0.52) / 0.006)))[..., None]


def _hand(image, x, y, rng):
    distance = np.hypot((x - 0.9) / 0.5, (y - 1) / 0.45)
    return image * (1 - 0.4 / (1 + np.exp((distance - 1) / 0.06)))[..., None]


def _dust(image, x, y, rng):
    for row, column in rng.integers(5, 590, (25, 2)):
        image[row : row + 3, column : column + 3] *= 0.4
    image[40:56, 60:76] *= 0.4  # And a crumb.
    return image


def _ruled(image, x, y, rng):
    image[::40] *= 0.8
    image[1::40] *= 0.8
    return image


def photograph(strokes, ink, paper, effects, seed=1):
    """600 × 800 pixels, the digit somewhere in the middle, out of focus, with a sensor's noise, as JPEG."""
    rng = np.random.default_rng(seed)
    drawn = np.pad(render(strokes), ((90, 110), (220, 180)))
    image = np.asarray(coloured(ink, paper, drawn), np.float64) / 255
    y, x = np.mgrid[:1:600j, :1:800j]
    for effect in effects:
        image = effect(image, x, y, rng)
    image = np.asarray(grey(image).filter(ImageFilter.GaussianBlur(1.5))) / 255
    return saved(grey(image + rng.normal(0, 0.01, image.shape)), "JPEG", quality=70)


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
def test_a_photograph(ink, paper, effects):
    for digit in (2, 5, 8):
        assert unlike(photograph(DIGITS[digit], ink, paper, effects), image_of(DIGITS[digit])) < 0.035


@pytest.mark.parametrize("paper", [PEN_ON_PAPER[1], CHALK[1]])
@pytest.mark.parametrize("effect", [_noise, _gradient, _vignette, _shadow])
def test_on_blank_paper_there_is_no_ink(paper, effect):
    assert not picture.to_ink(photograph([], BLACK, paper, [effect])).any()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1), (28, 28), (1, 5000), (5000, 1)])
def test_a_single_colour_is_blank(mode, size):
    for colour in (0, 1, 255):
        assert not picture.to_ink(Image.new("L", size, colour).convert(mode)).any()


@pytest.mark.parametrize("alpha", [0, 77])
def test_a_transparent_sheet_is_blank(alpha):
    assert not picture.to_ink(Image.new("RGBA", (50, 50), (10, 200, 30, alpha))).any()


channels = st.sampled_from([(), (3,), (4,)])
pixels = st.tuples(array_shapes(min_dims=2, max_dims=2, max_side=40), channels).flatmap(
    lambda parts: arrays(np.uint8, parts[0] + parts[1])
)


@given(pixels)
@settings(deadline=None)
def test_whatever_the_pixels_ink_lies_between_paper_and_ink(values):
    ink = picture.to_ink(Image.fromarray(values))
    assert ink.dtype == np.float32 and ink.shape == values.shape[:2]
    assert np.isfinite(ink).all() and ink.min() >= 0 and ink.max() <= 1
    assert np.isfinite(normalize(ink)).all()


def test_ink_is_never_larger_than_what_it_is_worked_out_on():
    for size in ((5000, 1), (321, 3000), (1000, 1000)):
        assert max(picture.to_ink(Image.new("L", size)).shape) == picture.WORKING_SIDE


def refused(source):
    with pytest.raises(InputError) as refusal:
        picture.to_ink(source)
    return str(refusal.value)


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", bytes(99)]
)
def test_what_is_no_picture_is_refused_with_what_is_expected(content, tmp_path):
    (tmp_path / "hello.png").write_bytes(content)
    assert "no picture that can be read. Expected a picture file, one of PNG" in refused(tmp_path / "hello.png")


def test_a_format_off_the_list_is_refused():
    assert "no picture that can be read" in refused(saved(grey(DRAWN), "PPM"))


def test_no_picture_is_refused():
    for nothing in (None, 5, {"path": "x.png"}):
        assert "No picture was given" in refused(nothing)


def test_a_missing_file_is_refused_without_telling_where_it_was_looked_for(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        assert "could not be opened" in refused(path) and str(tmp_path) not in refused(path)


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
def test_half_a_picture_is_refused(form):
    whole = saved(grey(1 - DRAWN), form).getvalue()
    assert "damaged" in refused(io.BytesIO(whole[: len(whole) // 2])) or form == "WEBP"


def png_header(width, height):
    """A PNG that promises this many pixels and holds none."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)), (b"IDAT", b"none")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [5_001, 10_000, 100_000])
def test_too_many_pixels_are_refused_before_they_are_decoded(side):
    assert "25 million are read" in refused(io.BytesIO(png_header(side, side)))


@pytest.mark.skipif(not OPEN_FILES.exists(), reason="Linux says in /proc what is open.")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("form", picture.FORMATS)
def test_a_file_is_closed_whatever_is_wrong_with_it(form, tmp_path):
    whole = saved(grey(1 - DRAWN), form).getvalue()
    refusals = []  # Kept, as each holds on to what was in hand.
    for name, content in {"whole": whole, "half": whole[: len(whole) // 2], "huge": png_header(6_000, 6_000)}.items():
        (tmp_path / name).write_bytes(content)
        try:
            picture.to_ink(tmp_path / name)
        except InputError as refusal:
            refusals.append(refusal)
    assert refusals
    still_open = [os.readlink(file) for file in OPEN_FILES.iterdir() if file.is_symlink()]
    assert not [file for file in still_open if file.startswith(str(tmp_path))]


@pytest.mark.parametrize("form", picture.FORMATS)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=4))
@settings(deadline=None, max_examples=40)
def test_a_damaged_file_is_read_or_refused_and_nothing_else(form, changes):
    content = bytearray(saved(grey(1 - DRAWN).resize((40, 40)), form).getvalue())
    for place, value in changes:
        content[int(place * len(content))] = value
    try:
        assert np.isfinite(picture.to_ink(io.BytesIO(content))).all()
    except InputError as refusal:
        assert str(refusal).endswith(".")


@pytest.mark.parametrize("size, form, seconds", [((1000, 1000), "PNG", 0.3), ((6000, 4000), "JPEG", 3)])
def test_a_large_picture_is_read_fast(size, form, seconds):
    file = saved(coloured(BLACK, WHITE, DRAWN).resize(size), form)
    start = time.process_time()  # Of this process alone, whatever else the machine does: about a tenth of the limit.
    picture.to_ink(file)
    assert time.process_time() - start < seconds
