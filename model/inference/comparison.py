"""Compare models: classify the same image with every checkpoint in a folder, and with the page's checkpoint."""

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
    own: whether the page uses this model.
    """

    name: str
    reading: Reading
    milliseconds: float
    test_accuracy: float
    size: int
    own: bool


class Comparison:
    """All models in a folder, and the page's model. The first call of `compare` loads the models. Thread-safe."""

    def __init__(self, folder: Path, own: Path | None = None):
        """folder: the folder of checkpoints. own: the page's checkpoint, in this folder or in another one."""
        self._folder, self._own = folder, own
        self._lock = threading.Lock()
        self._models: list[tuple[Classifier, bool]] | None = None

    def compare(self, image: np.ndarray) -> list[ModelReading]:
        """Return each model's prediction for a normalized image, (28, 28), with the least accurate model first.

        Returns [] if the image is blank. Raises UserError if a checkpoint cannot be loaded.
        """
        if not image.any():
            return []
        return [_read(classifier, own, image) for classifier, own in self._loaded()]

    def _loaded(self) -> list[tuple[Classifier, bool]]:
        """Return each model, and whether it is the page's model."""
        with self._lock:
            if self._models is None:
                own = self._own and self._own.resolve()
                # A Keras model without a JSON beside it is not a checkpoint.
                paths = {
                    path.resolve(): path for path in self._folder.glob("*.keras") if path.with_suffix(".json").exists()
                }
                if own:
                    paths.setdefault(own, self._own)
                models = [(Classifier.load(path), resolved == own) for resolved, path in sorted(paths.items())]
                self._models = sorted(models, key=lambda model: _test_accuracy(model[0]))
            return self._models


def _read(classifier: Classifier, own: bool, image: np.ndarray) -> ModelReading:
    start = time.perf_counter()
    reading = classifier.read_image(image)
    return ModelReading(
        name=classifier.name,
        reading=reading,
        milliseconds=(time.perf_counter() - start) * 1000,
        test_accuracy=_test_accuracy(classifier),
        size=classifier.notes["bytes"],
        own=own,
    )


def _test_accuracy(classifier: Classifier) -> float:
    return classifier.notes["test"]["accuracy"]
