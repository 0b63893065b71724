"""A checkpoint → calibrated probabilities and a verdict with its reason."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from model import backend, calibration, checkpoint, ink, normalization, picture

DEFAULT = checkpoint.FOLDER / "digits.keras"


@dataclass(frozen=True)
class Answer:
    """What the page shows and the API returns.

    probabilities: ten, calibrated, sum 1; of a blank drawing 0.1 each.
    verdict: `digit`, `unsure` or `blank`; digit: the likeliest one, None when blank; reason: the verdict in words.
    image: what the network saw, float32 (28, 28), 0 = paper … 1 = ink.
    milliseconds: the time that each step took, by its name.
    """

    probabilities: tuple[float, ...]
    verdict: str
    digit: int | None
    reason: str
    image: np.ndarray
    milliseconds: dict[str, float]

    def as_json(self) -> dict:
        """Plain lists and numbers; the image as 28 rows of 28 whole numbers, 0 = paper … 255 = ink."""
        return asdict(self) | {
            "probabilities": list(self.probabilities),
            "image": np.rint(self.image * 255).astype(int).tolist(),
        }


class Classifier:
    """A network with its calibration. Make one with `Classifier.load`; its methods may be called from many threads."""

    def __init__(self, network, notes: dict, name: str):
        """`network` takes (N, 28, 28) and gives logits (N, 10); `notes` holds `temperature` and `sure_above`."""
        tf = backend.load_tensorflow()
        self.name = name
        self.notes = notes
        # One trace for every number of images: retracing would cost a visitor a second.
        signature = tf.TensorSpec((None, normalization.SIDE, normalization.SIDE), tf.float32)
        self._forward = tf.function(lambda images: network(images, training=False), input_signature=[signature])
        self.probabilities(np.zeros((1, normalization.SIDE, normalization.SIDE), np.float32))

    @classmethod
    def load(cls, path: Path = DEFAULT) -> "Classifier":
        """Load a checkpoint and warm it up. Raises checkpoint.CheckpointError, whose message is for people."""
        backend.load_tensorflow()
        network, notes = checkpoint.load(Path(path))
        return cls(network, notes, Path(path).stem)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Normalized images (N, 28, 28) → the network's outputs, float32 (N, 10)."""
        return self._forward(np.asarray(images, np.float32)).numpy()

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Normalized images (N, 28, 28) → calibrated probabilities, float64 (N, 10)."""
        return calibration.softmax(self.logits(images), self.notes["temperature"])

    def read_strokes(self, drawing: object) -> Answer:
        """`{"strokes": [[[x, y], …], …]}`, as an object or as JSON → Answer. Raises ink.InkError."""
        return self._read(lambda: ink.from_strokes(ink.parse_strokes(drawing)))

    def read_picture(self, source) -> Answer:
        """A picture: its path, or what picture.to_ink takes besides → Answer. Raises ink.InkError."""
        return self._read(lambda: picture.to_ink(source))

    def _read(self, make_ink: Callable[[], np.ndarray]) -> Answer:
        times = [time.perf_counter()]
        drawn = make_ink()
        times.append(time.perf_counter())
        image = normalization.normalize(drawn)
        times.append(time.perf_counter())
        probabilities = self.probabilities(image[None])[0] if image.any() else np.full(10, 0.1)
        times.append(time.perf_counter())
        steps = np.round(np.diff(times) * 1000, 3).tolist()
        return Answer(
            tuple(probabilities.tolist()),
            *self._verdict(image, probabilities),
            image,
            dict(zip(("ink", "normalization", "network"), steps, strict=True)),
        )

    def _verdict(self, image: np.ndarray, probabilities: np.ndarray) -> tuple[str, int | None, str]:
        if not image.any():
            return "blank", None, "Nothing is drawn yet."
        second, first = np.argsort(probabilities)[-2:].tolist()
        if probabilities[first] >= self.notes["sure_above"]:
            return "digit", first, f"This is a {first}."
        return "unsure", first, f"Between a {first} and a {second}."
