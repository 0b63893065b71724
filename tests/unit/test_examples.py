"""Personal examples change the probabilities of similar drawings, and of no others."""

import numpy as np
import pytest

from model.classes import CLASS_NOT_DIGIT, CLASS_SEVERAL
from model.inference import examples
from model.inference.examples import Example
from model.inference.features import FEATURES, FeatureSpace, quantize, unit


def vector(angle: float, axis: int = 1) -> np.ndarray:
    """Return features of unit length at an angle to the first axis, float32 (FEATURES,)."""
    features = np.zeros(FEATURES, np.float32)
    features[0], features[axis] = np.cos(angle), np.sin(angle)
    return features


def example(label: int = 4, rather_than: int | None = 9, reach: float = 0.5, weight: float = 6.0) -> Example:
    return Example(quantize(vector(0)), label, rather_than, reach, weight)


def shift(cosine: float, kept: list[Example], outputs: int = 11) -> np.ndarray:
    [row] = examples.shifts(vector(np.arccos(cosine))[None], [kept], outputs)
    return row


@pytest.mark.parametrize("cosine, part", [(0.4, 0.0), (0.5, 0.0), (0.6, 0.5), (0.7, 1.0), (1.0, 1.0)])
def test_the_effect_grows_from_the_reach_on_and_half_of_it_is_taken_from_the_wrong_class(cosine, part):
    expected = np.zeros(11)
    expected[4], expected[9] = 6 * part, -3 * part
    assert shift(cosine, [example()]) == pytest.approx(expected, abs=1e-5)


def test_the_effects_of_several_examples_are_added():
    assert shift(1, [example(), example(7, 4, weight=2)])[[4, 7, 9]] == pytest.approx([5, 2, -3], abs=1e-5)
    assert not shift(1, []).any()


def test_an_example_leaves_room_for_examples_of_other_classes_that_look_alike():
    other = Example(quantize(vector(0.6)), 7, 4, 0.3, 2.0)
    reach = np.cos(0.6) - 0.02  # Larger than the reaches of both examples, and at most 0.8.
    part = np.clip((np.cos(0.2) - min(reach, 0.8)) / 0.2, 0, 1)
    [row] = examples.shifts(vector(0.2)[None], [[example(rather_than=None), other]], 11)
    assert row[4] == pytest.approx(6 * part - np.clip((np.cos(0.4) - min(reach, 0.8)) / 0.2, 0, 1), abs=0.05)


def test_each_drawing_has_its_own_examples():
    own, none = [example()], []
    rows = examples.shifts(np.stack([vector(0)] * 3), [own, none, own], 10)
    assert rows[:, 4] == pytest.approx([6, 0, 6])


def test_a_rejection_is_taken_from_every_output_that_rejects():
    assert shift(1, [example(4, CLASS_NOT_DIGIT)], 12)[CLASS_NOT_DIGIT:] == pytest.approx([-3, -3])
    assert shift(1, [example(4, CLASS_NOT_DIGIT)], 10)[4] == pytest.approx(6)
    wanted = shift(1, [example(CLASS_NOT_DIGIT, 4)], 12)
    assert wanted[[4, CLASS_NOT_DIGIT, CLASS_SEVERAL]] == pytest.approx([-3, 6, 0])
    assert shift(1, [example(CLASS_NOT_DIGIT, 4)], 10).tolist() == [0, 0, 0, 0, -3, 0, 0, 0, 0, 0]


@pytest.fixture
def space() -> FeatureSpace:
    """A bank of four drawings of the class 9 and four of the class 4, all at 0.5 radians from the first axis."""
    bank = quantize(np.stack([vector(0.5, axis) for axis in range(1, 9)]))
    classes = np.array([9] * 4 + [4] * 4, np.uint8)
    return FeatureSpace("0" * 64, np.zeros(3), np.zeros((3, FEATURES)), bank, classes)


OUTCOMES = np.array([0.01] * 4 + [0.1] + [0.01] * 4 + [0.81, 0.01])


def test_the_weight_is_the_missing_margin_and_four_nats(space):
    learned = examples.learn(space, quantize(vector(0)), OUTCOMES, 9, 4)
    assert learned.weight == pytest.approx(np.log(0.81 / 0.1) + 4)
    assert (learned.label, learned.rather_than) == (4, 9)
    # The digit was rejected although its probability was higher: no margin is missing.
    rejected = examples.learn(space, quantize(vector(0)), OUTCOMES, CLASS_NOT_DIGIT, 9)
    assert (rejected.weight, rejected.rather_than) == (4, CLASS_NOT_DIGIT)
    # A confirmed answer: the next class takes the place of the wrong one.
    assert examples.learn(space, quantize(vector(0)), OUTCOMES, 9, 9).rather_than == 4


def test_the_reach_is_just_below_the_fourth_known_drawing_of_another_class(space):
    assert examples.learn(space, quantize(vector(0)), OUTCOMES, 9, 4).reach == pytest.approx(
        np.cos(0.5) - 0.02, abs=0.005
    )
    far = quantize(vector(0, axis=100)[::-1])
    assert examples.learn(space, far, OUTCOMES, 9, 4).reach == pytest.approx(0.3)


def test_quantized_features_keep_their_direction():
    rng = np.random.default_rng(1)
    features = unit(rng.normal(size=(20, FEATURES)))
    assert np.sum(features * unit(quantize(features)), axis=1).min() > 0.9995
    assert not unit(quantize(np.zeros((1, FEATURES)))).any()
