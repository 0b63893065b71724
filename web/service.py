"""The loaded networks and the store of corrections, shared by all endpoints."""

import gc
import importlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from model.corrections.store import CorrectionStore
from model.inference import checkpoint, features
from model.inference.activations import Activations
from model.inference.answer import Answer
from model.inference.attribution import IntegratedGradients
from model.inference.classifier import Classifier
from model.inference.comparison import Comparison
from web.memory import limit_arenas
from web.pictures.decoder import PictureDecoder


class Service:
    """The classifier and the attribution of one checkpoint, and the comparison of all checkpoints. Thread-safe.

    The networks load in a background thread. Meanwhile the server can already send the page.

    path: the checkpoint's .keras file. name: the checkpoint's name. notes: the content of the checkpoint's JSON file.
    store: the store of corrections, or None.
    rejects: whether the network can reject a drawing as a non-digit.
    network: the short hash of the network if it has features, so that it can learn from corrections; otherwise None.
    """

    def __init__(self, path: Path, store: CorrectionStore | None = None):
        """Start to load the networks. Raises UserError if the checkpoint's JSON is missing or damaged.

        If the classifier cannot be loaded, `wait` raises the error later.
        """
        limit_arenas()  # Before threads start, because each thread chooses its memory area once.
        self.path, self.name, self.store = path, path.stem, store
        self.notes = checkpoint.load_notes(path)
        self.rejects = self.notes["rejection_threshold"] < 1
        self.network = features.short_hash(self.notes["sha256"]) if features.is_available(path, self.notes) else None
        self.comparison = Comparison(checkpoint.FOLDER, path)
        self.pictures = PictureDecoder()
        self._picture_lock, self._activations_lock = threading.Lock(), threading.Lock()
        self._activations: dict[Path, Activations] = {}
        # Loading creates half a million objects that stay. A search for cyclic garbage among them takes 0.4 s, in which
        # nobody gets an answer. Therefore, search only among the objects that are created after loading.
        gc.disable()
        loading = ThreadPoolExecutor(1, "loading")
        self._classifier = loading.submit(Classifier.load, path)
        # The attribution has its own job, so that the classifier can answer before the attribution is compiled.
        self._attribution = loading.submit(lambda: IntegratedGradients(self.classifier.network))
        self._features = loading.submit(lambda: self.network and self.classifier.compile_features())
        loading.submit(self.activations)
        loading.submit(_resume_garbage_collection)
        loading.submit(self.pictures.start)
        loading.submit(importlib.import_module, "model.inference.picture_candidates")  # It imports SciPy, in 0.3 s.
        loading.shutdown(wait=False)

    @property
    def classifier(self) -> Classifier:
        """The classifier. Reading this property waits until the classifier is loaded, or raises UserError."""
        return self._classifier.result()

    @property
    def attribution(self) -> IntegratedGradients:
        """The attribution. Reading this property waits until the attribution is compiled, or raises UserError."""
        return self._attribution.result()

    @property
    def models(self) -> list[str]:
        """The names of all models. The model of this server is the first."""
        return list(dict.fromkeys([self.name, *self.comparison.names]))

    def model(self, name: str | None = None) -> tuple[Classifier, Path]:
        """Return a model and its path. `name`: as in the comparison; None means the model of this server.

        Raises InputError if there is no such model.
        """
        return (self.classifier, self.path) if name in (None, self.name) else self.comparison.model(name)

    def activations(self, name: str | None = None) -> Activations:
        """Return the activations of a model. The first call for a model compiles it, which takes half a second.

        Raises InputError if there is no such model, or if the model has no layers that can be shown.
        """
        classifier, path = self.model(name)
        with self._activations_lock:
            if path not in self._activations:
                self._activations[path] = Activations(classifier.network, path, classifier.notes["sha256"])
            return self._activations[path]

    @property
    def ready(self) -> bool:
        """Whether all networks are loaded and compiled."""
        parts = (self._classifier, self._attribution, self._features)
        return all(part.done() and not part.exception() for part in parts)

    def read_picture(self, content: bytes) -> Answer:
        """Return the answer to a picture file. Several files are decoded at a time, and one is read at a time.

        Raises InputError if the file is not a picture, or takes too much time or memory, and Overloaded.
        """
        planes = self.pictures.decode(content)
        with self._picture_lock:
            return self.classifier.read_planes(planes)

    def wait(self) -> None:
        """Wait until the classifier is loaded. Raises UserError if the classifier cannot be loaded."""
        self._classifier.result()


def _resume_garbage_collection() -> None:
    gc.freeze()
    gc.enable()
