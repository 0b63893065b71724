"""A drawing → ten probabilities, a verdict, a reason."""

import json
import threading

import numpy as np
import pytest
from PIL import Image

from model import ink
from model.classifier import Classifier

SEVEN = {"strokes": [[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]}


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load()


def test_a_seven_is_read_with_all_that_an_answer_holds(classifier):
    answer = classifier.read_strokes(SEVEN)
    assert (answer.digit, answer.verdict, answer.reason) == (7, "digit", "This is a 7.")
    assert sum(answer.probabilities) == pytest.approx(1)
    assert max(answer.probabilities) == answer.probabilities[7]
    assert answer.image.shape == (28, 28) and answer.image.dtype == np.float32
    assert set(answer.milliseconds) == {"ink", "normalization", "network"}
    assert all(value >= 0 for value in answer.milliseconds.values())


def test_text_and_object_get_the_same_answer(classifier):
    text, thing = classifier.read_strokes(json.dumps(SEVEN)), classifier.read_strokes(SEVEN)
    assert text.probabilities == thing.probabilities


def test_a_picture_of_the_drawing_gets_nearly_the_same_answer(classifier, tmp_path):
    drawn = np.pad(ink.from_strokes(ink.parse_strokes(SEVEN)), 60)
    Image.fromarray(np.rint(255 - 255 * drawn).astype(np.uint8)).save(tmp_path / "seven.png")
    answer = classifier.read_picture(tmp_path / "seven.png")
    assert (answer.digit, answer.verdict) == (7, "digit")
    np.testing.assert_allclose(answer.probabilities, classifier.read_strokes(SEVEN).probabilities, atol=0.05)


@pytest.mark.parametrize("drawing", [{"strokes": []}, {"strokes": [[]]}, {"strokes": [[], []]}])
def test_a_blank_drawing_gets_no_prediction(classifier, drawing):
    answer = classifier.read_strokes(drawing)
    assert (answer.verdict, answer.digit, answer.reason) == ("blank", None, "Nothing is drawn yet.")
    assert answer.probabilities == (0.1,) * 10


def test_what_is_not_sure_is_said_with_the_two_likeliest(classifier):
    doubtful = Classifier.__new__(Classifier)
    doubtful.notes = {"sure_above": 0.9}
    probabilities = np.array([0, 0, 0, 0, 0.5, 0, 0, 0, 0.1, 0.4])
    verdict = doubtful._verdict(np.ones((28, 28)), probabilities)
    assert verdict == ("unsure", 4, "Between a 4 and a 9.")


def test_the_answer_as_json_is_plain_and_whole(classifier):
    answer = classifier.read_strokes(SEVEN)
    plain = json.loads(json.dumps(answer.as_json()))
    assert set(plain) == {"probabilities", "verdict", "digit", "reason", "image", "milliseconds"}
    np.testing.assert_allclose(np.array(plain["image"]) / 255, answer.image, atol=0.5 / 255 + 1e-6)


def test_any_number_of_images_goes_through_one_compiled_function(classifier):
    images = np.random.default_rng(1).random((7, 28, 28), np.float32)
    together = classifier.probabilities(images)
    single = np.concatenate([classifier.probabilities(image[None]) for image in images])
    np.testing.assert_allclose(together, single, atol=1e-5)
    assert classifier._forward.experimental_get_tracing_count() == 1


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
    with pytest.raises(ink.InkError, match="not JSON"):
        classifier.read_strokes("{")
