"""Evaluate a trained network on MNIST and write its checkpoint."""

from pathlib import Path

from model.data.dataset import Dataset
from model.evaluation import metrics, plots
from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.training import features


def publish(classifier: Classifier, dataset: Dataset, path: Path) -> None:
    """Measure the network on MNIST. Write the checkpoint to `path`, its JSON, its file of features and the figure of
    the confusion matrix.

    The accuracy on MNIST's test images is printed.
    classifier: a trained network with rounded weights (`checkpoint.round_weights`), so that the metrics describe the
        stored file. Its notes are the entries of the JSON about training and calibration. This function adds the
        MNIST metrics.
    dataset: the recipe's dataset. Training and calibration do not use its test images. This function measures on them.
    """
    measured = {}
    for name, split in {"test": dataset.test, "validation": dataset.validation}.items():
        predictions = metrics.predict(classifier, split.images)
        measured[name] = metrics.classification_metrics(predictions.probabilities, split.labels)
        measured[name] |= metrics.accuracy_without_augmentation(classifier, split.images, split.labels)
    checkpoint.save(classifier.network, classifier.notes | measured | {"versions": checkpoint.versions()}, path)
    features.write(classifier.network, dataset.validation, path)
    test = measured["test"]
    plots.draw_confusion("MNIST test", test["confusion"], plots.figure_path(path.parent, path, "confusion"))
    low, high = test["interval"]
    print(f"{path}: test accuracy on MNIST {test['accuracy']:.2%} (95 % interval {low:.2%} to {high:.2%}).")
