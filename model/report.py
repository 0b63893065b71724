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
import json
import os
import sys
from pathlib import Path

import numpy as np

from model import (
    charts,
    checkpoint,
    classifier,
    drawings,
    evaluation,
    ink,
    mnist,
    normalization,
    numbers,
    seeds,
    sensitivity,
    tables,
)
from model.classifier import Classifier
from model.ink import InkError

# The pen of the sheet of mistakes: thinner than ink's own, so that one sees its way.
SHEET_PEN = 0.05


def measure_drawings(path: Path, file: Path) -> dict:
    """Measure a checkpoint on a file of drawn digits and keep the figures in its JSON, under the file's name."""
    measured = evaluation.on_drawings(Classifier.load(path), file)
    keep(path, "drawings", file.stem, measured)
    return measured


def keep(path: Path, part: str, name: str, figures: dict) -> None:
    """Put figures into the JSON beside a checkpoint, as part → name of the file measured on → figures; in one step.

    Figures of the same name are replaced; all others stay, so that accuracy can be measured anew without the page's.
    """
    beside = path.with_suffix(".json")
    notes = json.loads(beside.read_text())
    kept = notes.setdefault(part, {})
    kept[name] = kept.get(name, {}) | figures
    whole = beside.with_suffix(".part")
    whole.write_text(json.dumps(notes, indent=1) + "\n")
    os.replace(whole, beside)


def publish(network, notes: dict, known, path: Path) -> None:
    """Write a network that was just trained: its checkpoint, with its figures on MNIST, and its confusion.

    The test images of the corpus `known` are read here, this once; nothing is chosen by them.
    """
    classifier = Classifier(network, notes, path.stem)
    for name, part in {"test": known.test, "validation": known.validation}.items():
        judged = evaluation.judge(classifier, part.images)
        notes[name] = evaluation.figures(judged.probabilities, part.labels)
        notes[name] |= evaluation.at_first_look(classifier, part.images, part.labels)
    checkpoint.save(network, notes | {"versions": checkpoint.versions()}, path)
    charts.draw_confusion(notes["test"]["confusion"], picture(path.parent, path, "confusion"))
    low, high = notes["test"]["interval"]
    print(f"{path}: {notes['test']['accuracy']:.2%} of MNIST's test images (95 % interval {low:.2%} to {high:.2%}).")


def evaluate(path: Path, options: argparse.Namespace) -> None:
    """Measure one checkpoint on what is given: say it, keep it in its JSON, and draw it into options.output.

    Raises CheckpointError, DrawingsError, mnist.DataError, ink.InkError.
    """
    digits, others, output = options.drawings, options.others, options.output
    # What cannot be read is said before anything is measured, not minutes later.
    drawn = evaluation.read_digits(digits) if digits else None
    strange = evaluation.read_others(others) if others else None
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
            charts.draw_confusion(figures["confusion"], picture(output, path, "drawings"))
            charts.draw_sweeps(swept, picture(output, path, "sweeps"))
        if options.mistakes:
            sheet = [ink.from_strokes(strokes, SHEET_PEN) for strokes in drawn[0].drawings]
            charts.draw_mistakes(sheet, drawn[1], judged.probabilities, options.mistakes)
    if output:
        charts.draw_reliability(sure, picture(output, path, "reliability"))


def spread(path: Path, folders: list[Path], file: Path | None) -> None:
    """Mean and spread of a checkpoint and of those of its name in `folders`: say them, and keep them in its JSON."""
    for name, figures in seeds.measure([path, *(folder / path.name for folder in folders)], file).items():
        each = ", ".join(f"{seed}: {share:.2%}" for seed, share in zip(*figures.values(), strict=True))
        print(f"{name}: {seeds.words(figures)} (seed {each})", flush=True)
        keep(path, "seeds", name, figures)


def picture(folder: Path, path: Path, name: str) -> Path:
    """Where a picture of a checkpoint lies: <folder>/<recipe>-<name>.svg."""
    return folder / f"{path.stem}-{name}.svg"


def _on_mnist(network: Classifier, path: Path, output: Path | None) -> dict:
    test = mnist.load().test
    images = normalization.normalize_all(test.images / np.float32(255))
    judged = evaluation.judge(network, images)
    figures = evaluation.figures(judged.probabilities, test.labels)
    figures |= evaluation.at_first_look(network, images, test.labels)
    accepted = float(np.mean(judged.no_digit <= network.notes["refuse_above"]))
    _print_figures("MNIST test", figures)
    print(f"  accepted as digits {accepted:.2%}", flush=True)
    keep(path, "mnist", "test", figures | {"accepted": accepted})
    if output:
        charts.draw_mistakes(images, test.labels, judged.probabilities, picture(output, path, "mistakes"))
    return figures


def _on_digits(
    network: Classifier, path: Path, drawn: drawings.Drawings, labels: np.ndarray, name: str
) -> tuple[dict, evaluation.Judged]:
    judged = evaluation.judge_drawings(network, drawn.drawings)
    figures = evaluation.drawing_figures(judged, labels, drawn.writers)
    figures |= evaluation.at_first_look(network, judged.images, labels)
    _print_figures(name, figures)
    figures["page"] = page = evaluation.page_digits(network, drawn)
    print(
        f"  by the page, strokes grouped and non-digits refused: {page['right']:.2%} read as one digit and rightly; "
        f"{page['refused']:.2%} refused, {page['several']:.2%} taken for several digits",
        flush=True,
    )
    keep(path, "drawings", name, figures)
    composed = numbers.measure(network, drawn.drawings, drawn.labels, numbers.COUNT, numbers.SEED)
    found, count = numbers.together(composed)
    print(f"  side by side as numbers: {found:.2%} of {count:,} digits found and read in order", flush=True)
    keep(path, "numbers", name, {"digits": count, "found": found, "by_gap": composed})
    return figures, judged


def _on_others(
    network: Classifier,
    path: Path,
    digits: evaluation.Judged,
    digits_name: str,
    others: drawings.Drawings,
    name: str,
    output: Path | None,
) -> None:
    no_digit = evaluation.judge_drawings(network, others.drawings).no_digit
    figures = evaluation.refusal(digits.no_digit, no_digit, others.labels, network.notes["refuse_above"])
    figures |= {"against": digits_name, "page_refused": evaluation.page_refused(network, others)}
    _print_refusal(name, figures)
    keep(path, "refusal", name, figures)
    if output:
        charts.draw_refusal(name, figures, picture(output, path, "refusal"))


def _swept(network: Classifier, path: Path, drawn: drawings.Drawings, labels: np.ndarray, name: str) -> dict:
    picked = evaluation.sample(labels, sensitivity.LIMIT, sensitivity.SEED)
    figures = sensitivity.measure(network, [drawn.drawings[i] for i in picked], labels[picked])
    _print_sweeps(name, figures)
    keep(path, "sweeps", name, figures)
    return figures


def _print_figures(name: str, figures: dict) -> None:
    low, high = figures["interval"]
    print(f"{name}: {figures['accuracy']:.2%} of {figures['count']:,} drawings ({low:.2%} to {high:.2%})")
    if "first_look" in figures:
        print(f"  {figures['first_look']:.2%} of them at the first look")
    print("  by digit " + " ".join(f"{digit}:{share:.1%}" for digit, share in enumerate(figures["per_class"])))
    mistaken = " ".join(f"{drawn}→{read}:{count}" for drawn, read, count in evaluation.commonest_mistakes(figures))
    print(f"  commonest mistakes {mistaken or 'none'}; calibration error {figures['calibration_error']:.2%}")
    writers = figures.get("writers")
    if writers and writers["count"]:
        print(
            f"  of {writers['count']} writers with {evaluation.LEAST_DRAWINGS} drawings or more, "
            f"median {writers['median']:.1%}, worst decile {writers['worst_decile']:.1%}"
        )


def _print_refusal(name: str, figures: dict) -> None:
    counts = f"{figures['others']:,} non-digits, told from {figures['digits']:,} digits"
    print(f"{name}: {counts}: AUROC {figures['auroc']:.4f}")
    if figures["others_refused"] == 0:
        print("  refuses nothing")
    print(
        f"  above {figures['refuse_above']:.3f}: {figures['others_refused']:.2%} refused, "
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
    except (
        checkpoint.CheckpointError,
        drawings.DrawingsError,
        InkError,
        mnist.DataError,
        seeds.SeedsError,
        tables.ReadmeError,
        OSError,
    ) as error:
        sys.exit(f"report: {error}")


def run(options: argparse.Namespace) -> None:
    """What the command line asks for."""
    measured = options.drawings or options.mnist or options.seeds
    if options.seeds:
        spread(options.checkpoint or classifier.DEFAULT, options.seeds, options.drawings)
    elif measured and (options.checkpoint or options.others or options.mnist or options.output or options.mistakes):
        evaluate(options.checkpoint or classifier.DEFAULT, options)
    elif measured:
        for path in sorted(checkpoint.FOLDER.glob("*.keras")):
            _print_figures(path.stem, measure_drawings(path, options.drawings))
    if options.readme:
        tables.write(options.readme)
    elif not measured:
        print(tables.recipes(options.checkpoint.parent if options.checkpoint else checkpoint.FOLDER))


if __name__ == "__main__":
    main()
