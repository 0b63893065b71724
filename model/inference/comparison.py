"""Compare models: classify the same image with every checkpoint in a folder."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.inference.answer import Reading
from model.inference.classifier import Classifier


@dataclass(frozen=True)
class ModelReading:
    """The prediction of one model for an image.

    milliseconds: the duration of the prediction.
    test_accuracy: the model's accuracy on the MNIST test images.
    size: the size of the model's .keras file, in bytes.
    """

    name: str
    reading: Reading
    milliseconds: float
    test_accuracy: float
    size: int


class Comparison:
    """All models in a folder. The first call of `compare` loads the models. Thread-safe."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._lock = threading.Lock()
        self._classifiers: list[Classifier] | None = None

    def compare(self, image: np.ndarray) -> list[ModelReading]:
        """Return each model's prediction for a normalized image, (28, 28), with the least accurate model first.

        Returns [] if the image is blank. Raises UserError if a checkpoint cannot be loaded.
        """
        if not image.any():
            return []
        return [_read(classifier, image) for classifier in self._loaded()]

    def _loaded(self) -> list[Classifier]:
        with self._lock:
            if self._classifiers is None:
                classifiers = [Classifier.load(path) for path in sorted(self._folder.glob("*.keras"))]
                self._classifiers = sorted(classifiers, key=_test_accuracy)
            return self._classifiers


def _read(classifier: Classifier, image: np.ndarray) -> ModelReading:
    start = time.perf_counter()
    reading = classifier.read_image(image)
    milliseconds = (time.perf_counter() - start) * 1000
    return ModelReading(classifier.name, reading, milliseconds, _test_accuracy(classifier), classifier.notes["bytes"])


def _test_accuracy(classifier: Classifier) -> float:
    return classifier.notes["test"]["accuracy"]
