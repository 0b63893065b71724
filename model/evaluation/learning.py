"""Measure what the page learns from the corrections of one visitor.

python -m model.evaluation.learning --drawings FILE

Each writer of the file is one visitor, who draws in the order of the file. Whenever the answer is wrong, the visitor
corrects it. The page keeps the newest five corrected drawings of the visitor, and forgets them before the next writer.
Drawings are classified as single digits, as in the other measurements. An answer is wrong if it is not the label; a
rejected digit is a wrong answer.

Then the command measures what foreign examples do: five corrected drawings of other people, and MNIST's test images.
"""

import argparse
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.classes import CLASS_NOT_DIGIT, NUM_DIGITS
from model.data import mnist
from model.data.drawings import dataset_title, read_digits
from model.errors import UserError, exit_on_error
from model.evaluation import metrics
from model.inference import calibration, examples
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.classifier import Classifier
from model.inference.examples import Example
from model.inference.features import quantize
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize

MAX_EXAMPLES = 5
"""The page keeps this number of examples (`MAX_EXAMPLES` in `web/schemas/requests.py`)."""
FOREIGN_SETS, SEED = 20, 1
"""Number of random sets of foreign examples, and the seed of the random choice."""


@dataclass(frozen=True)
class Outputs:
    """The outputs of a network for N images: logits (N, K), and features (N, FEATURES) of unit length."""

    classifier: Classifier
    logits: np.ndarray
    features: np.ndarray

    def outcomes(self, rows: slice, kept: Iterable[Example] = ()) -> np.ndarray:
        """Return the probabilities of the ten digits and of "not a digit" for some images, (n, 11)."""
        logits, temperature = self.logits[rows], self.classifier.notes["temperature"]
        shift = examples.shifts(self.features[rows], [list(kept)] * len(logits), logits.shape[1])
        found = calibration.calibrated(logits + temperature * shift, temperature)
        return np.column_stack([(1 - found.not_digit)[:, None] * found.digits, found.not_digit])

    def answers(self, outcomes: np.ndarray) -> np.ndarray:
        """Return the class of each answer, (n,): a digit, or CLASS_NOT_DIGIT if the drawing is rejected."""
        digits = outcomes[:, :NUM_DIGITS].argmax(axis=1)
        return np.where(self.classifier.rejects(outcomes[:, CLASS_NOT_DIGIT]), CLASS_NOT_DIGIT, digits)

    def learn(self, index: int, outcomes: np.ndarray, label: int) -> Example:
        """Return the example of a corrected drawing. outcomes: the probabilities that the visitor saw, (11,)."""
        answer = int(self.answers(outcomes[None])[0])
        return examples.learn(self.classifier.space, quantize(self.features[index]), outcomes, answer, label)


def outputs_of(classifier: Classifier, images: np.ndarray) -> Outputs:
    """Return the outputs of a network for normalized images, float32 (N, 28, 28)."""
    return Outputs(classifier, *classifier.logits.with_features(images))


def visit(outputs: Outputs, labels: np.ndarray, writers: list[str]) -> np.ndarray:
    """Return the probabilities that each visitor saw, (N, 11), with examples of the visitor's own corrections.

    labels: the digits, (N,). writers: the writer of each drawing, in the order of the file.
    """
    seen = np.zeros((len(labels), CLASS_NOT_DIGIT + 1))
    kept = {writer: deque(maxlen=MAX_EXAMPLES) for writer in writers}
    for index, (label, writer) in enumerate(zip(labels, writers, strict=True)):
        [seen[index]] = outputs.outcomes(slice(index, index + 1), kept[writer])
        if outputs.answers(seen[index][None])[0] != label:
            kept[writer].append(outputs.learn(index, seen[index], int(label)))
    return seen


def summary(outputs: Outputs, outcomes: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """Return the number of wrong answers, the calibration error, and the accuracy and the share of the sure answers."""
    answers = outputs.answers(outcomes)
    confidence = outcomes[:, :NUM_DIGITS].max(axis=1)
    sure = (answers < CLASS_NOT_DIGIT) & (confidence >= outputs.classifier.notes["confidence_threshold"])
    return {
        "errors": int((answers != labels).sum()),
        "misread": int((outcomes[:, :NUM_DIGITS].argmax(axis=1) != labels).sum()),
        "calibration_error": metrics.expected_calibration_error(outcomes, labels),
        "sure_accuracy": float(np.mean(answers[sure] == labels[sure])),
        "sure": float(np.mean(sure)),
    }


def foreign_changes(strangers: Outputs, stranger_labels: np.ndarray, own: Outputs, labels: np.ndarray) -> np.ndarray:
    """Return the changes of the accuracy on `own` images by sets of foreign examples, (FOREIGN_SETS,).

    strangers: drawings of other people, with their labels. Each set has five of them that were read wrongly.
    own: images with their labels. The accuracy is without rejection.
    """
    rng = np.random.default_rng(SEED)
    outcomes = strangers.outcomes(slice(None))
    wrong = np.flatnonzero(strangers.answers(outcomes) != stranger_labels)
    if len(wrong) < MAX_EXAMPLES:
        raise UserError(f"only {len(wrong)} drawings of the file are read wrongly. Expected at least {MAX_EXAMPLES}.")

    def accuracy(kept: list[Example]) -> float:
        found = own.outcomes(slice(None), kept)
        return float(np.mean(found[:, :NUM_DIGITS].argmax(axis=1) == labels))

    before = accuracy([])
    chosen = (rng.choice(wrong, MAX_EXAMPLES, replace=False) for _ in range(FOREIGN_SETS))
    return np.array(
        [accuracy([strangers.learn(i, outcomes[i], int(stranger_labels[i])) for i in some]) - before for some in chosen]
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m model.evaluation.learning",
        description="Measure what the page learns from the corrections of one visitor.",
    )
    parser.add_argument("--drawings", type=Path, required=True, metavar="FILE", help="labeled digits of several people")
    parser.add_argument(
        "--checkpoint", type=Path, default=DEFAULT_CHECKPOINT, metavar="PATH", help="checkpoint (default: digits)"
    )
    parser.add_argument("--no-mnist", action="store_true", help="do not measure foreign examples on MNIST")
    options = parser.parse_args(arguments)
    with exit_on_error("learning"):
        run(options.checkpoint, options.drawings, not options.no_mnist)


def run(path: Path, file: Path, with_mnist: bool) -> None:
    """Measure one checkpoint on a file of drawings, and print the results. Raises UserError."""
    drawings, labels = read_digits(file)
    classifier = Classifier.load(path)
    if classifier.space is None:
        raise UserError(f"{path.stem} has no features. Make them with: python -m model.training.features")
    images = normalization.normalize_all(rasterize(strokes) for strokes in drawings.drawings)
    outputs = outputs_of(classifier, images)
    before, after = outputs.outcomes(slice(None)), visit(outputs, labels, drawings.writers)
    print(f"{dataset_title(file.stem)}: {len(labels):,} drawings, {len(set(drawings.writers))} writers")
    results = [summary(outputs, outcomes, labels) for outcomes in (before, after)]
    for name, form in SUMMARY.items():
        print(f"  {name}: " + " → ".join(form(result) for result in results))
    spoiled = (outputs.answers(before) == labels) & (outputs.answers(after) != labels)
    print(f"  correct answers that became wrong: {spoiled.sum()}", flush=True)
    if with_mnist:
        test = mnist.load().test
        own = outputs_of(classifier, normalization.normalize_all(test.images / np.float32(255)))
        points = 100 * foreign_changes(outputs, labels, own, test.labels)
        print(
            f"MNIST test with {MAX_EXAMPLES} foreign examples, {FOREIGN_SETS} random sets: "
            f"accuracy {points.mean():+.3f} points on average, {points.min():+.2f} to {points.max():+.2f}"
        )


SUMMARY = {
    "wrong answers, without → with examples": lambda result: f"{result['errors']}",
    "wrong digits if nothing is rejected": lambda result: f"{result['misread']}",
    "expected calibration error": lambda result: f"{result['calibration_error']:.2%}",
    "accuracy of the sure answers": lambda result: f"{result['sure_accuracy']:.2%}",
    "share of the sure answers": lambda result: f"{result['sure']:.1%}",
}
"""The printed results, and the function that formats each of them."""


if __name__ == "__main__":
    main()
