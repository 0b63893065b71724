"""Run every checkpoint of a folder on the same drawing."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.inference import checkpoint
from model.inference.answer import Reading
from model.inference.classifier import Classifier


@dataclass(frozen=True)
class ModelReading:
    """How one model reads a drawing, and what is known of the model.

    milliseconds: duration of the prediction. mnist: accuracy on the MNIST test images. size: of the file, in bytes.
    """

    name: str
    reading: Reading
    milliseconds: float
    mnist: float
    size: int


class Comparison:
    """All checkpoints of a folder, loaded at the first call. Thread-safe."""

    def __init__(self, folder: Path = checkpoint.FOLDER):
        self._folder = folder
        self._lock = threading.Lock()
        self._classifiers: list[Classifier] | None = None

    def compare(self, image: np.ndarray) -> list[ModelReading]:
        """Read one normalized image (28, 28) with every model, the least accurate first; [] if the image is blank."""
        if not image.any():
            return []
        return [_read(classifier, image) for classifier in self._loaded()]

    def _loaded(self) -> list[Classifier]:
        with self._lock:
            if self._classifiers is None:
                classifiers = [Classifier.load(path) for path in sorted(self._folder.glob("*.keras"))]
                self._classifiers = sorted(classifiers, key=lambda classifier: classifier.notes["test"]["accuracy"])
            return self._classifiers


def _read(classifier: Classifier, image: np.ndarray) -> ModelReading:
    start = time.perf_counter()
    reading = classifier.read_image(image)
    milliseconds = (time.perf_counter() - start) * 1000
    notes = classifier.notes
    return ModelReading(classifier.name, reading, milliseconds, notes["test"]["accuracy"], notes["bytes"])
