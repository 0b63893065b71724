"""The loaded networks, shared by all endpoints."""

import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from model.inference import checkpoint
from model.inference.answer import Answer
from model.inference.attribution import IntegratedGradients
from model.inference.classifier import Classifier
from model.inference.comparison import Comparison
from model.preprocessing.picture import Source


class Service:
    """The classifier and the attribution of one checkpoint, and the comparison of all checkpoints. Thread-safe.

    The networks load in a background thread, so that the server can answer while the networks load.

    path: the file of the checkpoint. name: the name of the checkpoint. notes: the JSON of the checkpoint.
    """

    def __init__(self, path: Path):
        """Start to load the networks. Raises UserError if the checkpoint's JSON is missing.

        `wait` raises the errors that occur later.
        """
        self.path, self.name = path, path.stem
        self.notes = checkpoint.load_notes(path)
        self.comparison = Comparison(checkpoint.FOLDER)
        loading = ThreadPoolExecutor(1, "loading")
        self._classifier = loading.submit(Classifier.load, path)
        # The classifier can answer while the attribution is compiled.
        self._attribution = loading.submit(lambda: IntegratedGradients(self.classifier.network))
        loading.shutdown(wait=False)
        # One picture at a time: decoding 25 megapixels takes hundreds of megabytes. Each thread would keep some
        # of this memory.
        self._pictures = ThreadPoolExecutor(1, "pictures")
        # The caller gets the reason why a picture is rejected. Pillow would also write warnings to the log.
        warnings.filterwarnings("ignore", module="PIL")

    @property
    def classifier(self) -> Classifier:
        """The classifier. Waits until the classifier is loaded. Raises UserError if it cannot be loaded."""
        return self._classifier.result()

    @property
    def attribution(self) -> IntegratedGradients:
        """The attribution. Waits until the attribution is compiled. Raises UserError if it cannot be loaded."""
        return self._attribution.result()

    @property
    def ready(self) -> bool:
        """Whether all networks are loaded and compiled."""
        return all(part.done() and not part.exception() for part in (self._classifier, self._attribution))

    def wait(self) -> None:
        """Wait until the classifier is loaded. Raises UserError if it cannot be loaded."""
        self._classifier.result()

    def read_picture(self, source: Source) -> Answer:
        """Read a picture, after all pictures that arrived earlier. Raises InputError."""
        return self._pictures.submit(self.classifier.read_picture, source).result()
