"""The page reduces pictures before it sends them, so that it can read every picture that the browser can show."""

import base64
import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, features
from playwright.sync_api import expect

from model.preprocessing.normalization import normalize
from tests.helpers.drawings import DIGIT_DRAWINGS, number
from tests.helpers.page import digit, draw_seven
from tests.helpers.pictures import ink_of

MAX_SIDE = 1280
# Keeps the pictures that the page sends, as data: URLs.
RECORD_PICTURES = """() => {
  const isRecording = "sentPictures" in window;
  window.sentPictures = [];
  if (isRecording) return;
  const send = window.fetch;
  window.fetch = async (address, options) => {
    if (String(address) === "api/predict_image") {
      const reader = new FileReader();
      reader.readAsDataURL(options.body.get("picture"));
      await new Promise((done) => { reader.onload = done; });
      window.sentPictures.push(reader.result);
    }
    return send(address, options);
  };
}"""


@pytest.fixture
def page(page):
    """The page. It keeps the pictures that it sends."""
    page.evaluate(RECORD_PICTURES)
    return page


def sent_file(page) -> bytes:
    """Return the content of the last picture that the page has sent."""
    return base64.b64decode(page.evaluate("sentPictures.at(-1)").partition(",")[2])


def sent_image(page) -> Image.Image:
    return Image.open(io.BytesIO(sent_file(page)))


def sketch(strokes, size, pen=None, paper=(214, 208, 200, 255)) -> Image.Image:
    """Return a picture with strokes in its middle. size: width and height. pen: the width of the pen, in pixels."""
    image = Image.new("RGBA", size, paper)
    side = min(size)
    left, top = ((length - side) / 2 for length in size)
    for stroke in strokes:
        points = [(left + side * x, top + side * y) for x, y in stroke]
        ImageDraw.Draw(image).line(points, (40, 50, 110, 255), pen or side // 25, joint="curve")
    return image


def choose(page, path) -> None:
    page.locator("#examples input[type=file]").set_input_files(path)


def test_a_photo_of_50_megapixels_is_reduced_and_read(page, tmp_path):
    exif = Image.Exif()
    exif[0x010E] = "a secret place"
    photo = sketch(number("74"), (8_000, 6_250)).convert("RGB")
    photo.save(tmp_path / "photo.jpg", exif=exif)
    choose(page, tmp_path / "photo.jpg")
    expect(digit(page)).to_have_text("74", timeout=60_000)
    sent = sent_image(page)
    assert sent.format == "JPEG" and max(sent.size) == 1_000
    assert b"secret" not in sent_file(page)


@pytest.mark.skipif(not features.check("avif"), reason="Pillow cannot write AVIF.")
def test_an_avif_file_is_read(page, tmp_path):
    sketch(DIGIT_DRAWINGS[2], (900, 700)).convert("RGB").save(tmp_path / "photo.avif")
    choose(page, tmp_path / "photo.avif")
    expect(digit(page)).to_have_text("2")
    assert sent_image(page).format == "PNG" and sent_image(page).size == (900, 700)


def test_an_svg_is_read(page, tmp_path):
    points = " ".join(f"{24 * x:.2f},{24 * y:.2f}" for x, y in DIGIT_DRAWINGS[7][0])
    (tmp_path / "seven.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24">'
        f'<polyline points="{points}" fill="none" stroke="#111"/></svg>'
    )
    choose(page, tmp_path / "seven.svg")
    expect(digit(page)).to_have_text("7")
    assert sent_image(page).size == (640, 640)


@pytest.mark.parametrize("name", ["broken.png", "broken.jpg", "photo.heic", "empty.gif"])
def test_a_file_that_the_browser_cannot_show_gets_a_sentence(page, tmp_path, name):
    (tmp_path / name).write_bytes(b"" if name == "empty.gif" else b"\x89PNG\r\n\x1a\n broken")
    choose(page, tmp_path / name)
    expect(page.locator("#answer .reason")).to_have_text(
        "This browser cannot show the file. Choose a picture that it can show, such as a PNG or JPEG."
    )
    assert page.evaluate("sentPictures") == []
    draw_seven(page)


@pytest.mark.parametrize("form", ["png", "jpg", "webp", "gif", "bmp"])
def test_a_small_picture_in_an_accepted_format_is_sent_unchanged(page, tmp_path, form):
    path = tmp_path / f"two.{form}"
    sketch(DIGIT_DRAWINGS[2], (500, 400)).convert("RGB").save(path)
    choose(page, path)
    expect(digit(page)).to_have_text("2")
    assert sent_file(page) == path.read_bytes()


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_the_first_frame_of_a_large_animation_is_sent(page, tmp_path, form):
    frames = [sketch(DIGIT_DRAWINGS[value], (1_600, 1_400)).convert("RGB") for value in (5, 2, 7)]
    frames[0].save(tmp_path / f"moving.{form}", save_all=True, append_images=frames[1:], duration=60)
    choose(page, tmp_path / f"moving.{form}")
    expect(digit(page)).to_have_text("5")
    assert sent_image(page).size == (800, 700)


def test_a_large_picture_with_an_exif_rotation_is_sent_upright(page, tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # This EXIF orientation means that the camera was held sideways.
    upright = sketch(number("74"), (3_000, 2_000)).convert("RGB")
    upright.rotate(90, expand=True).save(tmp_path / "sideways.jpg", exif=exif)
    choose(page, tmp_path / "sideways.jpg")
    expect(digit(page)).to_have_text("74")
    assert sent_image(page).size == (750, 500)


@pytest.mark.parametrize("paper", [(255, 255, 255, 255), (0, 0, 0, 0)])
def test_thin_lines_and_transparency_survive_the_reduction(page, tmp_path, paper):
    sketch(DIGIT_DRAWINGS[5], (5_000, 5_000), pen=12, paper=paper).save(tmp_path / "thin.png", compress_level=1)
    choose(page, tmp_path / "thin.png")
    expect(digit(page)).to_have_text("5")
    sent = sent_image(page)
    assert sent.format == "PNG" and max(sent.size) < MAX_SIDE
    assert sent.convert("RGBA").getpixel((2, 2))[3] == paper[3]
    before, after = (normalize(ink_of(file)) for file in (tmp_path / "thin.png", sent))
    assert np.abs(before - after).mean() < 0.01
