"""Personal examples: drawings that one visitor has corrected. They change the answers to this visitor's drawings.

An example has the features of the corrected drawing (`model/inference/features.py`), its class, the class that the
network gave instead, a reach r and a weight w. `learn` computes r and w once, when the correction is made:

    r = max(0.3, c4 - 0.02), where c4 is the fourth-largest cosine of the example to the known images of other classes
    w = the margin that was missing + 4 nats

The margin is the logarithm of the probability of the wrong answer minus that of the correct class; at least 0.

`shifts` computes what an example adds to the logarithms of the calibrated probabilities of a new drawing. If the cosine
of the new drawing to the example is c, the example has the effect e = w · clip((c - r) / 0.2, 0, 1):

    + e       for the class of the example
    - e / 2   for the class that the network gave instead

If another example of the visitor has a different class, r is at least its cosine to this example minus 0.02, but at
most 0.8. Otherwise, two classes that look alike in the visitor's hand would replace each other.

The effects of several examples are added. Afterwards, the probabilities are divided by their sum. The verdict uses the
same thresholds as without examples. For networks with the output "several digits", this output counts as a part of "not
a digit" where probability is taken away. A network without an output for non-digits ignores that class.

The bank of known images makes r large for a drawing that looks like other digits, so that the example has an effect on
few drawings. A related method: Zhang et al. 2022, "Tip-Adapter: Training-free adaption of CLIP for few-shot
classification".
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from model.classes import CLASS_NOT_DIGIT, NUM_DIGITS
from model.inference.features import FEATURES, FeatureSpace, unit

SMALLEST_REACH = 0.3
NEIGHBOR = 4
"""The reach is that of the fourth neighbor, because up to three known images may have a wrong label."""
REACH_MARGIN = 0.02
FADE = 0.2
"""Above the reach, the effect grows to the full weight within this difference of cosines."""
MARGIN = 4.0
"""Nats by which the corrected class is ahead after the correction, if the example has its full effect."""
SMALLEST_PROBABILITY = 1e-12


@dataclass(frozen=True)
class Example:
    """A corrected drawing.

    features: int8 (FEATURES,), see `features.quantize`.
    label: the correct class, a digit or CLASS_NOT_DIGIT.
    rather_than: the class that the network gave instead; None if this class is not known.
    reach: the cosine from which on the example has an effect.
    weight: the largest effect, in nats.
    """

    features: np.ndarray
    label: int
    rather_than: int | None
    reach: float
    weight: float


def learn(space: FeatureSpace, features: np.ndarray, outcomes: np.ndarray, answer: int | None, label: int) -> Example:
    """Return the example of a drawing with its correct class.

    features: the features of the drawing, int8 (FEATURES,).
    outcomes: the probabilities of the ten digits and of "not a digit" for the drawing, (11,).
    answer: the class that the network gave; if it is None or the label, the most probable other class takes its place.
    label: the correct class.
    """
    if answer is None or answer == label:
        answer = int(np.argmax(np.where(np.arange(len(outcomes)) == label, -1, outcomes)))
    logs = np.log(np.maximum(outcomes, SMALLEST_PROBABILITY))
    weight = max(0.0, float(logs[answer] - logs[label])) + MARGIN
    return Example(features, label, answer, _reach(space, features, label), weight)


def _reach(space: FeatureSpace, features: np.ndarray, label: int) -> float:
    # "Several digits" is a kind of "not a digit".
    others = np.minimum(space.classes, CLASS_NOT_DIGIT) != label
    cosines = unit(space.bank[others]) @ unit(features)
    nearest = np.partition(cosines, -NEIGHBOR)[-NEIGHBOR] if len(cosines) >= NEIGHBOR else -1.0
    return float(np.clip(nearest - REACH_MARGIN, SMALLEST_REACH, 1))


def outcomes_of(digits: np.ndarray, not_digit: float) -> np.ndarray:
    """Return the probabilities of the ten digits and of "not a digit", (11,). Their sum is 1.

    digits: the probability of each digit, given that the drawing is a digit, (10,).
    """
    return np.append((1 - not_digit) * digits, not_digit)


def shifts(features: np.ndarray, examples: Sequence[Sequence[Example]], outputs: int) -> np.ndarray:
    """Return what the examples add to the logarithms of the calibrated probabilities, float64 (N, `outputs`).

    features: the features of N images, float32 (N, FEATURES), of unit length.
    examples: the examples of each of the N images.
    outputs: the number of outputs of the network: 10, 11 or 12.
    """
    shift = np.zeros((len(features), outputs))
    first = 0
    for _, group in itertools.groupby(examples, key=id):  # All images of one drawing have the same list.
        group = list(group)
        rows = slice(first, first := first + len(group))
        if group[0]:
            shift[rows] = _effects(features[rows], group[0]) @ _directions(group[0], outputs)
    return shift


def _effects(features: np.ndarray, examples: Sequence[Example]) -> np.ndarray:
    """Return the effect of each example on each image, in nats, (N, number of examples)."""
    kept = unit(np.stack([example.features for example in examples]).reshape(-1, FEATURES))
    reach, weight, label = np.array([[example.reach, example.weight, example.label] for example in examples]).T
    rivals = np.where(label[:, None] != label, kept @ kept.T, -1)
    reach = np.maximum(reach, np.minimum(rivals.max(axis=1) - REACH_MARGIN, 1 - FADE))
    return weight * np.clip((features @ kept.T - reach) / FADE, 0, 1)


def _directions(examples: Sequence[Example], outputs: int) -> np.ndarray:
    """Return the part of each example's effect that each output gets, (number of examples, `outputs`)."""
    directions = np.zeros((len(examples), max(outputs, NUM_DIGITS + 2)))
    for row, example in zip(directions, examples, strict=True):
        if example.rather_than is not None:
            last = None if example.rather_than == CLASS_NOT_DIGIT else example.rather_than + 1
            row[example.rather_than : last] -= 0.5
        row[example.label] += 1
    return directions[:, :outputs]
