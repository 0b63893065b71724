"""The command that measures checkpoints: figures, kept in the JSON beside each, and pictures.

python -m model.report                      every checkpoint's figures, as the README shows them
python -m model.report --drawings FILE      accuracy of every checkpoint on drawn digits
python -m model.report --readme README.md   the README's tables, from what was measured

With --checkpoint, --others, --mnist, --output or --mistakes it measures all there is to know of one checkpoint
(default: digits): accuracy, writers, calibration, refusal of the non-digits in --others, sweeps, corruptions; and draws
it into a folder. The page shows what is drawn beside the checkpoint:

python -m model.report --drawings FILE --others FILE --mnist --output model/checkpoints

python -m model.report --seeds FOLDER …     mean and spread of digits and of the same training with other seeds
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from model.data import mnist
from model.data.drawings import LabeledDrawings
from model.errors import InputError, UserError
from model.evaluation import metrics, multidigit, plots, readme_tables, robustness
from model.inference import checkpoint
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.classifier import Classifier
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize

# The pen of the sheet of mistakes: thinner than ink's own, so that one sees its way.
SHEET_PEN = 0.05


def measure_drawings(path: Path, file: Path) -> dict:
    """Measure a checkpoint on a file of drawn digits and keep the figures in its JSON, under the file's name."""
    measured = metrics.measure_drawings(Classifier.load(path), file)
    checkpoint.update_notes(path, "drawings", file.stem, measured)
    return measured


def evaluate(path: Path, options: argparse.Namespace) -> None:
    """Measure one checkpoint on what is given: say it, keep it in its JSON, and draw it into options.output.

    Raises CheckpointError, DrawingsError, UserError, InputError.
    """
    digits, others, output = options.drawings, options.others, options.output
    # What cannot be read is said before anything is measured, not minutes later.
    drawn = metrics.read_digits(digits) if digits else None
    strange = metrics.read_non_digits(others) if others else None
    network = Classifier.load(path)
    if output:
        output.mkdir(parents=True, exist_ok=True)
    sure = {}
    if options.mnist:
        sure["MNIST test"] = _on_mnist(network, path, output)
    if drawn:
        figures, judged = _on_digits(network, path, *drawn, digits.stem)
        sure[digits.stem] = figures
        if strange:
            _on_others(network, path, judged, digits.stem, strange, others.stem, output)
        swept = _swept(network, path, *drawn, digits.stem)
        if output:
            plots.draw_confusion(figures["confusion"], plots.figure_path(output, path, "drawings"))
            plots.draw_sweeps(swept, plots.figure_path(output, path, "sweeps"))
        if options.mistakes:
            sheet = [rasterize(strokes, SHEET_PEN) for strokes in drawn[0].drawings]
            plots.draw_mistakes(sheet, drawn[1], judged.probabilities, options.mistakes)
    if output:
        plots.draw_reliability(sure, plots.figure_path(output, path, "reliability"))


def spread(path: Path, folders: list[Path], file: Path | None) -> None:
    """Mean and spread of a checkpoint and of those of its name in `folders`: say them, and keep them in its JSON."""
    for name, figures in metrics.measure_seeds([path, *(folder / path.name for folder in folders)], file).items():
        each = ", ".join(f"{seed}: {share:.2%}" for seed, share in zip(*figures.values(), strict=True))
        print(f"{name}: {metrics.format_mean_and_deviation(figures)} (seed {each})", flush=True)
        checkpoint.update_notes(path, "seeds", name, figures)


def _on_mnist(network: Classifier, path: Path, output: Path | None) -> dict:
    test = mnist.load().test
    images = normalization.normalize_all(test.images / np.float32(255))
    judged = metrics.predict(network, images)
    figures = metrics.classification_metrics(judged.probabilities, test.labels)
    figures |= metrics.accuracy_without_augmentation(network, images, test.labels)
    accepted = float(np.mean(judged.no_digit <= network.notes["rejection_threshold"]))
    _print_figures("MNIST test", figures)
    print(f"  accepted as digits {accepted:.2%}", flush=True)
    checkpoint.update_notes(path, "mnist", "test", figures | {"accepted": accepted})
    if output:
        plots.draw_mistakes(images, test.labels, judged.probabilities, plots.figure_path(output, path, "mistakes"))
    return figures


def _on_digits(
    network: Classifier, path: Path, drawn: LabeledDrawings, labels: np.ndarray, name: str
) -> tuple[dict, metrics.Predictions]:
    judged = metrics.predict_drawings(network, drawn.drawings)
    figures = metrics.drawing_metrics(judged, labels, drawn.writers)
    figures |= metrics.accuracy_without_augmentation(network, judged.images, labels)
    _print_figures(name, figures)
    figures["page"] = page = metrics.end_to_end_digits(network, drawn)
    print(
        f"  by the page, strokes grouped and non-digits refused: {page['right']:.2%} read as one digit and rightly; "
        f"{page['refused']:.2%} refused, {page['several']:.2%} taken for several digits",
        flush=True,
    )
    checkpoint.update_notes(path, "drawings", name, figures)
    composed = multidigit.measure(network, drawn.drawings, drawn.labels, multidigit.COUNT, multidigit.SEED)
    found, count = multidigit.overall(composed)
    print(f"  side by side as numbers: {found:.2%} of {count:,} digits found and read in order", flush=True)
    checkpoint.update_notes(path, "numbers", name, {"digits": count, "found": found, "by_gap": composed})
    return figures, judged


def _on_others(
    network: Classifier,
    path: Path,
    digits: metrics.Predictions,
    digits_name: str,
    others: LabeledDrawings,
    name: str,
    output: Path | None,
) -> None:
    no_digit = metrics.predict_drawings(network, others.drawings).no_digit
    figures = metrics.rejection_metrics(digits.no_digit, no_digit, others.labels, network.notes["rejection_threshold"])
    figures |= {"against": digits_name, "end_to_end_rejected": metrics.end_to_end_rejection_rate(network, others)}
    _print_refusal(name, figures)
    checkpoint.update_notes(path, "rejection", name, figures)
    if output:
        plots.draw_refusal(name, figures, plots.figure_path(output, path, "rejection"))


def _swept(network: Classifier, path: Path, drawn: LabeledDrawings, labels: np.ndarray, name: str) -> dict:
    picked = metrics.stratified_sample(labels, robustness.LIMIT, robustness.SEED)
    figures = robustness.measure(network, [drawn.drawings[i] for i in picked], labels[picked])
    _print_sweeps(name, figures)
    checkpoint.update_notes(path, "sweeps", name, figures)
    return figures


def _print_figures(name: str, figures: dict) -> None:
    low, high = figures["interval"]
    print(f"{name}: {figures['accuracy']:.2%} of {figures['count']:,} drawings ({low:.2%} to {high:.2%})")
    if "without_augmentation" in figures:
        print(f"  {figures['without_augmentation']:.2%} of them at the first look")
    print("  by digit " + " ".join(f"{digit}:{share:.1%}" for digit, share in enumerate(figures["per_class"])))
    mistaken = " ".join(f"{drawn}→{read}:{count}" for drawn, read, count in metrics.most_common_mistakes(figures))
    print(f"  commonest mistakes {mistaken or 'none'}; calibration error {figures['calibration_error']:.2%}")
    writers = figures.get("writers")
    if writers and writers["count"]:
        print(
            f"  of {writers['count']} writers with {metrics.MIN_DRAWINGS_PER_WRITER} drawings or more, "
            f"median {writers['median']:.1%}, worst decile {writers['worst_decile']:.1%}"
        )


def _print_refusal(name: str, figures: dict) -> None:
    counts = f"{figures['others']:,} non-digits, told from {figures['digits']:,} digits"
    print(f"{name}: {counts}: AUROC {figures['auroc']:.4f}")
    if figures["non_digits_rejected"] == 0:
        print("  refuses nothing")
    print(
        f"  above {figures['rejection_threshold']:.3f}: {figures['others_refused']:.2%} refused, "
        f"{figures['page_refused']:.2%} by the page; {figures['digits_accepted']:.2%} of the digits accepted"
    )
    for accepted, refused in figures["at"].items():
        print(f"  with {float(accepted):.0%} of the digits accepted: {refused:.2%} refused")
    print(
        "  refused by label, least first "
        + " ".join(f"{label}:{found['refused']:.0%}" for label, found in figures["per_label"].items()),
        flush=True,
    )


def _print_sweeps(name: str, figures: dict) -> None:
    print(f"{name}, {figures['count']:,} of them: {figures['as_drawn']:.2%} as drawn")
    for sweep in figures["sweeps"].values():
        points = zip(sweep["settings"], sweep["accuracy"], strict=True)
        print(f"  {sweep['title']}: " + ", ".join(f"{setting}: {share:.1%}" for setting, share in points))
    for corruption, found in figures["corruptions"].items():
        print(f"  {corruption}: {found['accuracy']:.1%} ({found['changed']:.0%} of the drawings changed)")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m model.report", description="Figures of the checkpoints.")
    parser.add_argument("--checkpoint", type=Path, metavar="PATH", help="measure all of this one (default: digits)")
    parser.add_argument("--drawings", type=Path, metavar="FILE", help="drawn digits; the format: model/drawings.py")
    parser.add_argument("--others", type=Path, metavar="FILE", help="drawings of what is no digit: are they refused?")
    parser.add_argument("--mnist", action="store_true", help="measure on MNIST's test images as well")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="draw the figures into this folder")
    parser.add_argument(
        "--mistakes", type=Path, metavar="FILE", help="draw the worst mistakes on --drawings into an SVG"
    )
    parser.add_argument(
        "--seeds", type=Path, nargs="+", metavar="FOLDER", help="where python train.py --seed N --output FOLDER wrote"
    )
    parser.add_argument(
        "--readme", type=Path, metavar="FILE", help="write the tables into this file, between their marks"
    )
    options = parser.parse_args(arguments)
    if options.others and not options.drawings:
        parser.error("--others needs --drawings: non-digits are told from digits.")
    if options.output and not (options.drawings or options.mnist):
        parser.error("--output needs --drawings or --mnist: there is nothing to draw.")
    if options.mistakes and not options.drawings:
        parser.error("--mistakes needs --drawings: the mistakes are made on them.")
    try:
        run(options)
    except (UserError, InputError, OSError) as error:
        sys.exit(f"report: {error}")


def run(options: argparse.Namespace) -> None:
    """What the command line asks for."""
    measured = options.drawings or options.mnist or options.seeds
    if options.seeds:
        spread(options.checkpoint or DEFAULT_CHECKPOINT, options.seeds, options.drawings)
    elif measured and (options.checkpoint or options.others or options.mnist or options.output or options.mistakes):
        evaluate(options.checkpoint or DEFAULT_CHECKPOINT, options)
    elif measured:
        for path in sorted(checkpoint.FOLDER.glob("*.keras")):
            _print_figures(path.stem, measure_drawings(path, options.drawings))
    if options.readme:
        readme_tables.write(options.readme)
    elif not measured:
        print(readme_tables.recipes(options.checkpoint.parent if options.checkpoint else checkpoint.FOLDER))


if __name__ == "__main__":
    main()
