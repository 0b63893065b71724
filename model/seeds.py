"""How much of a recipe's figures is luck: the same training, begun with other random numbers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model import checkpoint, evaluation
from model.classifier import Classifier


class SeedsError(ValueError):
    """These trainings cannot be compared; the message says what sets them apart."""


def measure(paths: Sequence[Path], file: Path | None = None) -> dict[str, dict]:
    """Checkpoints of one recipe, each of another seed → {what: {"seeds": […], "accuracy": […]}}.

    what: MNIST's validation and test images, as their trainings measured them, and `file`, drawn digits, by its name.
    Raises CheckpointError, DrawingsError, SeedsError.
    """
    notes = [checkpoint.load_notes(path) for path in paths]
    seeds = _seeds(notes)
    accuracies = {f"MNIST {part}": [note[part]["accuracy"] for note in notes] for part in ("validation", "test")}
    if file:
        networks = map(Classifier.load, paths)
        accuracies[file.stem] = [evaluation.on_drawings(network, file)["accuracy"] for network in networks]
    return {what: {"seeds": seeds, "accuracy": each} for what, each in accuracies.items()}


def _seeds(notes: Sequence[dict]) -> list[int]:
    """Raises SeedsError when more than the seed differs, or when it does not."""
    first, *others = (dict(note["settings"], recipe=note["recipe"]) for note in notes)
    for other in others:
        changed = [name for name in first if name != "seed" and first[name] != other.get(name)]
        if changed:
            name = changed[0]
            raise SeedsError(
                f"More than the seed differs: {name} is {first[name]} in one and {other.get(name)} in another."
            )
    seeds = [part["seed"] for part in (first, *others)]
    if len(set(seeds)) < len(seeds):
        raise SeedsError(f"Two of them have the same seed: {', '.join(map(str, seeds))}.")
    return seeds


def words(figures: dict) -> str:
    """Mean and standard deviation (n − 1) of the accuracies."""
    each = figures["accuracy"]
    return f"{np.mean(each):.2%} ± {100 * np.std(each, ddof=1):.2f}"
