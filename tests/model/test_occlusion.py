"""Occlusion: each number is the change of the score of an image that lacks a block, or has a dot more."""

import numpy as np
import pytest

from model.errors import InputError
from model.inference import occlusion
from model.inference.occlusion import DOT, occlude
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS

BLANK = np.zeros((28, 28), np.float32)


def image_of(strokes) -> np.ndarray:
    return normalization.normalize(rasterize([np.array(stroke, float) for stroke in strokes]))


@pytest.fixture(scope="module")
def forward(classifier):
    return classifier.logits.single_view


def log_odds(logits: np.ndarray, answer: int) -> float:
    return float(logits[answer] - np.log(np.exp(np.delete(logits, answer).astype(float)).sum()))


@pytest.mark.parametrize("digit", range(10))
def test_erasing_the_most_important_block_lowers_the_score_by_what_was_shown(digit, forward):
    image = image_of(DIGIT_DRAWINGS[digit])
    found = occlude(forward, image, digit)
    row, column = np.unravel_index(found.erased.argmin(), (7, 7))
    erased = image.copy()
    erased[4 * row : 4 * row + 4, 4 * column : 4 * column + 4] = 0
    before, after = (log_odds(forward(each[None])[0], digit) for each in (image, erased))
    assert found.score == pytest.approx(before, abs=1e-3)
    assert found.erased[row, column] < 0
    assert found.erased[row, column] == pytest.approx(after - before, abs=1e-3)


def test_two_digits_are_compared_by_the_difference_of_their_logits(forward):
    image = image_of(DIGIT_DRAWINGS[4])
    found, opposite = occlude(forward, image, 4, 9, dots=True), occlude(forward, image, 9, 4)
    np.testing.assert_allclose(found.erased, -opposite.erased, atol=1e-4)
    dotted = image.copy()
    dotted[:4, 12:16] = np.maximum(dotted[:4, 12:16], DOT)
    before, after = (np.subtract(*forward(each[None])[0][[4, 9]]) for each in (image, dotted))
    assert found.score == pytest.approx(before, abs=1e-3)
    assert found.added[0, 3] == pytest.approx(after - before, abs=1e-3)


def test_not_a_digit_is_compared_with_all_digits(forward):
    found = occlude(forward, image_of(NON_DIGIT_DRAWINGS["smiley"]), None)
    assert found.score > 0 and found.erased.any() and found.added is None


def test_blocks_without_ink_are_not_computed():
    counts, image = [], BLANK.copy()
    image[5, 5] = 1

    def forward(images: np.ndarray) -> np.ndarray:
        counts.append(len(images))
        return np.stack([images.sum(axis=(1, 2)), *np.zeros((9, len(images)))], axis=1)

    found = occlude(forward, image, 0)
    assert counts == [2]
    assert np.flatnonzero(found.erased).tolist() == [8] and found.erased[1, 1] < 0
    assert not occlude(forward, BLANK, 0).erased.any()


@pytest.mark.parametrize(
    "digit, contrast, sentence", [(3, 3, "compared with itself"), (None, None, "only knows digits")]
)
def test_an_answer_that_cannot_be_explained_is_rejected(digit, contrast, sentence):
    with pytest.raises(InputError, match=sentence):
        occlusion.occlude(lambda images: np.zeros((len(images), 10)), BLANK, digit, contrast)
