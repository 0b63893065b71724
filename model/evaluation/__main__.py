"""Measure checkpoints, store the metrics in the JSON beside each checkpoint, and draw figures.

python -m model.evaluation                      print the README's table of recipes
python -m model.evaluation --drawings FILE      measure the accuracy of every checkpoint on labeled digits, which are in
                                                a file of drawings or a folder of pictures
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
from model.data.labeled_images import read_digit_images
from model.data.pictures import NON_DIGITS, LabeledPictures, read_pictures
from model.errors import exit_on_error
from model.evaluation import metrics, multidigit, pictures, plots, readme_tables, report, robustness, seeds
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
    folder = options.drawings if options.drawings and options.drawings.is_dir() else None
    labeled_pictures = read_pictures(folder) if folder else None
    digits = read_digits(options.drawings) if options.drawings and not folder else None
    non_digits = read_non_digits(options.non_digits) if options.non_digits else None
    images = read_images(options.images) if options.images else None
    evaluation = Evaluation(Classifier.load(path), path, options.output)
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    calibration = {}
    if options.mnist:
        calibration["MNIST test"] = _evaluate_mnist(evaluation)
    if labeled_pictures:
        _evaluate_pictures(evaluation, folder, labeled_pictures)
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
    if options.output and calibration:
        plots.draw_reliability(calibration, evaluation.figure("reliability"))


def measure_all(folder: Path, source: Path) -> None:
    """Measure, print and store the accuracy of every checkpoint in `folder` on labeled digits.

    source: a file of drawings, or a folder of pictures.
    """
    images, labels, writers = read_digit_images(source)
    name = data_name(source)
    for path in sorted(folder.glob("*.keras")):
        results = metrics.drawing_metrics(metrics.predict(Classifier.load(path), images), labels, writers)
        checkpoint.update_notes(path, "drawings", name, results)
        report.print_classification(f"{path.stem} on {dataset_title(name)}", results)


def data_name(source: Path) -> str:
    """Return the name of labeled digits: that of a file without its suffix, or that of a folder."""
    return source.resolve().name if source.is_dir() else source.stem


def _evaluate_mnist(evaluation: Evaluation) -> dict:
    test = mnist.load().test
    images = normalization.normalize_all(test.images / np.float32(255))
    predictions = metrics.predict(evaluation.classifier, images)
    results = metrics.classification_metrics(predictions.probabilities, test.labels)
    results |= metrics.accuracy_without_augmentation(evaluation.classifier, images, test.labels)
    results["accepted"] = float(np.mean(~evaluation.classifier.rejects(predictions.not_digit)))
    report.print_classification("MNIST test", results)
    print(f"  accepted as digits: {results['accepted']:.2%}", flush=True)
    evaluation.store("mnist", "test", results)
    if evaluation.output:
        plots.draw_mistakes("MNIST test", images, test.labels, predictions.probabilities, evaluation.figure("mistakes"))
    return results


def _evaluate_images(evaluation: Evaluation, name: str, images: np.ndarray, labels: np.ndarray) -> None:
    predictions = metrics.predict(evaluation.classifier, normalization.normalize_all(images))
    results = metrics.classification_metrics(predictions.probabilities, labels)
    results["accepted"] = float(np.mean(~evaluation.classifier.rejects(predictions.not_digit)))
    report.print_classification(f"{dataset_title(name)}, as normalized images", results)
    print(f"  accepted as digits: {results['accepted']:.2%}", flush=True)
    evaluation.store("images", name, results)


def _evaluate_digits(
    evaluation: Evaluation, name: str, drawings: LabeledDrawings, labels: np.ndarray, predictions: metrics.Predictions
) -> dict:
    results = metrics.drawing_metrics(predictions, labels, drawings.writers)
    results |= metrics.accuracy_without_augmentation(evaluation.classifier, predictions.images, labels)
    report.print_classification(dataset_title(name), results)
    results["end_to_end"] = metrics.end_to_end_digits(evaluation.classifier, drawings)
    report.print_end_to_end(results["end_to_end"])
    evaluation.store("drawings", name, results)
    if evaluation.output:
        plots.draw_confusion(dataset_title(name), results["confusion"], evaluation.figure("drawings"))
    return results


def _evaluate_pictures(evaluation: Evaluation, folder: Path, found: LabeledPictures) -> None:
    name, digits, non_digits = data_name(folder), found.digits(), found.non_digits()
    results = pictures.measure_digits(evaluation.classifier, digits)
    report.print_classification(name, results)
    report.print_end_to_end(results["end_to_end"])
    evaluation.store("drawings", name, results)
    if len(non_digits):
        title = f"{name}/{NON_DIGITS}"
        rejection = pictures.measure_non_digits(evaluation.classifier, digits, non_digits) | {"against": name}
        report.print_rejection(title, rejection)
        evaluation.store("rejection", title, rejection)


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
    report.print_rejection(dataset_title(name), results)
    evaluation.store("rejection", name, results)
    if evaluation.output:
        plots.draw_rejection(dataset_title(name), results, evaluation.figure("rejection"))


def _evaluate_robustness(evaluation: Evaluation, name: str, drawings: LabeledDrawings, labels: np.ndarray) -> None:
    sample = robustness.stratified_sample(labels)
    results = robustness.measure(evaluation.classifier, [drawings.drawings[i] for i in sample], labels[sample])
    report.print_robustness(dataset_title(name), results)
    evaluation.store("robustness", name, results)
    if evaluation.output:
        plots.draw_sweeps(dataset_title(name), results, evaluation.figure("sweeps"))


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = _parse(arguments)
    with exit_on_error("evaluation"):
        _run(options)


def _run(options: argparse.Namespace) -> None:
    path = options.checkpoint or DEFAULT_CHECKPOINT
    measured = options.drawings or options.images or options.mnist or options.seeds
    if options.seeds:
        seeds.compare(path, options.seeds, options.drawings)
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
    data.add_argument(
        "--drawings",
        type=Path,
        metavar="FILE",
        help="labeled digits: a file (model/data/drawings.py), or a folder of pictures",
    )
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
    if options.drawings and options.drawings.is_dir() and (options.non_digits or options.mistakes):
        parser.error(
            "a folder of pictures has its non-digits in the subfolder other; omit --non-digits and --mistakes."
        )
    if options.output and not (options.drawings or options.mnist):
        parser.error("--output needs --drawings or --mnist: otherwise there is nothing to draw.")
    if options.mistakes and not options.drawings:
        parser.error("--mistakes needs --drawings: the figure shows mistakes on drawings.")
    return options


if __name__ == "__main__":
    main()
