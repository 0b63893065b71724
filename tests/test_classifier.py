"""A drawing → for each of its digits ten probabilities, a verdict, a reason."""

import json
import threading

import numpy as np
import pytest
from hand import DIGITS, OTHERS, STYLES, number
from PIL import Image, ImageDraw

from model.data import mnist
from model.errors import InputError
from model.inference.answer import Answer, Reading
from model.inference.classifier import Classifier, image_of
from model.preprocessing.strokes import parse_strokes, rasterize

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}
KEYS = {"digit", "verdict", "reason", "probabilities", "no_digit", "image", "box", "strokes"}


def drawing(strokes) -> dict:
    return {"strokes": [[list(point) for point in stroke] for stroke in strokes]}


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load()


def test_a_seven_is_read_with_all_that_an_answer_holds(classifier):
    answer = classifier.read_strokes(SEVEN)
    reading = answer.reading
    assert (answer.number, answer.verdict, answer.reason) == ("7", "digit", "This is 7.")
    assert (reading.digit, reading.verdict) == (7, "digit")
    assert sum(reading.probabilities) == pytest.approx(1)
    assert max(reading.probabilities) == reading.probabilities[7]
    assert 0 <= reading.no_digit < 0.5
    assert reading.box == (0.2, 0.2, 0.75, 0.85) and reading.strokes == (0,)
    assert reading.image.shape == (28, 28) and reading.image.dtype == np.float32
    assert set(answer.milliseconds) == {"ink", "normalization", "network"}
    assert all(value >= 0 for value in answer.milliseconds.values())


def test_text_and_object_get_the_same_answer(classifier):
    text, thing = classifier.read_strokes(json.dumps(SEVEN)), classifier.read_strokes(SEVEN)
    assert text.reading.probabilities == thing.reading.probabilities


def test_a_picture_of_the_drawing_gets_nearly_the_same_answer(classifier, tmp_path):
    drawn = np.pad(rasterize(parse_strokes(SEVEN)), 60)
    Image.fromarray(np.rint(255 - 255 * drawn).astype(np.uint8)).save(tmp_path / "seven.png")
    answer = classifier.read_picture(tmp_path / "seven.png")
    assert (answer.number, answer.verdict) == ("7", "digit")
    expected = classifier.read_strokes(SEVEN).reading.probabilities
    np.testing.assert_allclose(answer.reading.probabilities, expected, atol=0.05)


def picture_of(strokes) -> Image.Image:
    """Drawn by Pillow on grey paper, as wide as high."""
    image = Image.new("L", (800, 800), 225)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        pen.line([(800 * x, 800 * y) for x, y in stroke], 40, 14, joint="curve")
    return image


@pytest.mark.parametrize("text", ["2026", "74", "90210"])
def test_a_number_in_a_picture_is_read_and_each_digit_is_found(classifier, text):
    strokes = number(text)
    answer = classifier.read_picture(picture_of(strokes))
    assert (answer.number, answer.verdict) == (text, "digit")
    drawn = classifier.read_strokes(drawing(strokes))
    for reading, expected in zip(answer.readings, drawn.readings, strict=True):
        assert reading.strokes == ()
        np.testing.assert_allclose(reading.box, expected.box, atol=0.02)


def test_a_dot_in_a_picture_is_no_digit_of_its_own(classifier):
    image = picture_of(DIGITS[7])
    ImageDraw.Draw(image).ellipse([700, 700, 720, 720], fill=40)
    assert classifier.read_picture(image).number == "7"


def test_images_of_mnist_are_read_as_one_digit_each(classifier):
    images = mnist.load().validation.images[:100]
    counts = [len(classifier.read_picture(Image.fromarray(image)).readings) for image in images]
    assert counts.count(1) >= 99


def test_an_image_out_of_an_answer_is_the_image_itself(classifier):
    reading = classifier.read_strokes(SEVEN).reading
    np.testing.assert_array_equal(image_of(SEVEN), reading.image)
    np.testing.assert_allclose(image_of({"image": reading.as_json()["image"]}), reading.image, atol=0.5 / 255)


@pytest.mark.parametrize(
    "image",
    [None, [], [[0] * 28] * 27, [[0] * 27] * 28, [[True] * 28] * 28, [[256] * 28] * 28, [[float("nan")] * 28] * 28],
)
def test_what_is_no_image_is_refused_with_what_is_expected(image):
    with pytest.raises(InputError, match="28 rows of 28 numbers"):
        image_of({"image": image})


@pytest.mark.parametrize("nothing", [{"strokes": []}, {"strokes": [[]]}, {"strokes": [[], []]}])
def test_a_blank_drawing_gets_no_prediction(classifier, nothing):
    answer = classifier.read_strokes(nothing)
    assert (answer.number, answer.verdict, answer.reason) == ("", "blank", "Nothing is drawn yet.")
    assert answer.reading.digit is None
    assert answer.reading.probabilities == (0.1,) * 10


# Verdicts


@pytest.mark.parametrize("thing", OTHERS)
def test_what_is_no_digit_is_refused_and_the_nearest_digit_named(classifier, thing):
    answer = classifier.read_strokes(drawing(OTHERS[thing]))
    assert (answer.number, answer.verdict) == ("?", "not a digit")
    nearest = int(np.argmax(answer.reading.probabilities))
    assert answer.reason == f"This looks like no digit; the nearest is {nearest}."


@pytest.mark.parametrize("style", STYLES)
def test_styles_that_mnist_hardly_has_are_read(classifier, style):
    value, strokes = STYLES[style]
    assert classifier.read_strokes(drawing(strokes)).number == str(value)


def verdict(probabilities, no_digit) -> tuple:
    """Of a classifier that is sure above 0.9 and refuses above 0.6."""
    judge = Classifier.__new__(Classifier)
    judge.notes = {"confidence_threshold": 0.9, "rejection_threshold": 0.6}
    return judge._verdict(np.array(probabilities), no_digit)


def test_what_is_not_sure_is_said_with_the_two_likeliest():
    doubtful = [0, 0, 0, 0, 0.5, 0, 0, 0, 0.1, 0.4]
    assert verdict(doubtful, 0.6) == ("unsure", 4, "Between 4 and 9.")
    assert verdict(doubtful, 0.61) == ("not a digit", None, "This looks like no digit; the nearest is 4.")


def reading(digit, verdict) -> Reading:
    return Reading((0.1,) * 10, 0.0, verdict, digit, f"reason of {digit}", np.zeros((28, 28)))


def test_a_number_is_as_doubtful_as_its_most_doubtful_digit():
    sure, unsure, other = reading(7, "digit"), reading(1, "unsure"), reading(None, "not a digit")
    assert Answer((sure, sure), 0, {}).reason == "This is 77."
    answer = Answer((sure, unsure), 0, {})
    assert (answer.number, answer.verdict) == ("71", "unsure")
    assert answer.reason == "71: number 2 from the left. reason of 1"
    answer = Answer((unsure, sure, other), 0, {})
    assert (answer.number, answer.verdict) == ("17?", "not a digit")


# Numbers


@pytest.mark.parametrize("text", ["2026", "10", "44", "35", "1749", "808", "314159"])
def test_numbers_are_read_from_left_to_right(classifier, text):
    answer = classifier.read_strokes(drawing(number(text)))
    assert answer.number == text
    assert answer.current == len(text) - 1
    together = sorted(i for part in answer.readings for i in part.strokes)
    assert together == list(range(sum(len(DIGITS[int(digit)]) for digit in text)))


def test_the_digit_written_last_is_the_current_one_wherever_it_stands(classifier):
    strokes = number("35")  # A three of one stroke, a five of two.
    answer = classifier.read_strokes(drawing([*strokes[1:], strokes[0]]))
    assert answer.number == "35"
    assert answer.current == 0 and answer.reading.digit == 3


# Shape and speed of answers


def test_the_answer_as_json_is_plain_and_whole(classifier):
    answer = classifier.read_strokes(SEVEN)
    plain = json.loads(json.dumps(answer.as_json()))
    assert set(plain) == KEYS | {"number", "readings", "current", "milliseconds"}
    assert set(plain["readings"][0]) == KEYS
    np.testing.assert_allclose(np.array(plain["image"]) / 255, answer.reading.image, atol=0.5 / 255 + 1e-6)


def test_any_number_of_images_goes_through_one_compiled_function(classifier):
    images = np.random.default_rng(1).random((7, 28, 28), np.float32)
    together = classifier.probabilities(images)
    single = np.concatenate([classifier.probabilities(image[None]) for image in images])
    np.testing.assert_allclose(together, single, atol=1e-5)
    assert classifier.logits.first.experimental_get_tracing_count() == 1


def test_many_threads_get_the_answers_that_one_gets(classifier):
    images = np.random.default_rng(2).random((16, 1, 28, 28), np.float32)
    expected = [classifier.probabilities(image) for image in images]
    found = [None] * 16

    def read(place):
        found[place] = classifier.probabilities(images[place])

    threads = [threading.Thread(target=read, args=(place,)) for place in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_bad_strokes_raise_a_sentence(classifier):
    with pytest.raises(InputError, match="not JSON"):
        classifier.read_strokes("{")
