"""Write the tables of README.md and docs/measurements.md, in Markdown, from the JSON beside the checkpoints."""

from pathlib import Path

import numpy as np

from model.data.drawings import dataset_title
from model.errors import UserError
from model.evaluation.seeds import format_mean_and_deviation
from model.inference import backend, checkpoint
from model.inference.checkpoint import DEFAULT_CHECKPOINT

SWEEP_SETTINGS = 6
"""Approximate number of settings of each sweep (`robustness.Sweep`) that the table lists."""


def marks(name: str, command: str) -> tuple[str, str]:
    """Return the comment lines before and after a table. The first line names the command that updates the table."""
    return f"<!-- {name}: written by {command} -->", f"<!-- end of {name} -->"


RECIPES_MARKS, EVALUATION_MARKS = (
    marks(name, "python -m model.evaluation --tables README.md docs/measurements.md")
    for name in ("table of recipes", "evaluation")
)


def write(document: Path) -> None:
    """Update all tables in a document. Raises UserError if the document does not contain the marks of a table."""
    text = document.read_text(encoding="utf-8")
    if EVALUATION_MARKS[0] in text:
        replace(document, EVALUATION_MARKS, evaluation(DEFAULT_CHECKPOINT))
    if RECIPES_MARKS[0] in text or EVALUATION_MARKS[0] not in text:
        replace(document, RECIPES_MARKS, recipes())


def replace(document: Path, between: tuple[str, str], table: str) -> None:
    """Replace the text between two marks. Raises UserError if the document lacks the marks."""
    text = document.read_text(encoding="utf-8")
    begins, ends = between
    before, begin, rest = text.partition(begins)
    _, end, after = rest.partition(ends)
    if not (begin and end):
        raise UserError(f'{document} lacks the lines "{begins}" and "{ends}", which enclose the table. Add them.')
    document.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}", encoding="utf-8")


def recipes(folder: Path = checkpoint.FOLDER) -> str:
    """Return the table of all recipes that have a checkpoint in `folder`, sorted by accuracy on MNIST, best first."""
    summaries = _summaries()
    paths = [folder / f"{name}.keras" for name in summaries]
    notes = [checkpoint.load_notes(path) for path in paths if path.exists()]
    notes.sort(key=lambda note: -note["test"]["accuracy"])
    files = sorted({file for note in notes for file in note.get("drawings", {})})
    head = ["recipe", "description", "accuracy on MNIST test (95 % interval)"]
    head += [f"accuracy on {dataset_title(file)}" for file in files]
    head += ["parameters", "training time"]
    return markdown([head, *(_recipe(note, summaries[note["recipe"]], files) for note in notes)])


def _recipe(note: dict, summary: str, files: list[str]) -> list[str]:
    drawings = [note.get("drawings", {}).get(file) for file in files]
    return [
        f"`{note['recipe']}`",
        summary,
        _accuracy(note["test"]),
        *(f"{results['accuracy']:.2%}" if results else "–" for results in drawings),
        f"{note['parameters']:,}",
        _duration(note["seconds"]),
    ]


def _summaries() -> dict[str, str]:
    backend.load_tensorflow()
    # Imported here, not at the top of the file: Keras must not be imported before `backend.load_tensorflow()`.
    from model.recipes import RECIPES

    return {name: recipe.summary for name, recipe in RECIPES.items()}


def evaluation(path: Path) -> str:
    """Return the table of all measurements of a checkpoint, or the text "Not evaluated yet." without measurements."""
    notes = checkpoint.load_notes(path)
    sections = {}
    if "mnist" in notes:
        sections["MNIST test"] = _mnist(notes["mnist"]["test"])
    for name, results in notes.get("images", {}).items():
        sections[name] = _images(results)
    for name, results in notes.get("drawings", {}).items():
        if "end_to_end" in results:
            sections[name] = _digits(results)
    for name, results in notes.get("multidigit", {}).items():
        sections[name]["numbers of several digits: digits found and read in order"] = f"{results['found']:.2%}"
    for name, results in notes.get("seeds", {}).items():
        if name in sections:
            label = f"accuracy over {len(results['seeds'])} seeds (mean ± standard deviation)"
            sections[name][label] = format_mean_and_deviation(results)
    for name, results in notes.get("rejection", {}).items():
        sections[name] = _rejection(results)
    sections = {_title(name): rows for name, rows in sections.items()}
    for name, results in notes.get("robustness", {}).items():
        sections[f"{results['count']:,} drawings of {_title(name)}, changed"] = _robustness(results)
    if not sections:
        return "Not evaluated yet."
    rows = [[title if i == 0 else "", *row] for title, part in sections.items() for i, row in enumerate(part.items())]
    return markdown([["data", "metric", "value"], *rows])


def _title(name: str) -> str:
    return name if name == "MNIST test" else dataset_title(name).replace(name, f"`{name}`")


def _mnist(results: dict) -> dict[str, str]:
    return {
        "accuracy (95 % interval)": _accuracy(results),
        **_without_augmentation(results),
        "expected calibration error (ECE)": f"{results['calibration_error']:.2%}",
        "accepted as digits": f"{results['accepted']:.2%}",
    }


def _images(results: dict) -> dict[str, str]:
    lowest = np.argsort(results["per_class"])[:2]
    return {
        "accuracy of the normalized images (95 % interval)": _accuracy(results),
        "lowest per-class accuracies": ", ".join(f"{digit}: {results['per_class'][digit]:.1%}" for digit in lowest),
        "accepted as digits": f"{results['accepted']:.2%}",
    }


def _digits(results: dict) -> dict[str, str]:
    lowest, end_to_end, writers = int(np.argmin(results["per_class"])), results["end_to_end"], results["writers"]
    rows = {
        "accuracy (95 % interval)": _accuracy(results),
        **_without_augmentation(results),
        "lowest per-class accuracy": f"{lowest}: {results['per_class'][lowest]:.1%}",
        "expected calibration error (ECE)": f"{results['calibration_error']:.2%}",
        "end to end: accuracy": f"{end_to_end['accuracy']:.2%}",
        "end to end: rejected; read as several digits": f"{end_to_end['rejected']:.2%}; {end_to_end['several']:.2%}",
    }
    if writers["count"]:
        label = f"accuracy of {writers['count']} writers: median; 10th percentile"
        rows[label] = f"{writers['median']:.1%}; {writers['worst_decile']:.1%}"
    return rows


def _without_augmentation(results: dict) -> dict[str, str]:
    if "without_augmentation" not in results:
        return {}
    return {"accuracy without test-time augmentation": f"{results['without_augmentation']:.2%}"}


def _rejection(results: dict) -> dict[str, str]:
    return {
        "AUROC against the digits": f"{results['auroc']:.4f}",
        "rejection rate of single drawings": f"{results['non_digits_rejected']:.1%}",
        "acceptance rate of digits at the same threshold": f"{results['digits_accepted']:.1%}",
        "end to end: rejection rate (two strokes may be read as two digits)": f"{results['end_to_end_rejected']:.1%}",
        **{
            f"rejection rate at {100 * float(acceptance):g} % acceptance": f"{rate:.1%}"
            for acceptance, rate in results["at"].items()
        },
    }


def _robustness(results: dict) -> dict[str, str]:
    rows = {"accuracy as drawn": f"{results['as_drawn']:.1%}"}
    for sweep in results["sweeps"].values():
        points = list(zip(sweep["settings"], sweep["accuracy"], strict=True))
        step = -(-len(points) // SWEEP_SETTINGS)
        # Always list the last setting.
        listed = [point for i, point in enumerate(points) if i % step == 0 or i == len(points) - 1]
        rows[sweep["title"]] = ", ".join(f"{setting}: {accuracy:.1%}" for setting, accuracy in listed)
    return rows | {name: f"{corruption['accuracy']:.1%}" for name, corruption in results["corruptions"].items()}


def _accuracy(results: dict) -> str:
    low, high = results["interval"]
    return f"{results['accuracy']:.2%} ({100 * low:.2f}–{100 * high:.2f})"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def markdown(rows: list[list[str]]) -> str:
    """Return a Markdown table. `rows`: the rows, each a list of cells. The first row is the header of the table."""
    lines = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)
