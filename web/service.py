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

    The networks load in a background thread, so that the page can be served meanwhile.

    path, name: file and name of the checkpoint. notes: its JSON.
    """

    def __init__(self, path: Path):
        """Start to load. Raises UserError if the checkpoint's JSON is missing; `wait` raises errors found later."""
        self.path, self.name = path, path.stem
        self.notes = checkpoint.load_notes(path)
        self.comparison = Comparison(checkpoint.FOLDER)
        loading = ThreadPoolExecutor(1, "loading")
        self._classifier = loading.submit(Classifier.load, path)
        # The classifier can answer while the attribution is compiled.
        self._attribution = loading.submit(lambda: IntegratedGradients(self.classifier.network))
        loading.shutdown(wait=False)
        # One picture at a time: decoding 25 megapixels takes hundreds of megabytes, and each thread would keep some.
        self._pictures = ThreadPoolExecutor(1, "pictures")
        # The caller gets the reason why a picture is rejected. Pillow would also write warnings to the log.
        warnings.filterwarnings("ignore", module="PIL")

    @property
    def classifier(self) -> Classifier:
        """The classifier; waits until it is loaded. Raises UserError."""
        return self._classifier.result()

    @property
    def attribution(self) -> IntegratedGradients:
        """The attribution; waits until it is compiled. Raises UserError."""
        return self._attribution.result()

    @property
    def ready(self) -> bool:
        """Whether all networks are loaded and compiled."""
        return all(part.done() and not part.exception() for part in (self._classifier, self._attribution))

    def wait(self) -> None:
        """Wait until the classifier is loaded. Raises UserError if it cannot be loaded."""
        self._classifier.result()

    def read_picture(self, source: Source) -> Answer:
        """Read a picture, after all pictures that were sent before it. Raises InputError."""
        return self._pictures.submit(self.classifier.read_picture, source).result()
