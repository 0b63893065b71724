"""One drawing, every model: what each checkpoint makes of the same image."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from model import checkpoint
from model.classifier import Classifier, Reading, image_of


@dataclass(frozen=True)
class Row:
    """One model's reading of the drawing, and what is known of it: accuracies are shares, size in bytes."""

    name: str
    reading: Reading
    milliseconds: float
    mnist: float
    size: int

    def as_json(self) -> dict:
        """What the table shows of it; `probability` is that of its answer, a digit or none."""
        reading = self.reading
        return {
            "name": self.name,
            "digit": reading.digit,
            "verdict": reading.verdict,
            "probability": reading.no_digit if reading.digit is None else max(reading.probabilities),
            "mnist": self.mnist,
            "bytes": self.size,
            "milliseconds": round(self.milliseconds, 3),
        }


@dataclass(frozen=True)
class Table:
    """The rows, the least accurate model first."""

    rows: tuple[Row, ...]

    def as_json(self) -> dict:
        """As the API gives it."""
        return {"models": [row.as_json() for row in self.rows]}


class Comparison:
    """All checkpoints of a folder, loaded when they are asked for the first time. May be used from many threads."""

    def __init__(self, folder: Path = checkpoint.FOLDER):
        self._folder = folder
        self._lock = threading.Lock()
        self._classifiers: list[Classifier] | None = None

    def read_drawing(self, drawing: object) -> Table:
        """One digit, as classifier.image_of takes it → Table; empty of nothing drawn. Raises ink.InkError."""
        image = image_of(drawing)
        if not image.any():
            return Table(())
        return Table(tuple(self._row(classifier, image) for classifier in self._loaded()))

    def _row(self, classifier: Classifier, image) -> Row:
        start = time.perf_counter()
        reading = classifier.read_image(image)
        passed = (time.perf_counter() - start) * 1000
        notes = classifier.notes
        return Row(classifier.name, reading, passed, notes["test"]["accuracy"], notes["bytes"])

    def _loaded(self) -> list[Classifier]:
        with self._lock:
            if self._classifiers is None:
                found = [Classifier.load(path) for path in sorted(self._folder.glob("*.keras"))]
                self._classifiers = sorted(found, key=lambda classifier: classifier.notes["test"]["accuracy"])
            return self._classifiers
