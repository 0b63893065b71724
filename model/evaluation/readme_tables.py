"""What the JSON beside the checkpoints says, as the README's tables in Markdown."""

from pathlib import Path

import numpy as np

from model.errors import UserError
from model.evaluation import metrics
from model.inference import backend, checkpoint
from model.inference.checkpoint import DEFAULT_CHECKPOINT


def marks(name: str, command: str) -> tuple[str, str]:
    """The two lines between which a table stands in the README, and that say what writes it."""
    return f"<!-- {name}: written by {command} -->", f"<!-- end of {name} -->"


RECIPES, EVALUATION = (
    marks(name, "python -m model.report --readme README.md") for name in ("table of recipes", "evaluation")
)


def write(readme: Path) -> None:
    """Replace this module's tables. Raises UserError when the README lacks their marks."""
    replace(readme, RECIPES, recipes())
    replace(readme, EVALUATION, evaluation())


def replace(readme: Path, between: tuple[str, str], table: str) -> None:
    """Replace what stands between two marks. Raises UserError when the README lacks them."""
    text = readme.read_text()
    begins, ends = between
    before, begin, rest = text.partition(begins)
    _, end, after = rest.partition(ends)
    if not (begin and end):
        raise UserError(f"{readme} lacks the lines “{begins}” and “{ends}” between which a table goes.")
    readme.write_text(f"{before}{begin}\n\n{table}\n\n{end}{after}")


def recipes(folder: Path = checkpoint.FOLDER) -> str:
    """All recipes that have a checkpoint, the best on MNIST first."""
    paths = [folder / f"{name}.keras" for name in _recipes()]
    notes = [checkpoint.load_notes(path) for path in paths if path.exists()]
    notes.sort(key=lambda note: -note["test"]["accuracy"])
    files = sorted({file for note in notes for file in note.get("drawings", {})})
    head = ["recipe", "what it is", "MNIST test (95 % interval)", *files, "parameters", "file", "training"]
    return markdown([head, *(_recipe(note, files) for note in notes)])


def _recipe(note: dict, files: list[str]) -> list[str]:
    drawn = [note.get("drawings", {}).get(file) for file in files]
    return [
        f"`{note['recipe']}`",
        _recipes()[note["recipe"]].summary,
        _accuracy(note["test"]),
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


def evaluation(path: Path = DEFAULT_CHECKPOINT) -> str:
    """All that was measured of one checkpoint; a sentence when nothing was."""
    notes = checkpoint.load_notes(path)
    about = {f"`{name}`": _digits(figures) for name, figures in notes.get("drawings", {}).items() if "page" in figures}
    for name, figures in notes.get("numbers", {}).items():
        about[f"`{name}`"]["side by side as numbers: digits found and read in order"] = f"{figures['found']:.2%}"
    about |= {f"`{name}`": _others(figures) for name, figures in notes.get("rejection", {}).items()}
    for name, figures in notes.get("sweeps", {}).items():
        about[f"{figures['count']:,} of `{name}`, changed"] = _changed(figures)
    if "mnist" in notes:
        about = {"MNIST test": _mnist(notes["mnist"]["test"])} | about
    for name, figures in notes.get("seeds", {}).items():
        part = about.get(name, about.get(f"`{name}`", {}))
        part[f"read rightly by {len(figures['seeds'])} seeds (mean ± standard deviation)"] = (
            metrics.format_mean_and_deviation(figures)
        )
    if not about:
        return "Not evaluated yet."
    rows = [[name if i == 0 else "", *row] for name, part in about.items() for i, row in enumerate(part.items())]
    return markdown([["", "what", "figure"], *rows])


def _mnist(figures: dict) -> dict[str, str]:
    return {
        "read rightly (95 % interval)": _accuracy(figures),
        **_first_look(figures),
        "calibration error": f"{figures['calibration_error']:.2%}",
        "accepted as digits": f"{figures['accepted']:.2%}",
    }


def _digits(figures: dict) -> dict[str, str]:
    worst, page, writers = int(np.argmin(figures["per_class"])), figures["page"], figures["writers"]
    about = {
        "read rightly (95 % interval)": _accuracy(figures),
        **_first_look(figures),
        "the worst digit": f"{worst}: {figures['per_class'][worst]:.1%}",
        "calibration error": f"{figures['calibration_error']:.2%}",
        "by the page: read rightly": f"{page['right']:.2%}",
        "by the page: refused; taken for several digits": f"{page['refused']:.2%}; {page['several']:.2%}",
    }
    if writers["count"]:
        median = f"{writers['median']:.1%}; {writers['worst_decile']:.1%}"
        about[f"of {writers['count']} writers, the median; the worst tenth"] = median
    return about


def _first_look(figures: dict) -> dict[str, str]:
    return {"at the first look": f"{figures['without_augmentation']:.2%}"} if "without_augmentation" in figures else {}


def _others(figures: dict) -> dict[str, str]:
    return {
        "AUROC against the digits": f"{figures['auroc']:.4f}",
        "refused, of single drawings": f"{figures['others_refused']:.1%}",
        "digits accepted with the same threshold": f"{figures['digits_accepted']:.1%}",
        "refused by the page, which may take two strokes for two digits": f"{figures['page_refused']:.1%}",
        **{
            f"refused where {float(share):.0%} of the digits are accepted": f"{refused:.1%}"
            for share, refused in figures["at"].items()
        },
    }


def _changed(figures: dict) -> dict[str, str]:
    about = {"as drawn": f"{figures['as_drawn']:.1%}"}
    for sweep in figures["sweeps"].values():
        points = list(zip(sweep["settings"], sweep["accuracy"], strict=True))
        # The ends, and at most five between.
        some = points[:: max(1, -(-len(points) // 6))]
        some += [] if some[-1] == points[-1] else [points[-1]]
        about[sweep["title"]] = ", ".join(f"{setting}: {share:.1%}" for setting, share in some)
    return about | {name: f"{found['accuracy']:.1%}" for name, found in figures["corruptions"].items()}


def _accuracy(figures: dict) -> str:
    low, high = figures["interval"]
    return f"{figures['accuracy']:.2%} ({100 * low:.2f}–{100 * high:.2f})"


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def markdown(rows: list[list[str]]) -> str:
    """Rows of cells as a table; the first row is its head."""
    ruled = [rows[0], ["---"] * len(rows[0]), *rows[1:]]
    return "\n".join("| " + " | ".join(row) + " |" for row in ruled)
