"""Measure checkpoints, store the metrics in the JSON beside each checkpoint, and draw figures.

python -m model.evaluation                      print the README's table of recipes
python -m model.evaluation --drawings FILE      measure the accuracy of every checkpoint on labeled digits
python -m model.evaluation --tables FILE ...    update the tables in these documents from the stored metrics

The options --mnist and --images, and --drawings together with --checkpoint, --non-digits, --output or --mistakes,
measure one checkpoint fully (default: digits): accuracy, accuracy per writer, calibration, rejection of non-digits,
end-to-end results, and robustness to transformed and corrupted drawings.

The page shows the figures that are in the same folder as the checkpoint. This command draws them:

python -m model.evaluation --drawings FILE --non-digits FILE --mnist --output model/checkpoints

The option --seeds compares the accuracy of a checkpoint with the accuracies of other checkpoints. They have the same
recipe, but were trained with other seeds:

python -m model.evaluation --seeds FOLDER ...   print the mean and the standard deviation of the accuracies
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.data import mnist
from model.data.drawings import LabeledDrawings, dataset_title, read_digits, read_non_digits
from model.data.images import read_images
from model.errors import exit_on_error
from model.evaluation import metrics, multidigit, plots, readme_tables, robustness
from model.inference import checkpoint
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.classifier import Classifier
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize

MISTAKES_PEN_WIDTH = 0.05
"""Pen width in the figure of mistakes. It is smaller than NETWORK_PEN_WIDTH, so that the path of the pen is visible."""

ONE_CHECKPOINT = ("checkpoint", "images", "non_digits", "mnist", "output", "mistakes")
"""Options that measure one checkpoint fully. Without them, --drawings measures all checkpoints."""


@dataclass(frozen=True)
class Evaluation:
    """The checkpoint to measure, and the folder for the figures.

    classifier: the classifier that was loaded from the checkpoint.
    path: the path of the checkpoint. The metrics are stored in the JSON file beside the checkpoint.
    output: the folder for the figures; None if no figures are drawn.
    """

    classifier: Classifier
    path: Path
    output: Path | None

    def store(self, part: str, name: str, results: dict) -> None:
        checkpoint.update_notes(self.path, part, name, results)

    def figure(self, name: str) -> Path:
        return plots.figure_path(self.output, self.path, name)


def evaluate(path: Path, options: argparse.Namespace) -> None:
    """Measure one checkpoint fully. Print the metrics, store them in the checkpoint's JSON, and draw the figures."""
    # Read the files first, because the measurement takes minutes and an invalid file should be reported at once.
    digits = read_digits(options.drawings) if options.drawings else None
    non_digits = read_non_digits(options.non_digits) if options.non_digits else None
    images = read_images(options.images) if options.images else None
    evaluation = Evaluation(Classifier.load(path), path, options.output)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    calibration = {}
    if options.mnist:
        calibration["MNIST test"] = _evaluate_mnist(evaluation)
    if images:
        _evaluate_images(evaluation, options.images.stem, *images)
    if digits:
        drawings, labels = digits
        name = options.drawings.stem
        predictions = metrics.predict_drawings(evaluation.classifier, drawings.drawings)
        calibration[dataset_title(name)] = _evaluate_digits(evaluation, name, drawings, labels, predictions)
        _evaluate_multidigit(evaluation, name, drawings)
        if non_digits:
            _evaluate_non_digits(evaluation, options.non_digits.stem, non_digits, name, predictions.not_digit)
        _evaluate_robustness(evaluation, name, drawings, labels)
        if options.mistakes:
            images = [rasterize(strokes, MISTAKES_PEN_WIDTH) for strokes in drawings.drawings]
            plots.draw_mistakes(dataset_title(name), images, labels, predictions.probabilities, options.mistakes)
    if options.output:
        plots.draw_reliability(calibration, evaluation.figure("reliability"))


def compare_seeds(path: Path, folders: list[Path], file: Path | None) -> None:
    """Compare a checkpoint with the checkpoints in `folders` that have the same file name. Print and store accuracies.

    file: a file of drawn digits on which the accuracy is measured, in addition to MNIST; None to use only MNIST.
    """
    for name, results in metrics.measure_seeds([path, *(folder / path.name for folder in folders)], file).items():
        values = ", ".join(f"{seed}: {accuracy:.2%}" for seed, accuracy in zip(*results.values(), strict=True))
        title, summary = dataset_title(name), metrics.format_mean_and_deviation(results)
        print(f"{title}: accuracy {summary} (seed {values})", flush=True)
        checkpoint.update_notes(path, "seeds", name, results)


def measure_all(folder: Path, file: Path) -> None:
    """Measure, print and store the accuracy of every checkpoint in `folder` on the drawn digits in `file`."""
    for path in sorted(folder.glob("*.keras")):
        results = metrics.measure_drawings(Classifier.load(path), file)
        checkpoint.update_notes(path, "drawings", file.stem, results)
        _print_classification(f"{path.stem} on {dataset_title(file.stem)}", results)


def _evaluate_mnist(evaluation: Evaluation) -> dict:
    test = mnist.load().test
    images = normalization.normalize_all(test.images / np.float32(255))
    predictions = metrics.predict(evaluation.classifier, images)
    results = metrics.classification_metrics(predictions.probabilities, test.labels)
    results |= metrics.accuracy_without_augmentation(evaluation.classifier, images, test.labels)
    results["accepted"] = float(np.mean(~evaluation.classifier.rejects(predictions.not_digit)))
    _print_classification("MNIST test", results)
    print(f"  accepted as digits: {results['accepted']:.2%}", flush=True)
    evaluation.store("mnist", "test", results)
    if evaluation.output:
        plots.draw_mistakes("MNIST test", images, test.labels, predictions.probabilities, evaluation.figure("mistakes"))
    return results


def _evaluate_images(evaluation: Evaluation, name: str, images: np.ndarray, labels: np.ndarray) -> None:
    predictions = metrics.predict(evaluation.classifier, normalization.normalize_all(images))
    results = metrics.classification_metrics(predictions.probabilities, labels)
    results["accepted"] = float(np.mean(~evaluation.classifier.rejects(predictions.not_digit)))
    _print_classification(f"{dataset_title(name)}, as normalized images", results)
    print(f"  accepted as digits: {results['accepted']:.2%}", flush=True)
    evaluation.store("images", name, results)


def _evaluate_digits(
    evaluation: Evaluation, name: str, drawings: LabeledDrawings, labels: np.ndarray, predictions: metrics.Predictions
) -> dict:
    results = metrics.drawing_metrics(predictions, labels, drawings.writers)
    results |= metrics.accuracy_without_augmentation(evaluation.classifier, predictions.images, labels)
    _print_classification(dataset_title(name), results)
    results["end_to_end"] = end_to_end = metrics.end_to_end_digits(evaluation.classifier, drawings)
    print(
        f"  end to end: accuracy {end_to_end['accuracy']:.2%}, rejected {end_to_end['rejected']:.2%}, "
        f"read as several digits {end_to_end['several']:.2%}",
        flush=True,
    )
    evaluation.store("drawings", name, results)
    if evaluation.output:
        plots.draw_confusion(dataset_title(name), results["confusion"], evaluation.figure("drawings"))
    return results


def _evaluate_multidigit(evaluation: Evaluation, name: str, drawings: LabeledDrawings) -> None:
    by_gap = multidigit.measure(
        evaluation.classifier, drawings.drawings, drawings.labels, multidigit.COUNT, multidigit.SEED
    )
    found, count = multidigit.overall(by_gap)
    print(f"  numbers of several digits: {found:.2%} of {count:,} digits found and read in order", flush=True)
    evaluation.store("multidigit", name, {"digits": count, "found": found, "by_gap": by_gap})


def _evaluate_non_digits(
    evaluation: Evaluation, name: str, non_digits: LabeledDrawings, digits_name: str, digit_scores: np.ndarray
) -> None:
    scores = metrics.predict_drawings(evaluation.classifier, non_digits.drawings).not_digit
    threshold = evaluation.classifier.notes["rejection_threshold"]
    results = metrics.rejection_metrics(digit_scores, scores, non_digits.labels, threshold)
    results["against"] = digits_name
    results["end_to_end_rejected"] = metrics.end_to_end_rejection_rate(evaluation.classifier, non_digits)
    _print_rejection(dataset_title(name), results)
    evaluation.store("rejection", name, results)
    if evaluation.output:
        plots.draw_rejection(dataset_title(name), results, evaluation.figure("rejection"))


def _evaluate_robustness(evaluation: Evaluation, name: str, drawings: LabeledDrawings, labels: np.ndarray) -> None:
    sample = robustness.stratified_sample(labels)
    results = robustness.measure(evaluation.classifier, [drawings.drawings[i] for i in sample], labels[sample])
    _print_robustness(dataset_title(name), results)
    evaluation.store("robustness", name, results)
    if evaluation.output:
        plots.draw_sweeps(dataset_title(name), results, evaluation.figure("sweeps"))


def _print_classification(title: str, results: dict) -> None:
    low, high = results["interval"]
    interval = f"95 % interval {low:.2%} to {high:.2%}"
    print(f"{title}: accuracy {results['accuracy']:.2%} ({interval}) on {results['count']:,} images")
    if "without_augmentation" in results:
        print(f"  without test-time augmentation: {results['without_augmentation']:.2%}")
    print("  per class: " + ", ".join(f"{digit}: {share:.1%}" for digit, share in enumerate(results["per_class"])))
    mistakes = ", ".join(f"{label} → {read}: {count}" for label, read, count in metrics.most_common_mistakes(results))
    print(f"  most common mistakes: {mistakes or 'none'}")
    print(f"  expected calibration error: {results['calibration_error']:.2%}")
    writers = results.get("writers")
    if writers and writers["count"]:
        print(
            f"  {writers['count']} writers with at least {metrics.MIN_DRAWINGS_PER_WRITER} drawings: "
            f"median accuracy {writers['median']:.1%}, 10th percentile {writers['worst_decile']:.1%}"
        )


def _print_rejection(title: str, results: dict) -> None:
    counts = f"{results['non_digits']:,} non-digits, {results['digits']:,} digits"
    print(f"{title}: AUROC {results['auroc']:.4f} ({counts})")
    print(
        f"  at the rejection threshold {results['rejection_threshold']:.3f}: "
        f"rejection rate {results['non_digits_rejected']:.2%}, end to end {results['end_to_end_rejected']:.2%}; "
        f"acceptance rate of digits {results['digits_accepted']:.2%}"
    )
    for acceptance, rate in results["at"].items():
        print(f"  at {float(acceptance):.0%} acceptance: rejection rate {rate:.2%}")
    rates = ", ".join(f"{label}: {found['rejected']:.0%}" for label, found in results["per_label"].items())
    print(f"  rejection rate by label: {rates}", flush=True)


def _print_robustness(title: str, results: dict) -> None:
    print(f"{title}, {results['count']:,} drawings: accuracy as drawn {results['as_drawn']:.2%}")
    for sweep in results["sweeps"].values():
        points = zip(sweep["settings"], sweep["accuracy"], strict=True)
        print(f"  {sweep['title']}: " + ", ".join(f"{setting}: {accuracy:.1%}" for setting, accuracy in points))
    for name, corruption in results["corruptions"].items():
        print(f"  {name}: {corruption['accuracy']:.1%} ({corruption['changed']:.0%} of the drawings changed)")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = _parse(arguments)
    with exit_on_error("evaluation"):
        _run(options)


def _run(options: argparse.Namespace) -> None:
    path = options.checkpoint or DEFAULT_CHECKPOINT
    measured = options.drawings or options.images or options.mnist or options.seeds
    if options.seeds:
        compare_seeds(path, options.seeds, options.drawings)
    elif measured and any(getattr(options, name) for name in ONE_CHECKPOINT):
        evaluate(path, options)
    elif measured:
        measure_all(checkpoint.FOLDER, options.drawings)
    for document in options.tables:
        readme_tables.write(document)
    if not (measured or options.tables):
        print(readme_tables.recipes(path.parent))


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m model.evaluation",
        usage="%(prog)s [options]",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    data = parser.add_argument_group("what is measured")
    data.add_argument("--checkpoint", type=Path, metavar="PATH", help="checkpoint to measure fully (default: digits)")
    data.add_argument("--drawings", type=Path, metavar="FILE", help="labeled digits; format: model/data/drawings.py")
    data.add_argument("--non-digits", type=Path, metavar="FILE", help="labeled drawings that are not digits")
    data.add_argument("--images", type=Path, metavar="FILE", help="labeled images; format: model/data/images.py")
    data.add_argument("--mnist", action="store_true", help="measure on the MNIST test images")
    data.add_argument("--seeds", type=Path, nargs="+", metavar="FOLDER", help="output folders of train.py --seed N")
    output = parser.add_argument_group("what is written")
    output.add_argument("--output", type=Path, metavar="FOLDER", help="draw the figures into this folder")
    output.add_argument("--mistakes", type=Path, metavar="FILE", help="draw mistakes on --drawings into this SVG file")
    output.add_argument(
        "--tables", type=Path, nargs="+", default=[], metavar="FILE", help="update the tables in these documents"
    )
    options = parser.parse_args(arguments)
    if options.non_digits and not options.drawings:
        parser.error("--non-digits needs --drawings: rejection is measured against digits.")
    if options.output and not (options.drawings or options.mnist):
        parser.error("--output needs --drawings or --mnist: otherwise there is nothing to draw.")
    if options.mistakes and not options.drawings:
        parser.error("--mistakes needs --drawings: the figure shows mistakes on drawings.")
    return options


if __name__ == "__main__":
    main()
