"""Figures of a checkpoint, as JSON, as pictures and as the README's table.

python -m model.report                              every checkpoint's figures, as the README shows them
python -m model.report --drawings FILE              accuracy on drawings, by the page's own path; kept in the JSON
python -m model.report --readme README.md           the same table, written into the README
"""

import argparse
import json
import math
import os
import sys
from pathlib import Path

import numpy as np

from model import backend, calibration, checkpoint, drawings, ink, normalization
from model.classifier import Classifier

TABLE_BEGINS = "<!-- table of recipes: written by python -m model.report --readme README.md -->"
TABLE_ENDS = "<!-- end of table -->"


def figures(probabilities: np.ndarray, labels: np.ndarray) -> dict:
    """How good probabilities (N, 10) are for labels (N,): accuracy with its 95 % interval, per class, confusion, ECE.

    `confusion[i][j]` counts the digits i that were read as j.
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
        "calibration_error": calibration.expected_calibration_error(probabilities, labels),
    }


def wilson_interval(right: int, count: int, z: float = 1.96) -> list[float]:
    """The 95 % interval of a share (Wilson 1927), which does not leave 0 … 1 when nearly all are right."""
    share, spread = right / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(share * (1 - share) / count + spread / (4 * count))
    return [middle - half, middle + half]


def on_drawings(classifier: Classifier, file: Path) -> dict:
    """Figures on a file of drawn digits: strokes → ink → normalization → classifier."""
    drawn = drawings.read(file)
    labels = np.array([int(label) if label in set("0123456789") else -1 for label in drawn.labels])
    if (labels < 0).any():
        raise drawings.DrawingsError(f"{file} holds drawings that are no digits; accuracy is measured on digits.")
    images = normalization.normalize_all(ink.from_strokes(strokes) for strokes in drawn.drawings)
    return figures(classifier.probabilities(images), labels)


def draw_curves(history: list[dict[str, float]], path: Path) -> None:
    """Loss and accuracy per epoch, training beside validation, as a PNG."""
    plt = _pyplot()
    chart, places = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    epochs = range(1, len(history) + 1)
    for place, name in zip(places, ("loss", "accuracy"), strict=True):
        for part, label in (("", "training"), ("validation_", "validation")):
            place.plot(epochs, [epoch[part + name] for epoch in history], label=label)
        place.set(xlabel="epoch", title=name)
        place.grid(alpha=0.3)
        place.legend()
    chart.savefig(path, dpi=100)
    plt.close(chart)


def draw_confusion(confusion: list[list[int]], path: Path) -> None:
    """What was drawn (down) and what was read (across), as a PNG; the mistakes are coloured, the right ones are not."""
    plt = _pyplot()
    counts = np.array(confusion)
    mistakes = counts * (1 - np.eye(10, dtype=int))
    chart, place = plt.subplots(figsize=(5.4, 5.4), layout="constrained")
    place.imshow(mistakes, cmap="Reds", vmin=0, vmax=max(1, mistakes.max()))
    for i, j in np.argwhere(counts):
        shade = "white" if mistakes[i, j] > 0.6 * mistakes.max() else "black"
        place.text(j, i, counts[i, j], ha="center", va="center", fontsize=8, color=shade)
    place.set(xlabel="read as", ylabel="drawn", xticks=range(10), yticks=range(10))
    chart.savefig(path, dpi=100)
    plt.close(chart)


def _pyplot():
    """Matplotlib without a window; imported here, so that the page need not load it."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot

    return matplotlib.pyplot


def table(folder: Path = checkpoint.FOLDER) -> str:
    """All recipes that have a checkpoint, the best on MNIST first, as a Markdown table."""
    paths = [folder / f"{name}.keras" for name in _recipes()]
    notes = [checkpoint.load_notes(path) for path in paths if path.exists()]
    notes.sort(key=lambda note: -note["test"]["accuracy"])
    files = sorted({file for note in notes for file in note.get("drawings", {})})
    head = ["recipe", "what it is", "MNIST test (95 % interval)", *files, "parameters", "file", "training"]
    rows = [head, ["---"] * len(head), *(_row(note, files) for note in notes)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(note: dict, files: list[str]) -> list[str]:
    low, high = note["test"]["interval"]
    drawn = [note.get("drawings", {}).get(file) for file in files]
    return [
        f"`{note['recipe']}`",
        _recipes()[note["recipe"]].summary,
        f"{note['test']['accuracy']:.2%} ({100 * low:.2f}–{100 * high:.2f})",
        *(f"{figure['accuracy']:.2%}" if figure else "–" for figure in drawn),
        f"{note['parameters']:,}",
        f"{note['bytes'] / 1e6:.2f} MB",
        _duration(note["seconds"]),
    ]


def _recipes() -> dict:
    """Imported here: recipes need Keras, and Keras needs TensorFlow to have been loaded quietly."""
    backend.load_tensorflow()
    from model.recipes import RECIPES

    return RECIPES


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def measure_drawings(path: Path, file: Path) -> dict:
    """Measure a checkpoint on a file of drawings and keep the figures in its JSON, under the file's name."""
    measured = on_drawings(Classifier.load(path), file)
    beside = path.with_suffix(".json")
    notes = json.loads(beside.read_text())
    notes["drawings"] = notes.get("drawings", {}) | {file.stem: measured}
    part = beside.with_suffix(".part")
    part.write_text(json.dumps(notes, indent=1) + "\n")
    os.replace(part, beside)
    return measured


def write_table(readme: Path) -> None:
    """Replace what stands between the two marks. Raises ValueError when the README lacks them."""
    before, begin, rest = readme.read_text().partition(TABLE_BEGINS)
    _, end, after = rest.partition(TABLE_ENDS)
    if not (begin and end):
        raise ValueError(f"{readme} lacks the lines “{TABLE_BEGINS}” and “{TABLE_ENDS}” between which the table goes.")
    readme.write_text(f"{before}{begin}\n\n{table()}\n\n{end}{after}")


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m model.report", description="Figures of the checkpoints.")
    parser.add_argument("--checkpoint", type=Path, help="one checkpoint; without it, all of model/checkpoints")
    parser.add_argument("--drawings", type=Path, metavar="FILE", help="measure on drawings: model/drawings.py")
    parser.add_argument("--readme", type=Path, help="write the table into this file, between its two marks")
    options = parser.parse_args(arguments)
    try:
        if options.drawings:
            for path in [options.checkpoint] if options.checkpoint else sorted(checkpoint.FOLDER.glob("*.keras")):
                _print_drawings(path, measure_drawings(path, options.drawings))
        if options.readme:
            write_table(options.readme)
        elif not options.drawings:
            print(table(options.checkpoint.parent if options.checkpoint else checkpoint.FOLDER))
    except (checkpoint.CheckpointError, drawings.DrawingsError, OSError, ValueError) as error:
        sys.exit(f"report: {error}")


def _print_drawings(path: Path, measured: dict) -> None:
    low, high = measured["interval"]
    print(f"{path.stem}: {measured['accuracy']:.2%} of {measured['count']:,} drawings ({low:.2%} to {high:.2%})")
    print("  by digit " + " ".join(f"{digit}:{share:.1%}" for digit, share in enumerate(measured["per_class"])))


if __name__ == "__main__":
    main()
