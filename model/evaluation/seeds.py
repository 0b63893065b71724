"""Compare checkpoints of one recipe that were trained with different seeds."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.data.drawings import dataset_title
from model.errors import UserError
from model.evaluation import metrics
from model.inference import checkpoint
from model.inference.classifier import Classifier


def compare(path: Path, folders: list[Path], file: Path | None) -> None:
    """Compare a checkpoint with the checkpoints in `folders` that have the same file name. Print and store accuracies.

    file: a file of drawn digits on which the accuracy is measured, in addition to MNIST; None to use only MNIST.
    """
    for name, results in measure([path, *(folder / path.name for folder in folders)], file).items():
        values = ", ".join(f"{seed}: {accuracy:.2%}" for seed, accuracy in zip(*results.values(), strict=True))
        title, summary = dataset_title(name), format_mean_and_deviation(results)
        print(f"{title}: accuracy {summary} (seed {values})", flush=True)
        checkpoint.update_notes(path, "seeds", name, results)


def measure(paths: Sequence[Path], file: Path | None = None) -> dict[str, dict]:
    """Return the accuracies of checkpoints of one recipe that were trained with different seeds.

    Returns {name of the data set: {"seeds": [...], "accuracy": [...]}}. The accuracies on "MNIST validation" and "MNIST
    test" are read from the checkpoints' JSON. If `file` is given, the accuracies on its drawn digits are measured.
    Raises UserError if a file is unreadable, if two seeds are equal, or if any setting except the seed differs.
    """
    notes = [checkpoint.load_notes(path) for path in paths]
    seeds = _distinct_seeds(notes)
    accuracies = {f"MNIST {part}": [note[part]["accuracy"] for note in notes] for part in ("validation", "test")}
    if file:
        classifiers = map(Classifier.load, paths)
        accuracies[file.stem] = [metrics.measure_drawings(classifier, file)["accuracy"] for classifier in classifiers]
    return {name: {"seeds": seeds, "accuracy": values} for name, values in accuracies.items()}


def _distinct_seeds(notes: Sequence[dict]) -> list[int]:
    if any("settings" not in note for note in notes):
        raise UserError("An imported checkpoint has no seed. Expected checkpoints that train.py trained.")
    first, *others = (dict(note["settings"], recipe=note["recipe"]) for note in notes)
    for other in others:
        for name in first:
            if name != "seed" and first[name] != other.get(name):
                values = f"{name} is {first[name]} in one and {other.get(name)} in another"
                raise UserError(f"The checkpoints differ in more than the seed: {values}. Use equal settings.")
    seeds = [settings["seed"] for settings in (first, *others)]
    if len(set(seeds)) < len(seeds):
        raise UserError(f"Two checkpoints have the same seed: {', '.join(map(str, seeds))}. Expected different seeds.")
    return seeds


def format_mean_and_deviation(results: dict) -> str:
    """Return the mean and the sample standard deviation of the accuracies, for example "99.50% ± 0.04"."""
    accuracies = results["accuracy"]
    return f"{np.mean(accuracies):.2%} ± {100 * np.std(accuracies, ddof=1):.2f}"
