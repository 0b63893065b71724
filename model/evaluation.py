"""Figures, numbers only: how often a checkpoint is right, how well it knows that, and how well it refuses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model import calibration, classifier, drawings, ink, normalization
from model.classifier import Classifier

BINS = 15
"""Of the reliability diagram, as in `calibration.expected_calibration_error`."""
LEAST_DRAWINGS = 10
"""Of fewer drawings by one writer, the share that was read says nothing about the writer."""
ACCEPTED = (0.98, 0.99)
"""The shares of digits accepted at which refusal is reported."""
CURVE_POINTS = 101


@dataclass(frozen=True)
class Judged:
    """Drawings as a network judged them, one by one, each as a single digit.

    images: what it saw, float32 (N, 28, 28); probabilities: which digit, if it is one, (N, 10), rows sum to 1;
    no_digit: the probability of being none, (N,), 0 everywhere from a network that knows digits alone.
    """

    images: np.ndarray
    probabilities: np.ndarray
    no_digit: np.ndarray


def judge(network: Classifier, images: np.ndarray) -> Judged:
    """Normalized images, float32 (N, 28, 28) → what the network makes of them."""
    return Judged(images, *network.judge(images))


def at_first_look(network: Classifier, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """{"first_look": accuracy without the second look of `forward`}; {} of a network that takes none."""
    if not network.notes.get("second_look"):
        return {}
    once = Classifier(network.network, network.notes | {"second_look": False}, network.name)
    return {"first_look": float(np.mean(once.probabilities(images).argmax(axis=1) == labels))}


def judge_drawings(network: Classifier, drawn: Sequence[list[ink.Stroke]]) -> Judged:
    """Drawings by the full way: strokes → ink → normalization → network."""
    return judge(network, normalization.normalize_all(ink.from_strokes(strokes) for strokes in drawn))


def read_digits(file: Path) -> tuple[drawings.Drawings, np.ndarray]:
    """A file of drawn digits and their labels, int (N,). Raises DrawingsError for a file without digits, or of others.

    The format is told in `drawings`.
    """
    drawn = drawings.read(file)
    if not set(drawn.labels) <= set("0123456789"):
        raise drawings.DrawingsError(f"{file} holds drawings that are no digits; accuracy is measured on digits.")
    return _some(drawn, file), np.array(drawn.labels).astype(int)


def read_others(file: Path) -> drawings.Drawings:
    """A file of drawings that are no digits. Raises DrawingsError for one that holds none, or digits among them."""
    drawn = drawings.read(file)
    if set(drawn.labels) & set("0123456789"):
        raise drawings.DrawingsError(f"{file} holds digits; refusal is measured on drawings that are none.")
    return _some(drawn, file)


def _some(drawn: drawings.Drawings, file: Path) -> drawings.Drawings:
    if not len(drawn):
        raise drawings.DrawingsError(f"{file} holds no drawing; nothing can be measured on it.")
    return drawn


def figures(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """How good probabilities (N, 10) are for labels (N,): accuracy with its 95 % interval, per class, confusion, ECE.

    `confusion[i][j]` counts the digits i that were read as j; `reliability` is told at the function of that name.
    """
    labels = labels.astype(int)
    read = probabilities.argmax(axis=1)
    confusion = np.bincount(labels * 10 + read, minlength=100).reshape(10, 10)
    right = int(np.trace(confusion))
    return {
        "count": len(labels),
        "accuracy": right / len(labels),
        "interval": wilson_interval(right, len(labels)),
        "per_class": (np.diag(confusion) / np.maximum(confusion.sum(axis=1), 1)).tolist(),
        "confusion": confusion.tolist(),
        "calibration_error": calibration.expected_calibration_error(probabilities, labels, BINS),
        "reliability": reliability(probabilities, labels),
    }


def commonest_mistakes(figures: dict, most: int = 5) -> list[tuple[int, int, int]]:
    """(drawn, read, how often) of the digits that `figures` saw mistaken, the commonest first."""
    confusion = np.array(figures["confusion"])
    wrong = confusion * (1 - np.eye(10, dtype=int))
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    return [(int(i // 10), int(i % 10), int(wrong.flat[i])) for i in order if wrong.flat[i]]


def wilson_interval(right: int, count: int, z: float = 1.96) -> list[float]:
    """The 95 % interval of a share (Wilson 1927), which does not leave 0 … 1 when nearly all are right."""
    share, spread = right / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return [middle - half, middle + half]


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, list]:
    """Over BINS equal bins of the top probability: how many answers, how sure on average, which share was right.

    `sure` and `right` are None in a bin without answers.
    """
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((top * BINS).astype(int), BINS - 1)
    inside = [place == b for b in range(BINS)]
    return {
        "count": [int(some.sum()) for some in inside],
        "sure": [float(top[some].mean()) if some.any() else None for some in inside],
        "right": [float(right[some].mean()) if some.any() else None for some in inside],
    }


def on_drawings(network: Classifier, file: Path) -> dict:
    """`drawing_figures` of a file of drawn digits. Raises DrawingsError."""
    drawn, labels = read_digits(file)
    return drawing_figures(judge_drawings(network, drawn.drawings), labels, drawn.writers)


def drawing_figures(judged: Judged, labels: np.ndarray, writers: Sequence[str]) -> dict:
    """`figures` of drawn digits, (N,) of them, and with `writers` how evenly their writers are read."""
    right = judged.probabilities.argmax(axis=1) == labels
    return figures(judged.probabilities, labels) | {"writers": by_writer(right, writers)}


def by_writer(right: np.ndarray, writers: Sequence[str]) -> dict:
    """How evenly people are read: bool (N,), was it right, and who drew it → accuracy over writers.

    Of those with LEAST_DRAWINGS or more: their `count`, the `median` of their accuracies, and `worst_decile`, which a
    tenth of them stay below. Both None without such a writer.
    """
    _, who, drawn = np.unique(np.array(writers), return_inverse=True, return_counts=True)
    shares = np.bincount(who, weights=right) / drawn
    shares = shares[drawn >= LEAST_DRAWINGS]
    median, worst = np.quantile(shares, (0.5, 0.1)).tolist() if len(shares) else (None, None)
    return {"count": len(shares), "median": median, "worst_decile": worst}


def page_digits(network: Classifier, drawn: drawings.Drawings) -> dict:
    """Drawn digits as the page reads them, with strokes grouped into digits and with refusal.

    → `right`: the share read as one digit and as the right one; `refused`: as no digit; `several`: as several digits.
    """
    answers = [_answer(network, strokes) for strokes in drawn.drawings]
    return {
        "right": _share(answer.number == label for answer, label in zip(answers, drawn.labels, strict=True)),
        "refused": _share(answer.verdict == classifier.NO_DIGIT for answer in answers),
        "several": _share(len(answer.readings) > 1 for answer in answers),
    }


def page_refused(network: Classifier, drawn: drawings.Drawings) -> float:
    """The share of non-digits that the page, which may take one for several digits, calls none."""
    return _share(_answer(network, strokes).verdict == classifier.NO_DIGIT for strokes in drawn.drawings)


def _answer(network: Classifier, strokes: list[ink.Stroke]) -> classifier.Answer:
    return network.read_strokes({"strokes": [stroke.tolist() for stroke in strokes]})


def _share(true) -> float:
    return float(np.mean(list(true)))


def refusal(digits: np.ndarray, others: np.ndarray, labels: Sequence[str], refuse_above: float) -> dict:
    """How well non-digits are told from digits, given the probability of being none of both, (N,) and (M,).

    labels: what each non-digit is, (M,); refuse_above: what is above it is refused, as `Classifier` does.
    `at` has the shares of ACCEPTED; `curve` goes from no digit accepted to all; `per_label` begins with the label
    that gets through most often.
    """
    refused = others > refuse_above
    return {
        "digits": len(digits),
        "others": len(others),
        "auroc": auroc(digits, others),
        "refuse_above": refuse_above,
        "digits_accepted": _share(digits <= refuse_above),
        "others_refused": _share(refused),
        "at": {f"{share:g}": _share(others > threshold(digits, share)) for share in ACCEPTED},
        "curve": _curve(digits, others),
        "per_label": _per_label(refused, np.array(labels)),
    }


def auroc(digits: np.ndarray, others: np.ndarray) -> float:
    """The probability that a non-digit looks less like a digit than a digit does; equals count half.

    digits, others: the probability of being none, (N,) and (M,). The area under the curve of refusal: Hanley, McNeil
    1982, "The meaning and use of the area under a receiver operating characteristic (ROC) curve".
    """
    ranked = np.sort(digits)
    below, not_above = (np.searchsorted(ranked, others, side) for side in ("left", "right"))
    return float(np.mean(below + not_above) / 2 / len(digits))


def threshold(digits: np.ndarray, accepted: float) -> float:
    """The lowest `refuse_above` that accepts at least this share, 0 … 1, of digits; (N,) are theirs."""
    return float(np.quantile(digits, accepted, method="inverted_cdf"))


def _curve(digits: np.ndarray, others: np.ndarray) -> dict[str, list[float]]:
    lines = [threshold(digits, accepted) for accepted in np.linspace(0, 1, CURVE_POINTS)]
    return {
        "refuse_above": lines,
        "digits_accepted": [_share(digits <= line) for line in lines],
        "others_refused": [_share(others > line) for line in lines],
    }


def _per_label(refused: np.ndarray, labels: np.ndarray) -> dict[str, dict]:
    found = {
        str(label): {"count": int(np.sum(labels == label)), "refused": _share(refused[labels == label])}
        for label in np.unique(labels)
    }
    return dict(sorted(found.items(), key=lambda item: item[1]["refused"]))


def sample(labels: np.ndarray, limit: int, seed: int) -> np.ndarray:
    """Places of at most `limit` drawings, as many of each label, int (N,), as can be, in the file's order."""
    rng = np.random.default_rng(seed)
    present = np.unique(labels)
    picked = [rng.permutation(np.flatnonzero(labels == label))[: limit // len(present)] for label in present]
    return np.sort(np.concatenate(picked))
