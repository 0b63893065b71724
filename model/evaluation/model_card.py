"""What is known of a checkpoint, for people to read: figures from its JSON, pictures that the report drew beside it."""

from dataclasses import dataclass
from pathlib import Path

# In the order in which the page shows them, each with the notes that come with it: one of them at least must be there,
# else it is a picture of the network that lay here before.
PICTURES = {
    "reliability": ("mnist", "drawings"),
    "drawings": ("drawings",),
    "curves": ("history",),
    "rejection": ("rejection",),
    "mistakes": ("mnist",),
}


@dataclass(frozen=True)
class ModelCard:
    """facts: name, kind ("share", "interval", "digit", "count", "bytes" or "seconds"), value, and what goes with it.

    Shares are from 0 to 1. pictures: by name, SVG.
    """

    facts: list[dict]
    pictures: dict[str, str]


def model_card(path: Path, notes: dict) -> ModelCard:
    """The portrait of the checkpoint at `path`, with the notes beside it; what was not measured is not in it."""
    measured = [name for name, parts in PICTURES.items() if any(part in notes for part in parts)]
    drawn = {name: (path.parent / f"{path.stem}-{name}.svg") for name in measured}
    pictures = {name: file.read_text(encoding="utf-8") for name, file in drawn.items() if file.exists()}
    return ModelCard([*_on_mnist(notes), *_on_drawings(notes), *_on_others(notes), *_size(notes)], pictures)


def _on_mnist(notes: dict) -> list[dict]:
    return [_accuracy("mnist", notes["test"])]


def _on_drawings(notes: dict) -> list[dict]:
    facts = []
    for file, measured in notes.get("drawings", {}).items():
        digit, worst = min(enumerate(measured["per_class"]), key=lambda pair: pair[1])
        facts.append(_accuracy("drawings", measured) | {"file": file, "count": measured["count"]})
        facts.append({"name": "worst", "kind": "digit", "digit": digit, "value": worst})
        if "calibration_error" in measured:
            facts.append({"name": "calibration", "kind": "share", "value": measured["calibration_error"]})
    return facts


def _on_others(notes: dict) -> list[dict]:
    facts = []
    for file, measured in notes.get("rejection", {}).items():
        facts.append({"name": "rejected", "kind": "share", "value": measured["non_digits_rejected"], "file": file})
        facts.append({"name": "accepted", "kind": "share", "value": measured["digits_accepted"]})
    return facts


def _size(notes: dict) -> list[dict]:
    kinds = {"parameters": "count", "bytes": "bytes", "seconds": "seconds"}
    return [{"name": name, "kind": kind, "value": notes[name]} for name, kind in kinds.items()]


def _accuracy(name: str, measured: dict) -> dict:
    low, high = measured["interval"]
    return {"name": name, "kind": "interval", "value": measured["accuracy"], "low": low, "high": high}
