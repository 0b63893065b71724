"""Figures, numbers only: how often a checkpoint is right, how well it knows that, and how well it refuses."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.data.drawings import LabeledDrawings, read_drawings
from model.errors import UserError
from model.inference import checkpoint
from model.inference.answer import Answer, Verdict
from model.inference.classifier import Classifier
from model.preprocessing import normalization
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import rasterize

BINS = 15
"""Of the reliability diagram, as in `expected_calibration_error`."""
MIN_DRAWINGS_PER_WRITER = 10
"""Of fewer drawings by one writer, the share that was read says nothing about the writer."""
ACCEPTED = (0.98, 0.99)
"""The shares of digits accepted at which rejection_metrics is reported."""
CURVE_POINTS = 101


@dataclass(frozen=True)
class Predictions:
    """Drawings as a network judged them, one by one, each as a single digit.

    images: what it saw, float32 (N, 28, 28); probabilities: which digit, if it is one, (N, 10), rows sum to 1;
    no_digit: the probability of being none, (N,), 0 everywhere from a network that knows digits alone.
    """

    images: np.ndarray
    probabilities: np.ndarray
    no_digit: np.ndarray


def predict(network: Classifier, images: np.ndarray) -> Predictions:
    """Normalized images, float32 (N, 28, 28) → what the network makes of them."""
    return Predictions(images, *network.judge(images))


def accuracy_without_augmentation(network: Classifier, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """{"without_augmentation": accuracy without the second look of `forward`}; {} of a network that takes none."""
    if not network.notes.get("test_time_augmentation"):
        return {}
    once = Classifier(network.network, network.notes | {"test_time_augmentation": False}, network.name)
    return {"without_augmentation": float(np.mean(once.probabilities(images).argmax(axis=1) == labels))}


def predict_drawings(network: Classifier, drawn: Sequence[list[Stroke]]) -> Predictions:
    """Drawings by the full way: strokes → ink → normalization → network."""
    return predict(network, normalization.normalize_all(rasterize(strokes) for strokes in drawn))


def read_digits(file: Path) -> tuple[LabeledDrawings, np.ndarray]:
    """A file of drawn digits and their labels, int (N,). Raises DrawingsError for a file without digits, or of others.

    The format is told in `drawings`.
    """
    drawn = read_drawings(file)
    if not set(drawn.labels) <= set("0123456789"):
        raise UserError(f"{file} holds drawings that are no digits; accuracy is measured on digits.")
    return _some(drawn, file), np.array(drawn.labels).astype(int)


def read_non_digits(file: Path) -> LabeledDrawings:
    """A file of drawings that are no digits. Raises DrawingsError for one that holds none, or digits among them."""
    drawn = read_drawings(file)
    if set(drawn.labels) & set("0123456789"):
        raise UserError(f"{file} holds digits; rejection_metrics is measured on drawings that are none.")
    return _some(drawn, file)


def _some(drawn: LabeledDrawings, file: Path) -> LabeledDrawings:
    if not len(drawn):
        raise UserError(f"{file} holds no drawing; nothing can be measured on it.")
    return drawn


def classification_metrics(probabilities: np.ndarray, labels: np.ndarray) -> dict:
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
        "calibration_error": expected_calibration_error(probabilities, labels, BINS),
        "reliability": reliability(probabilities, labels),
    }


def most_common_mistakes(classification_metrics: dict, most: int = 5) -> list[tuple[int, int, int]]:
    """(drawn, read, how often) of the digits that `classification_metrics` saw mistaken, the commonest first."""
    confusion = np.array(classification_metrics["confusion"])
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


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray, bins: int = 15) -> float:
    """Mean distance between how sure and how right, over equal bins of the top probability, weighted by their size."""
    top = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((top * bins).astype(int), bins - 1)
    gaps = [abs(np.sum(right[place == b]) - np.sum(top[place == b])) for b in range(bins)]
    return float(np.sum(gaps) / len(labels))


def measure_drawings(network: Classifier, file: Path) -> dict:
    """`drawing_metrics` of a file of drawn digits. Raises DrawingsError."""
    drawn, labels = read_digits(file)
    return drawing_metrics(predict_drawings(network, drawn.drawings), labels, drawn.writers)


def drawing_metrics(judged: Predictions, labels: np.ndarray, writers: Sequence[str]) -> dict:
    """`classification_metrics` of drawn digits, (N,) of them, and with `writers` how evenly their writers are read."""
    right = judged.probabilities.argmax(axis=1) == labels
    return classification_metrics(judged.probabilities, labels) | {"writers": writer_accuracy(right, writers)}


def writer_accuracy(right: np.ndarray, writers: Sequence[str]) -> dict:
    """How evenly people are read: bool (N,), was it right, and who drew it → accuracy over writers.

    Of those with MIN_DRAWINGS_PER_WRITER or more: their `count`, the `median` of their accuracies, and `worst_decile`, which a
    tenth of them stay below. Both None without such a writer.
    """
    _, who, drawn = np.unique(np.array(writers), return_inverse=True, return_counts=True)
    shares = np.bincount(who, weights=right) / drawn
    shares = shares[drawn >= MIN_DRAWINGS_PER_WRITER]
    median, worst = np.quantile(shares, (0.5, 0.1)).tolist() if len(shares) else (None, None)
    return {"count": len(shares), "median": median, "worst_decile": worst}


def end_to_end_digits(network: Classifier, drawn: LabeledDrawings) -> dict:
    """Drawn digits as the page reads them, with strokes grouped into digits and with rejection_metrics.

    → `right`: the share read as one digit and as the right one; `refused`: as no digit; `several`: as several digits.
    """
    answers = [_answer(network, strokes) for strokes in drawn.drawings]
    return {
        "right": _share(answer.number == label for answer, label in zip(answers, drawn.labels, strict=True)),
        "refused": _share(answer.verdict == Verdict.NOT_DIGIT for answer in answers),
        "several": _share(len(answer.readings) > 1 for answer in answers),
    }


def end_to_end_rejection_rate(network: Classifier, drawn: LabeledDrawings) -> float:
    """The share of non-digits that the page, which may take one for several digits, calls none."""
    return _share(_answer(network, strokes).verdict == Verdict.NOT_DIGIT for strokes in drawn.drawings)


def _answer(network: Classifier, strokes: list[Stroke]) -> Answer:
    return network.read_strokes({"strokes": [stroke.tolist() for stroke in strokes]})


def _share(true) -> float:
    return float(np.mean(list(true)))


def rejection_metrics(
    digits: np.ndarray, others: np.ndarray, labels: Sequence[str], rejection_threshold: float
) -> dict:
    """How well non-digits are told from digits, given the probability of being none of both, (N,) and (M,).

    labels: what each non-digit is, (M,); rejection_threshold: what is above it is refused, as `Classifier` does.
    `at` has the shares of ACCEPTED; `curve` goes from no digit accepted to all; `per_label` begins with the label
    that gets through most often.
    """
    refused = others > rejection_threshold
    return {
        "digits": len(digits),
        "others": len(others),
        "auroc": auroc(digits, others),
        "rejection_threshold": rejection_threshold,
        "digits_accepted": _share(digits <= rejection_threshold),
        "non_digits_rejected": _share(refused),
        "at": {f"{share:g}": _share(others > threshold(digits, share)) for share in ACCEPTED},
        "curve": _curve(digits, others),
        "per_label": _per_label(refused, np.array(labels)),
    }


def auroc(digits: np.ndarray, others: np.ndarray) -> float:
    """The probability that a non-digit looks less like a digit than a digit does; equals count half.

    digits, others: the probability of being none, (N,) and (M,). The area under the curve of rejection_metrics: Hanley, McNeil
    1982, "The meaning and use of the area under a receiver operating characteristic (ROC) curve".
    """
    ranked = np.sort(digits)
    below, not_above = (np.searchsorted(ranked, others, side) for side in ("left", "right"))
    return float(np.mean(below + not_above) / 2 / len(digits))


def threshold(digits: np.ndarray, accepted: float) -> float:
    """The lowest `rejection_threshold` that accepts at least this share, 0 … 1, of digits; (N,) are theirs."""
    return float(np.quantile(digits, accepted, method="inverted_cdf"))


def _curve(digits: np.ndarray, others: np.ndarray) -> dict[str, list[float]]:
    lines = [threshold(digits, accepted) for accepted in np.linspace(0, 1, CURVE_POINTS)]
    return {
        "rejection_threshold": lines,
        "digits_accepted": [_share(digits <= line) for line in lines],
        "non_digits_rejected": [_share(others > line) for line in lines],
    }


def _per_label(refused: np.ndarray, labels: np.ndarray) -> dict[str, dict]:
    found = {
        str(label): {"count": int(np.sum(labels == label)), "refused": _share(refused[labels == label])}
        for label in np.unique(labels)
    }
    return dict(sorted(found.items(), key=lambda item: item[1]["refused"]))


def stratified_sample(labels: np.ndarray, limit: int, seed: int) -> np.ndarray:
    """Places of at most `limit` drawings, as many of each label, int (N,), as can be, in the file's order."""
    rng = np.random.default_rng(seed)
    present = np.unique(labels)
    picked = [rng.permutation(np.flatnonzero(labels == label))[: limit // len(present)] for label in present]
    return np.sort(np.concatenate(picked))


# Variance over seeds


def measure_seeds(paths: Sequence[Path], file: Path | None = None) -> dict[str, dict]:
    """Checkpoints of one recipe, each of another seed → {what: {"seeds": […], "accuracy": […]}}.

    what: MNIST's validation and test images, as their trainings measured them, and `file`, drawn digits, by its name.
    Raises CheckpointError, DrawingsError, UserError.
    """
    notes = [checkpoint.load_notes(path) for path in paths]
    seeds = _seeds(notes)
    accuracies = {f"MNIST {part}": [note[part]["accuracy"] for note in notes] for part in ("validation", "test")}
    if file:
        networks = map(Classifier.load, paths)
        accuracies[file.stem] = [measure_drawings(network, file)["accuracy"] for network in networks]
    return {what: {"seeds": seeds, "accuracy": each} for what, each in accuracies.items()}


def _seeds(notes: Sequence[dict]) -> list[int]:
    """Raises UserError when more than the seed differs, or when it does not."""
    first, *others = (dict(note["settings"], recipe=note["recipe"]) for note in notes)
    for other in others:
        changed = [name for name in first if name != "seed" and first[name] != other.get(name)]
        if changed:
            name = changed[0]
            raise UserError(
                f"More than the seed differs: {name} is {first[name]} in one and {other.get(name)} in another."
            )
    seeds = [part["seed"] for part in (first, *others)]
    if len(set(seeds)) < len(seeds):
        raise UserError(f"Two of them have the same seed: {', '.join(map(str, seeds))}.")
    return seeds


def format_mean_and_deviation(figures: dict) -> str:
    """Mean and standard deviation (n − 1) of the accuracies."""
    each = figures["accuracy"]
    return f"{np.mean(each):.2%} ± {100 * np.std(each, ddof=1):.2f}"
