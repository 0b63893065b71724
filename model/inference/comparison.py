"""Compare models: classify the same image with every checkpoint in a folder."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import InputError
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
    """All models in a folder. Each model is loaded when it is needed first. Thread-safe."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._lock = threading.Lock()
        self._classifiers: dict[str, Classifier] = {}

    def compare(self, image: np.ndarray) -> list[ModelReading]:
        """Return each model's prediction for a normalized image, (28, 28), with the least accurate model first.

        Returns [] if the image is blank. Raises UserError if a checkpoint cannot be loaded.
        """
        if not image.any():
            return []
        return [
            _read(classifier, image) for classifier in sorted(map(self.classifier, self._names()), key=_test_accuracy)
        ]

    def classifier(self, name: str) -> Classifier:
        """Return a model by its name. Raises InputError for an unknown name, and UserError if it cannot be loaded."""
        with self._lock:
            if name not in self._classifiers:
                if name not in self._names():
                    raise InputError(f"There is no such model; expected one of {', '.join(self._names())}.")
                self._classifiers[name] = Classifier.load(self.path(name))
            return self._classifiers[name]

    def path(self, name: str) -> Path:
        """Return the path of a model's .keras file."""
        return self._folder / f"{name}.keras"

    def _names(self) -> list[str]:
        return sorted(path.stem for path in self._folder.glob("*.keras"))


def _read(classifier: Classifier, image: np.ndarray) -> ModelReading:
    start = time.perf_counter()
    reading = classifier.read_image(image)
    milliseconds = (time.perf_counter() - start) * 1000
    return ModelReading(classifier.name, reading, milliseconds, _test_accuracy(classifier), classifier.notes["bytes"])


def _test_accuracy(classifier: Classifier) -> float:
    return classifier.notes["test"]["accuracy"]
