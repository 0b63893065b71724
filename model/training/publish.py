"""Evaluate a trained network on the test data and write its checkpoint."""

from pathlib import Path

from model.evaluation import metrics, plots
from model.inference import checkpoint
from model.inference.classifier import Classifier


def publish(network, notes: dict, known, path: Path) -> None:
    """Write a network that was just trained: its checkpoint, with its figures on MNIST, and its confusion.

    The test images of the corpus `known` are read here, this once; nothing is chosen by them.
    """
    classifier = Classifier(network, notes, path.stem)
    for name, part in {"test": known.test, "validation": known.validation}.items():
        judged = metrics.predict(classifier, part.images)
        notes[name] = metrics.classification_metrics(judged.probabilities, part.labels)
        notes[name] |= metrics.accuracy_without_augmentation(classifier, part.images, part.labels)
    checkpoint.save(network, notes | {"versions": checkpoint.versions()}, path)
    plots.draw_confusion(notes["test"]["confusion"], plots.figure_path(path.parent, path, "confusion"))
    low, high = notes["test"]["interval"]
    print(f"{path}: {notes['test']['accuracy']:.2%} of MNIST's test images (95 % interval {low:.2%} to {high:.2%}).")
