"""Which ink decided: the parts add up, paper has none, and they point the right way."""

import numpy as np
import pytest
from hand import DIGITS

from model.errors import InputError
from model.inference.attribution import IntegratedGradients
from model.inference.classifier import Classifier
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load()


@pytest.fixture(scope="module")
def explainer(classifier):
    return IntegratedGradients(classifier.network)


def image_of(strokes) -> np.ndarray:
    return normalization.normalize(rasterize([np.array(stroke, float) for stroke in strokes]))


def log_odds(classifier, image, digit, others) -> float:
    [logits] = classifier.logits.first(image[None]).numpy()
    return float(logits[digit] - np.logaddexp.reduce(logits[others]))


@pytest.mark.parametrize("digit", range(10))
def test_the_parts_add_up_to_what_the_drawing_has_more_than_blank_paper(classifier, explainer, digit):
    image = image_of(DIGITS[digit])
    others = [other for other in range(10) if other != digit]
    gained = log_odds(classifier, image, digit, others) - log_odds(classifier, 0 * image, digit, others)
    assert explainer.explain(image, digit).sum() == pytest.approx(gained, rel=0.25, abs=0.5)


def test_only_ink_has_a_part(explainer):
    image = image_of(DIGITS[5])
    assert not explainer.explain(image, 5)[image == 0].any()


def test_nine_rather_than_four_is_the_opposite_of_four_rather_than_nine(explainer):
    image = image_of(DIGITS[9])
    np.testing.assert_allclose(explainer.explain(image, 9, 4), -explainer.explain(image, 4, 9), atol=1e-4)


def test_taking_away_what_spoke_for_an_answer_lowers_it_more_than_taking_away_the_rest(classifier, explainer):
    """Of equal amounts of ink: the half that counted most, and the half that counted least."""
    falls = []
    for digit in range(10):
        image = image_of(DIGITS[digit])
        order = np.argsort(explainer.explain(image, digit), axis=None)
        order = order[image.ravel()[order] > 0]
        others = [other for other in range(10) if other != digit]
        left = []
        for taken in (order[len(order) // 2 :], order[: len(order) // 2]):
            part = image.copy()
            part.flat[taken] = 0
            left.append(log_odds(classifier, part, digit, others))
        falls.append(left[0] < left[1])
    assert np.mean(falls) >= 0.9


def test_strokes_are_explained_as_whole_numbers(explainer):
    drawing = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}
    evidence = np.array(explainer.explain_drawing(drawing, 7, 1).as_json()["evidence"])
    assert evidence.shape == (28, 28) and np.abs(evidence).max() == 127


def test_blank_paper_has_no_reasons(explainer):
    assert not np.any(explainer.explain_drawing({"strokes": []}, 7, None).as_json()["evidence"])


@pytest.mark.parametrize("digit, rather_than, sentence", [(10, None, "0 to 9"), (True, 2, "0 to 9"), (3, 3, "itself")])
def test_what_is_no_digit_cannot_be_asked_for(explainer, digit, rather_than, sentence):
    with pytest.raises(InputError, match=sentence):
        explainer.explain_drawing({"strokes": []}, digit, rather_than)


def test_a_network_of_digits_alone_cannot_say_why_something_is_none():
    from model.inference import checkpoint

    softmax = IntegratedGradients(Classifier.load(checkpoint.FOLDER / "softmax.keras").network)
    with pytest.raises(InputError, match="digits alone"):
        softmax.explain_drawing({"strokes": []}, None, None)
