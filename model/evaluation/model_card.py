"""Collect what the page shows about a checkpoint: metrics from the JSON of the checkpoint, and figures."""

from dataclasses import dataclass
from pathlib import Path

from model.data.drawings import DEVELOPMENT_DATA
from model.evaluation.plots import figure_path

PICTURES = {
    "reliability": ("mnist", "drawings"),
    "drawings": ("drawings",),
    "curves": ("history",),
    "rejection": ("rejection",),
    "mistakes": ("mnist",),
}
"""The figures, in the order of the page. The value of each figure lists the JSON entries that the figure can show.

The page shows a figure only if the JSON has at least one of these entries. If the JSON has none of them, the figure's
file is left from an earlier checkpoint of the same name.
"""


@dataclass(frozen=True)
class ModelCard:
    """The metrics and figures of a checkpoint.

    facts: the metrics. Each fact has a `name`, a `kind` ("share", "interval", "digit", "count", "bytes" or "seconds")
        and a `value`. A share is from 0 to 1. Some facts have more entries than these three. In the page's translations
        (assets/locales), the text for a fact has the key "fact <name>".
    pictures: the SVG text of each figure, by the figure's name. In the page's translations, the text for a figure
        has the key "picture <name>".
    """

    facts: list[dict]
    pictures: dict[str, str]


def model_card(path: Path, notes: dict) -> ModelCard:
    """Return the model card of the checkpoint at `path`. `notes`: the content of the checkpoint's JSON."""
    measured = [name for name, entries in PICTURES.items() if any(entry in notes for entry in entries)]
    files = {name: figure_path(path.parent, path, name) for name in measured}
    pictures = {name: file.read_text(encoding="utf-8") for name, file in files.items() if file.exists()}
    return ModelCard([*_mnist(notes), *_drawings(notes), *_rejection(notes), *_size(notes)], pictures)


def _mnist(notes: dict) -> list[dict]:
    return [_accuracy("mnist", notes["test"])]


def _drawings(notes: dict) -> list[dict]:
    facts = []
    for file, measured in notes.get("drawings", {}).items():
        digit, lowest = min(enumerate(measured["per_class"]), key=lambda pair: pair[1])
        facts.append(_accuracy("drawings", measured) | _source(file) | {"count": measured["count"]})
        facts.append({"name": "worst", "kind": "digit", "digit": digit, "value": lowest})
        facts.append({"name": "calibration", "kind": "share", "value": measured["calibration_error"]})
    return facts


def _rejection(notes: dict) -> list[dict]:
    facts = []
    for file, measured in notes.get("rejection", {}).items():
        rate = measured["non_digits_rejected"]
        facts.append({"name": "rejected", "kind": "share", "value": rate} | _source(file))
        facts.append({"name": "accepted", "kind": "share", "value": measured["digits_accepted"]})
    return facts


def _size(notes: dict) -> list[dict]:
    kinds = {"parameters": "count", "bytes": "bytes", "seconds": "seconds"}
    # An imported network has no training time.
    return [{"name": name, "kind": kind, "value": notes[name]} for name, kind in kinds.items() if name in notes]


def _accuracy(name: str, measured: dict) -> dict:
    low, high = measured["interval"]
    return {"name": name, "kind": "interval", "value": measured["accuracy"], "low": low, "high": high}


def _source(file: str) -> dict:
    return {"file": file, "development": file in DEVELOPMENT_DATA}
