"""What answers: the networks, loaded in a thread of their own, so that the page is served meanwhile."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from model import checkpoint
from model.classifier import Answer, Classifier
from model.comparison import Comparison
from model.ink import InkError
from model.saliency import Explainer


class Engine:
    """A checkpoint's classifier and explainer, and the table of all models. May be asked from many threads.

    name: of the checkpoint; notes: its JSON.
    """

    def __init__(self, path: Path):
        """Begins to load. Raises CheckpointError for what can be seen at once; `wait` tells the rest."""
        self.path, self.name = path, path.stem
        self.notes = checkpoint.load_notes(path)
        self.models = Comparison()
        one_by_one = ThreadPoolExecutor(1, "engine")
        self._classifier = one_by_one.submit(Classifier.load, path)
        # The classifier answers while this is still being compiled.
        self._explainer = one_by_one.submit(lambda: Explainer(self.classifier.network))
        one_by_one.shutdown(wait=False)
        # A picture of 25 megapixels takes hundreds of megabytes for a moment, and a thread keeps some of them.
        self._pictures = ThreadPoolExecutor(1, "pictures")

    @property
    def classifier(self) -> Classifier:
        """Waits until it is loaded. Raises CheckpointError."""
        return self._classifier.result()

    @property
    def explainer(self) -> Explainer:
        """Waits until it is compiled. Raises CheckpointError."""
        return self._explainer.result()

    @property
    def ready(self) -> bool:
        """Whether all of it is loaded and warm."""
        return all(part.done() and not part.exception() for part in (self._classifier, self._explainer))

    def wait(self) -> None:
        """Until the classifier is there. Raises CheckpointError."""
        self._classifier.result()

    def read_picture(self, source) -> Answer:
        """One picture after the other, whoever asks. Raises InkError."""
        return self._pictures.submit(self.classifier.read_picture, source).result()

    def read_all(self, calls: Sequence[tuple]) -> list[dict | InkError]:
        """Calls of /predict → their answers as JSON, by one pass through the network."""
        answers = self.classifier.read_all([drawing for (drawing,) in calls])
        return [answer if isinstance(answer, InkError) else answer.as_json() for answer in answers]

    def explain_all(self, calls: Sequence[tuple]) -> list[dict | InkError]:
        """Calls of /explain → their answers as JSON."""
        return [self._explained(*call) for call in calls]

    def _explained(self, *call) -> dict | InkError:
        try:
            return self.explainer.explain_drawing(*call).as_json()
        except InkError as error:
            return error
