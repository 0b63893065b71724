"""Attribution: contributions sum to the difference in log-odds between image and blank image; only ink contributes."""

import numpy as np
import pytest

from model.errors import InputError
from model.inference import checkpoint
from model.inference.attribution import IntegratedGradients
from model.inference.forward_pass import ForwardPass
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS

BLANK = np.zeros((28, 28), np.float32)


@pytest.fixture(scope="module")
def logits(classifier):
    """The forward pass without test-time augmentation. Attribution explains the logits of this forward pass."""
    return ForwardPass(classifier.network)


@pytest.fixture(scope="module")
def attribution(classifier):
    return IntegratedGradients(classifier.network)


def image_of(strokes) -> np.ndarray:
    return normalization.normalize(rasterize([np.array(stroke, float) for stroke in strokes]))


def log_odds(logits, image, answer, others) -> float:
    [outputs] = logits(image[None])
    return float(outputs[answer] - np.logaddexp.reduce(outputs[others]))


def all_digits_but(digit) -> list[int]:
    return [other for other in range(10) if other != digit]


@pytest.mark.parametrize("digit", range(10))
def test_contributions_sum_to_the_difference_in_log_odds_to_a_blank_image(logits, attribution, digit):
    image = image_of(DIGIT_DRAWINGS[digit])
    gain = log_odds(logits, image, digit, all_digits_but(digit)) - log_odds(logits, BLANK, digit, all_digits_but(digit))
    assert attribution.attribute(image, digit).sum() == pytest.approx(gain, rel=0.25, abs=0.5)


def test_not_a_digit_is_compared_with_all_digits(logits, attribution):
    image = image_of(NON_DIGIT_DRAWINGS["smiley"])
    gain = log_odds(logits, image, 10, range(10)) - log_odds(logits, BLANK, 10, range(10))
    assert attribution.attribute(image, None).sum() == pytest.approx(gain, rel=0.25, abs=0.5)


def test_only_ink_contributes(attribution):
    image = image_of(DIGIT_DRAWINGS[5])
    contributions = attribution.attribute(image, 5)
    assert contributions.shape == (28, 28) and contributions.dtype == np.float32
    assert not contributions[image == 0].any() and contributions.any()


def test_nine_in_contrast_to_four_is_the_opposite_of_four_in_contrast_to_nine(attribution):
    image = image_of(DIGIT_DRAWINGS[9])
    np.testing.assert_allclose(attribution.attribute(image, 9, 4), -attribution.attribute(image, 4, 9), atol=1e-4)


def test_removing_the_ink_with_the_highest_contributions_lowers_the_log_odds_more_than_removing_other_ink(
    logits, attribution
):
    """Compare two copies of an image. One lacks the half of the inked pixels with the highest contributions, the other
    copy lacks the half with the lowest contributions.
    """
    lowered_more = []
    for digit in range(10):
        image = image_of(DIGIT_DRAWINGS[digit])
        order = np.argsort(attribution.attribute(image, digit), axis=None)
        order = order[image.ravel()[order] > 0]
        half = len(order) // 2
        remaining = []
        for removed in (order[half:], order[:half]):
            part = image.copy()
            part.flat[removed] = 0
            remaining.append(log_odds(logits, part, digit, all_digits_but(digit)))
        lowered_more.append(remaining[0] < remaining[1])
    assert np.mean(lowered_more) >= 0.9


def test_a_blank_image_has_no_contributions(attribution):
    assert not attribution.attribute(BLANK, 7).any()


def test_a_digit_cannot_be_compared_with_itself(attribution):
    with pytest.raises(InputError, match="cannot be compared with itself"):
        attribution.attribute(BLANK, 3, 3)


def test_a_network_that_only_knows_digits_cannot_explain_a_non_digit():
    network, _ = checkpoint.load(checkpoint.FOLDER / "softmax.keras")
    with pytest.raises(InputError, match="only knows digits"):
        IntegratedGradients(network).attribute(BLANK, None)
