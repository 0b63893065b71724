"""Classifier: from a drawing or a picture to an answer with verdicts, boxes and calibrated probabilities."""

import threading

import numpy as np
import pytest
from PIL import Image, ImageDraw

from model.errors import InputError
from model.inference.answer import Doubt, Verdict
from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS, STYLES, number

SEVEN = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]


def arrays(drawing) -> list[np.ndarray]:
    return [np.array(stroke, float) for stroke in drawing]


def picture_of(drawing) -> Image.Image:
    """Return a picture of the drawing, in dark lines on light gray paper. Pillow draws the lines."""
    image = Image.new("L", (800, 800), 225)
    pen = ImageDraw.Draw(image)
    for stroke in drawing:
        pen.line([(800 * x, 800 * y) for x, y in stroke], 40, 14, joint="curve")
    return image


# Drawings


def test_a_seven_gets_a_complete_answer(classifier):
    answer = classifier.read_strokes(SEVEN)
    assert (answer.number, answer.verdict, answer.current) == ("7", Verdict.DIGIT, 0)
    reading = answer.reading
    assert (reading.digit, reading.verdict) == (7, Verdict.DIGIT)
    assert len(reading.probabilities) == 10 and sum(reading.probabilities) == pytest.approx(1)
    assert max(reading.probabilities) == reading.probabilities[7]
    assert 0 <= reading.not_digit < 0.5
    assert reading.box == (0.2, 0.2, 0.75, 0.85) and reading.strokes == (0,)
    assert reading.image.dtype == np.float32
    np.testing.assert_array_equal(reading.image, normalize(rasterize(SEVEN)))
    assert list(answer.milliseconds) == ["ink", "normalization", "network"]
    assert all(value >= 0 for value in answer.milliseconds.values())


def test_a_drawing_without_strokes_is_blank(classifier):
    answer = classifier.read_strokes([])
    assert (answer.number, answer.verdict, len(answer.readings)) == ("", Verdict.BLANK, 1)
    reading = answer.reading
    assert (reading.digit, reading.box, reading.strokes, reading.not_digit) == (None, None, (), 0.0)
    assert reading.probabilities == (0.1,) * 10
    assert reading.image.shape == (28, 28) and not reading.image.any()


def test_the_ring_of_a_smiley_is_a_part_of_the_rejected_drawing(classifier):
    smiley = arrays(NON_DIGIT_DRAWINGS["smiley"])
    [reading] = classifier.read_strokes(smiley).readings
    assert (reading.verdict, reading.strokes) == (Verdict.NOT_DIGIT, tuple(range(len(smiley))))


def test_a_circled_one_is_no_slashed_zero(classifier):
    angles = np.linspace(0, 6.2, 40)
    ring = 0.5 + np.stack([0.26 * np.cos(angles), 0.4 * np.sin(angles)], axis=1)
    one, slash = (np.array([[0.5 + x, 0.26], [0.5 - x, 0.74]]) for x in (0.12, 0.16))
    circled, zero = classifier.read_drawings([[one, ring], [ring, slash]])
    assert (circled.verdict, circled.doubt) == (Verdict.UNSURE, Doubt.RING)
    assert (zero.number, zero.verdict) == ("0", Verdict.DIGIT)


def test_drawings_in_a_batch_get_the_same_answers_as_single_drawings(classifier):
    drawings = [arrays(number("2026")), [], SEVEN, [], arrays(NON_DIGIT_DRAWINGS["smiley"])]
    answers = classifier.read_drawings(drawings)
    assert [answer.number for answer in answers] == ["2026", "", "7", "", "?"]
    for answer, drawing in zip(answers, drawings, strict=True):
        alone = classifier.read_strokes(drawing)
        for reading, expected in zip(answer.readings, alone.readings, strict=True):
            np.testing.assert_allclose(reading.probabilities, expected.probabilities, atol=1e-5)
            assert (reading.box, reading.strokes) == (expected.box, expected.strokes)


def test_an_empty_list_of_drawings_gets_an_empty_list_of_answers(classifier):
    assert classifier.read_drawings([]) == []


@pytest.mark.parametrize("name", NON_DIGIT_DRAWINGS)
def test_non_digits_are_rejected(classifier, name):
    answer = classifier.read_strokes(arrays(NON_DIGIT_DRAWINGS[name]))
    assert (answer.number, answer.verdict, answer.reading.digit) == ("?", Verdict.NOT_DIGIT, None)


@pytest.mark.parametrize("style", STYLES)
def test_styles_that_are_rare_in_mnist_are_read(classifier, style):
    digit, drawing = STYLES[style]
    assert classifier.read_strokes(arrays(drawing)).number == str(digit)


@pytest.mark.parametrize("text", ["2026", "10", "44", "35", "1749", "808", "314159"])
def test_numbers_are_read_from_left_to_right(classifier, text):
    answer = classifier.read_strokes(arrays(number(text)))
    assert answer.number == text
    assert answer.current == len(text) - 1
    strokes = sorted(i for reading in answer.readings for i in reading.strokes)
    assert strokes == list(range(sum(len(DIGIT_DRAWINGS[int(digit)]) for digit in text)))


def test_the_digit_that_was_drawn_last_is_the_current_one_at_any_position(classifier):
    strokes = arrays(number("35"))  # The three has one stroke, and the five has two strokes.
    answer = classifier.read_strokes([*strokes[1:], strokes[0]])
    assert answer.number == "35"
    assert answer.current == 0 and answer.reading.digit == 3


# Pictures


def test_a_picture_of_a_drawing_gets_nearly_the_same_probabilities(classifier, tmp_path):
    ink = np.pad(rasterize(SEVEN), 60)
    Image.fromarray(np.rint(255 - 255 * ink).astype(np.uint8)).save(tmp_path / "seven.png")
    answer = classifier.read_picture(tmp_path / "seven.png")
    assert (answer.number, answer.verdict) == ("7", Verdict.DIGIT)
    expected = classifier.read_strokes(SEVEN).reading.probabilities
    np.testing.assert_allclose(answer.reading.probabilities, expected, atol=0.05)


@pytest.mark.parametrize("text", ["2026", "74", "90210"])
def test_a_number_in_a_picture_is_read_with_the_boxes_of_its_digits(classifier, text):
    answer = classifier.read_picture(picture_of(number(text)))
    assert (answer.number, answer.verdict) == (text, Verdict.DIGIT)
    assert answer.current == len(text) - 1
    drawn = classifier.read_strokes(arrays(number(text)))
    for reading, expected in zip(answer.readings, drawn.readings, strict=True):
        assert reading.strokes == ()
        np.testing.assert_allclose(reading.box, expected.box, atol=0.02)


def test_a_dot_in_a_picture_is_ignored(classifier):
    image = picture_of(DIGIT_DRAWINGS[7])
    ImageDraw.Draw(image).ellipse([700, 700, 720, 720], fill=40)
    assert classifier.read_picture(image).number == "7"


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_drawn_with_a_marker_is_recognized_in_a_picture(classifier, digit):
    image = np.pad(rasterize(arrays(DIGIT_DRAWINGS[digit]), 3 * NETWORK_PEN_WIDTH), 30)
    assert classifier.read_picture(Image.fromarray(np.uint8(255 - 255 * image))).number == str(digit)


def test_an_empty_picture_is_blank(classifier):
    answer = classifier.read_picture(picture_of([]))
    assert (answer.number, answer.verdict, answer.reading.box) == ("", Verdict.BLANK, None)


def test_a_file_that_is_not_a_picture_is_rejected(classifier, tmp_path):
    (tmp_path / "seven.png").write_text("seven")
    with pytest.raises(InputError):
        classifier.read_picture(tmp_path / "seven.png")


# Normalized images


def test_a_normalized_image_gets_the_reading_of_its_drawing(classifier):
    expected = classifier.read_strokes(SEVEN).reading
    reading = classifier.read_image(expected.image)
    assert (reading.digit, reading.verdict) == (7, Verdict.DIGIT)
    assert (reading.box, reading.strokes) == (None, ())
    np.testing.assert_allclose(reading.probabilities, expected.probabilities, atol=1e-5)


def test_predictions_do_not_depend_on_the_batch_and_the_network_is_compiled_once(classifier):
    images = np.random.default_rng(1).random((7, 28, 28), np.float32)
    together, single = classifier.predict(images), [classifier.predict(image[None]) for image in images]
    for name in ("digits", "not_digit"):
        expected = np.concatenate([getattr(one, name) for one in single])
        np.testing.assert_allclose(getattr(together, name), expected, atol=1e-5)
    assert classifier.logits._network.experimental_get_tracing_count() == 1


def test_many_threads_get_the_predictions_that_one_thread_gets(classifier):
    images = np.random.default_rng(2).random((16, 1, 28, 28), np.float32)
    expected = [classifier.predict(image)[0] for image in images]
    found = [None] * 16

    def predict(index):
        found[index] = classifier.predict(images[index])[0]

    threads = [threading.Thread(target=predict, args=(index,)) for index in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("height, gap", [(0.3, 0.15), (0.5, 0.25), (0.7, 0.11)])
def test_two_bars_are_eleven(classifier, height, gap):
    bars = [np.array([[x, 0.2], [x, 0.2 + height]]) for x in (0.3, 0.3 + gap)]
    assert classifier.read_strokes(bars).number == "11"


def test_a_number_with_more_digits_than_the_network_learned_is_read(classifier):
    assert classifier.read_strokes(arrays(number("0123456789"))).number == "0123456789"
