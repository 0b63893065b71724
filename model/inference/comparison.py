"""Compare models: classify the same image with every checkpoint in a folder, and with the page's checkpoint."""

import threading
import time
from collections.abc import Iterator
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
    own: whether the page uses this model.
    kind: "linear", "dense" or "convolutional", see `kind_of`.
    """

    name: str
    reading: Reading
    milliseconds: float
    test_accuracy: float
    size: int
    own: bool
    kind: str


class Comparison:
    """All models in a folder, and the page's model. Each model is loaded when it is needed first. Thread-safe."""

    def __init__(self, folder: Path, own: Path | None = None):
        """folder: the folder of checkpoints. own: the page's checkpoint, in this folder or in another one."""
        self._folder, self._own = folder, own
        self._lock = threading.Lock()
        self._classifiers: dict[Path, Classifier] = {}

    def compare(self, image: np.ndarray) -> list[ModelReading]:
        """Return each model's prediction for a normalized image, (28, 28), with the least accurate model first.

        Returns [] if the image is blank. Raises UserError if a checkpoint cannot be loaded.
        """
        if not image.any():
            return []
        own = self._own and self._own.resolve()
        models = [(self._load(path), path.resolve() == own) for path in self.paths()]
        return [_read(*model, image) for model in sorted(models, key=lambda model: _test_accuracy(model[0]))]

    @property
    def names(self) -> list[str]:
        """The names of the models. The page's model is the last."""
        return [path.stem for path in self.paths()]

    def model(self, name: str) -> tuple[Classifier, Path]:
        """Return a model and the path of its .keras file. If two models have this name, return the page's model.

        Raises InputError if no model has this name, and UserError if it cannot be loaded.
        """
        by_name = {path.stem: path for path in self.paths()}
        if name not in by_name:
            raise InputError(f"There is no such model; expected one of {', '.join(sorted(by_name))}.")
        return self._load(by_name[name]), by_name[name]

    def paths(self) -> list[Path]:
        """Return the paths of the models in the order of their resolved paths, with the page's model at the end."""
        # A Keras model without a JSON beside it is not a checkpoint.
        paths = {path.resolve(): path for path in self._folder.glob("*.keras") if path.with_suffix(".json").exists()}
        own = {self._own.resolve(): paths.pop(self._own.resolve(), self._own)} if self._own else {}
        return [path for _, path in [*sorted(paths.items()), *own.items()]]

    def _load(self, path: Path) -> Classifier:
        with self._lock:
            if path.resolve() not in self._classifiers:
                self._classifiers[path.resolve()] = Classifier.load(path)
            return self._classifiers[path.resolve()]


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
        kind=kind_of(classifier.network),
    )


def kind_of(network) -> str:
    """Return "convolutional" if a layer is a convolution, "dense" if there are hidden dense layers, or "linear"."""
    names = [type(layer).__name__ for layer in _layers(network)]
    if any("Conv" in name for name in names):
        return "convolutional"
    return "dense" if names.count("Dense") > 1 else "linear"


def _layers(network) -> Iterator:
    for layer in getattr(network, "layers", ()):
        yield from _layers(layer) if hasattr(layer, "layers") else [layer]


def _test_accuracy(classifier: Classifier) -> float:
    return classifier.notes["test"]["accuracy"]
