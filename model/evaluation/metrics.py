"""Compute metrics of a checkpoint: accuracy, calibration, rejection of non-digits."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.classes import NUM_DIGITS
from model.data.drawings import LabeledDrawings
from model.data.labeled_images import read_digit_images
from model.inference.answer import Answer, Verdict
from model.inference.classifier import Classifier
from model.preprocessing import normalization
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import rasterize

NUM_BINS = 15
"""Number of bins of the reliability diagram and of the expected calibration error."""
MIN_DRAWINGS_PER_WRITER = 10
"""A writer with fewer drawings is left out, because the accuracy on so few drawings is imprecise."""
REPORTED_ACCEPTANCE = (0.98, 0.99)
"""Acceptance rates of digits at which the rejection rate of non-digits is reported."""
CURVE_POINTS = 101
MAX_MISTAKES = 5
Z_95 = 1.96
"""Quantile of the normal distribution for a 95 % interval."""
BATCH = 64
"""Number of drawings that the classifier reads in one call."""


@dataclass(frozen=True)
class Predictions:
    """The predictions for N drawings. The network takes every drawing as one digit.

    images: the normalized images, float32 (N, 28, 28).
    probabilities: the probability of each digit, given that the drawing is a digit, (N, 10). Each row sums to 1.
    not_digit: the probability that the drawing is not a digit, (N,); 0 if the network has no output for non-digits.
    """

    images: np.ndarray
    probabilities: np.ndarray
    not_digit: np.ndarray


def predict(classifier: Classifier, images: np.ndarray) -> Predictions:
    """Return the predictions for normalized images, float32 (N, 28, 28)."""
    predicted = classifier.predict(images)
    return Predictions(images, predicted.digits, predicted.not_digit)


def predict_drawings(classifier: Classifier, drawings: Sequence[list[Stroke]]) -> Predictions:
    """Return the predictions for drawings. The network takes every drawing as one digit."""
    return predict(classifier, normalization.normalize_all(rasterize(strokes) for strokes in drawings))


def read_all(classifier: Classifier, drawings: Sequence[list[Stroke]]) -> Iterator[Answer]:
    """Yield the answer of the page to each drawing. The answer groups strokes into digits and rejects non-digits."""
    for start in range(0, len(drawings), BATCH):
        batch = drawings[start : start + BATCH]
        yield from classifier.read_drawings([[stroke for stroke in strokes if len(stroke)] for strokes in batch])


# Accuracy and calibration


def classification_metrics(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """Return accuracy, confusion matrix and calibration of predicted probabilities (N, 10) for true digits (N,).

    `interval` is the 95 % interval of `accuracy`. `confusion[i][j]` counts the digits i that were classified as j.
    `calibration_error` is the expected calibration error. `reliability` is the result of the function `reliability`.
    """
    labels = labels.astype(int)
    predicted = probabilities.argmax(axis=1)
    confusion = np.bincount(labels * NUM_DIGITS + predicted, minlength=NUM_DIGITS**2).reshape(NUM_DIGITS, NUM_DIGITS)
    correct = int(np.trace(confusion))
    return {
        "count": len(labels),
        "accuracy": correct / len(labels),
        "interval": wilson_interval(correct, len(labels)),
        "per_class": (np.diag(confusion) / np.maximum(confusion.sum(axis=1), 1)).tolist(),
        "confusion": confusion.tolist(),
        "calibration_error": expected_calibration_error(probabilities, labels),
        "reliability": reliability(probabilities, labels),
    }


def accuracy_without_augmentation(classifier: Classifier, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the accuracy without test-time augmentation, as "without_augmentation"; {} if the checkpoint uses none."""
    if not classifier.notes.get("test_time_augmentation"):
        return {}
    digits = classifier.logits.single_view(images)[:, :NUM_DIGITS].argmax(axis=1)
    return {"without_augmentation": float(np.mean(digits == labels))}


def accuracy(predictions: Predictions, labels: np.ndarray) -> float:
    """Return the share of correct predictions, 0 to 1. `labels`: the true digits, (N,)."""
    return float(np.mean(predictions.probabilities.argmax(axis=1) == labels))


def most_common_mistakes(metrics: dict) -> list[tuple[int, int, int]]:
    """Return the most common mistakes in `classification_metrics`, each as (true digit, predicted digit, count)."""
    confusion = np.array(metrics["confusion"])
    mistakes = confusion * (1 - np.eye(NUM_DIGITS, dtype=int))
    order = np.argsort(-mistakes, axis=None, kind="stable")[:MAX_MISTAKES]
    return [(*map(int, divmod(i, NUM_DIGITS)), int(mistakes.flat[i])) for i in order if mistakes.flat[i]]


def wilson_interval(successes: int, count: int) -> list[float]:
    """Return the 95 % confidence interval of the proportion successes / count (Wilson 1927), within 0 to 1."""
    share, spread = successes / count, Z_95**2 / count
    center = (share + spread / 2) / (1 + spread)
    half = Z_95 / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return [center - half, center + half]


def reliability(probabilities: np.ndarray, labels: np.ndarray) -> dict[str, list]:
    """Return the reliability diagram of probabilities (N, 10) for labels (N,).

    The confidence of a prediction is the probability of the most probable digit. Predictions are sorted by confidence
    into NUM_BINS bins of equal width. The result has three lists with one value for each bin: the number of predictions
    (`count`), the mean confidence and the accuracy. In an empty bin, `confidence` and `accuracy` are None.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    index = np.minimum((confidence * NUM_BINS).astype(int), NUM_BINS - 1)
    bins = [index == i for i in range(NUM_BINS)]
    return {
        "count": [int(members.sum()) for members in bins],
        "confidence": [float(confidence[members].mean()) if members.any() else None for members in bins],
        "accuracy": [float(correct[members].mean()) if members.any() else None for members in bins],
    }


def expected_calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error: the mean, over all bins, of the gap between confidence and accuracy.

    The bins are those of `reliability`. The weight of each bin is the number of predictions in the bin.
    Source: Guo, Pleiss, Sun, Weinberger 2017, "On calibration of modern neural networks".
    """
    bins = zip(*reliability(probabilities, labels).values(), strict=True)
    return sum(count * abs(confidence - accuracy) for count, confidence, accuracy in bins if count) / len(labels)


# Drawings


def measure_drawings(classifier: Classifier, source: Path) -> dict:
    """Return the `drawing_metrics` of labeled digits. Raises UserError if `read_digit_images` fails."""
    images, labels, writers = read_digit_images(source)
    return drawing_metrics(predict(classifier, images), labels, writers)


def drawing_metrics(predictions: Predictions, labels: np.ndarray, writers: Sequence[str]) -> dict:
    """Return the `classification_metrics` of drawn digits. The entry "writers" is the result of `writer_accuracy`."""
    correct = predictions.probabilities.argmax(axis=1) == labels
    return classification_metrics(predictions.probabilities, labels) | {"writers": writer_accuracy(correct, writers)}


def writer_accuracy(correct: np.ndarray, writers: Sequence[str]) -> dict:
    """Compute the accuracy of each writer. Return how these accuracies vary.

    correct: whether each prediction is correct, bool (N,). writers: the writer of each drawing, (N,).
    Writers with fewer than MIN_DRAWINGS_PER_WRITER drawings are left out. `count` is the number of the other writers.
    `median` is the median of their accuracies, and `worst_decile` the 10th percentile. If `count` is 0, `median` and
    `worst_decile` are None.
    """
    _, index, drawings = np.unique(np.array(writers), return_inverse=True, return_counts=True)
    accuracies = np.bincount(index, weights=correct) / drawings
    accuracies = accuracies[drawings >= MIN_DRAWINGS_PER_WRITER]
    median, worst = np.quantile(accuracies, (0.5, 0.1)).tolist() if len(accuracies) else (None, None)
    return {"count": len(accuracies), "median": median, "worst_decile": worst}


def end_to_end_digits(classifier: Classifier, drawings: LabeledDrawings) -> dict:
    """Read drawn digits end to end. Return the `outcomes`."""
    return outcomes(read_all(classifier, drawings.drawings), drawings.labels)


def outcomes(answers: Iterable[Answer], labels: Sequence[str]) -> dict:
    """Return the share of digits with each outcome.

    `accuracy`: the answer is the correct digit. `rejected`: the verdict is "not a digit". `several`: the answer has
    several digits.
    """
    found = [
        (answer.number == label, answer.verdict == Verdict.NOT_DIGIT, len(answer.readings) > 1)
        for answer, label in zip(answers, labels, strict=True)
    ]
    return dict(zip(("accuracy", "rejected", "several"), np.mean(found, axis=0).tolist(), strict=True))


def end_to_end_rejection_rate(classifier: Classifier, drawings: LabeledDrawings) -> float:
    """Return the share of non-digits that are rejected. A drawing that is read as several digits counts as accepted."""
    return _share(answer.verdict == Verdict.NOT_DIGIT for answer in read_all(classifier, drawings.drawings))


def _share(outcomes) -> float:
    return float(np.mean(list(outcomes)))


# Metrics of rejection. A score is the probability of not being a digit. A score above the threshold means rejection.


def rejection_metrics(
    digit_scores: np.ndarray, non_digit_scores: np.ndarray, labels: Sequence[str], rejection_threshold: float
) -> dict:
    """Return how well the scores separate N digits from M non-digits.

    digit_scores: (N,). non_digit_scores: (M,). labels: the label of each non-digit, for example a letter, (M,).
    Entries of the result: `at` is the rejection rate of non-digits at each acceptance rate of digits in
    REPORTED_ACCEPTANCE. `curve` has both rates at CURVE_POINTS thresholds. `per_label` has, for each label, the
    rejection rate of non-digits at `rejection_threshold`; the label with the lowest rate is first.
    """
    rejected = non_digit_scores > rejection_threshold
    return {
        "digits": len(digit_scores),
        "non_digits": len(non_digit_scores),
        "auroc": auroc(digit_scores, non_digit_scores),
        "rejection_threshold": rejection_threshold,
        "digits_accepted": _share(digit_scores <= rejection_threshold),
        "non_digits_rejected": _share(rejected),
        "at": {
            f"{rate:g}": _share(non_digit_scores > acceptance_threshold(digit_scores, rate))
            for rate in REPORTED_ACCEPTANCE
        },
        "curve": _rejection_curve(digit_scores, non_digit_scores),
        "per_label": _rejection_per_label(rejected, np.array(labels)),
    }


def auroc(digit_scores: np.ndarray, non_digit_scores: np.ndarray) -> float:
    """Return the area under the ROC curve: the probability that a non-digit has a higher score than a digit.

    A non-digit and a digit with equal scores count half.
    Source: Hanley, McNeil 1982, "The meaning and use of the area under a receiver operating characteristic (ROC)
    curve".
    """
    ranked = np.sort(digit_scores)
    below, not_above = (np.searchsorted(ranked, non_digit_scores, side) for side in ("left", "right"))
    return float(np.mean(below + not_above) / 2 / len(digit_scores))


def acceptance_threshold(digit_scores: np.ndarray, rate: float) -> float:
    """Return the lowest threshold that accepts at least the share `rate`, 0 to 1, of the digits."""
    return float(np.quantile(digit_scores, rate, method="inverted_cdf"))


def _rejection_curve(digit_scores: np.ndarray, non_digit_scores: np.ndarray) -> dict[str, list[float]]:
    thresholds = [acceptance_threshold(digit_scores, rate) for rate in np.linspace(0, 1, CURVE_POINTS)]
    return {
        "rejection_threshold": thresholds,
        "digits_accepted": [_share(digit_scores <= threshold) for threshold in thresholds],
        "non_digits_rejected": [_share(non_digit_scores > threshold) for threshold in thresholds],
    }


def _rejection_per_label(rejected: np.ndarray, labels: np.ndarray) -> dict[str, dict]:
    rates = {
        str(label): {"count": int(np.sum(labels == label)), "rejected": _share(rejected[labels == label])}
        for label in np.unique(labels)
    }
    return dict(sorted(rates.items(), key=lambda item: item[1]["rejected"]))
