"""Evaluate a network on MNIST and write its checkpoint. Trained, fine-tuned and imported networks come here."""

from pathlib import Path

from model.data.dataset import Split
from model.evaluation import map_selection, metrics, plots
from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.training import features


def publish(classifier: Classifier, validation: Split, test: Split, path: Path) -> float:
    """Measure the network on MNIST. Write the checkpoint to `path`, its JSON, its maps, its features and the confusion
    matrix.

    The accuracy on MNIST's test images is printed and returned.
    classifier: the calibrated network. The weights of a trained network are rounded already
        (`checkpoint.round_weights`), so that the metrics describe the stored file. Its notes are the entries of the
        JSON about training and calibration. This function adds the MNIST metrics.
    validation, test: images of MNIST. Training and calibration do not use the test images.
    """
    measured = {}
    for name, split in {"test": test, "validation": validation}.items():
        predictions = metrics.predict(classifier, split.images)
        measured[name] = metrics.classification_metrics(predictions.probabilities, split.labels)
        measured[name] |= metrics.accuracy_without_augmentation(classifier, split.images, split.labels)
    checkpoint.save(classifier.network, classifier.notes | measured | {"versions": checkpoint.versions()}, path)
    features.write(validation, path)
    plots.draw_confusion("MNIST test", measured["test"]["confusion"], plots.figure_path(path.parent, path, "confusion"))
    accuracy, (low, high) = measured["test"]["accuracy"], measured["test"]["interval"]
    print(f"{path}: test accuracy on MNIST {accuracy:.2%} (95 % interval {low:.2%} to {high:.2%}).")
    sha256 = checkpoint.load_notes(path)["sha256"]
    map_selection.select(classifier.network, validation.images, sha256, path)
    return accuracy
