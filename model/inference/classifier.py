"""The path from a drawing or a picture to an `Answer`: group, rasterize, normalize, run the network, choose a grouping."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from model.inference import backend, calibration, checkpoint
from model.inference.answer import Answer, Reading, Verdict
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.forward_pass import ForwardPass
from model.preprocessing import segmentation, stroke_width
from model.preprocessing.geometry import Stroke, bounding_box
from model.preprocessing.normalization import IMAGE_SIDE, normalize_all
from model.preprocessing.picture import Source, keep_parts, outline, parts, to_ink
from model.preprocessing.segmentation import Group, Mark
from model.preprocessing.strokes import rasterize


class Classifier:
    """A calibrated network. Load one with `Classifier.load`. All methods are thread-safe."""

    def __init__(self, network, notes: dict, name: str):
        """Compile the network.

        network: maps float32 (N, 28, 28) to logits (N, 10 or 11).
        notes: the checkpoint's JSON, with the entries that `calibrate` returns.
        """
        self.network = network
        self.name = name
        self.notes = notes
        self.logits = ForwardPass(network, notes.get("test_time_augmentation", False))

    @classmethod
    def load(cls, path: Path = DEFAULT_CHECKPOINT) -> "Classifier":
        """Load and compile a checkpoint. Raises UserError if it is missing or damaged."""
        backend.load_tensorflow()
        network, notes = checkpoint.load(Path(path))
        return cls(network, notes, Path(path).stem)

    def predict(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return calibrated probabilities of normalized images, float32 (N, 28, 28).

        Returns float64 (N, 10), the probability of each digit given that the image is a digit, and float64 (N,), the
        probability that it is not a digit.
        """
        outputs, temperature = self.logits(images), self.notes["temperature"]
        return (
            calibration.digit_probabilities(outputs, temperature),
            calibration.not_digit_probability(outputs, temperature),
        )

    def rejects(self, not_digit: np.ndarray) -> np.ndarray:
        """Return, for probabilities of not being a digit, whether the verdict is "not a digit"."""
        return np.asarray(not_digit) > self.notes["rejection_threshold"]

    def read_strokes(self, strokes: Sequence[Stroke]) -> Answer:
        """Read one drawing; `parse_strokes` makes strokes from JSON."""
        return self.read_drawings([strokes])[0]

    def read_drawings(self, drawings: Sequence[Sequence[Stroke]]) -> list[Answer]:
        """Read several drawings with one call of the network."""
        candidates = [_candidates_of_strokes(strokes) for strokes in drawings]
        return [
            Answer(readings, _drawn_last(readings), candidate.clock.milliseconds)
            for candidate, readings in zip(candidates, self._read(candidates), strict=True)
        ]

    def read_picture(self, source: Source) -> Answer:
        """Read a picture. Boxes are fractions of its own width and height. Raises InputError if it is unreadable."""
        candidates = _candidates_of_picture(source)
        [readings] = self._read([candidates])
        readings = tuple(replace(reading, strokes=()) for reading in readings)
        return Answer(readings, len(readings) - 1, candidates.clock.milliseconds)

    def read_image(self, image: np.ndarray) -> Reading:
        """Read a normalized image with ink, (28, 28), as one digit."""
        probabilities, not_digit = self.predict(image[None])
        return self._reading(image, probabilities[0], not_digit[0])

    def _read(self, drawings: Sequence["Candidates"]) -> list[tuple[Reading, ...]]:
        """Run the network on all candidates of all drawings; then choose the best grouping of each drawing."""
        images = [drawing.images for drawing in drawings if len(drawing.images)]
        start = time.perf_counter()
        probabilities, not_digit = self.predict(np.concatenate(images)) if images else ((), ())
        readings, first = [], 0
        for drawing in drawings:
            rows = slice(first, first := first + len(drawing.images))
            readings.append(self._best(drawing, probabilities[rows], not_digit[rows]))
            drawing.clock.tick("network", start)
        return readings

    def _best(self, drawing: "Candidates", probabilities: np.ndarray, not_digit: np.ndarray) -> tuple[Reading, ...]:
        if not drawing.groups:
            return (_blank(),)
        return tuple(
            self._reading(drawing.images[i], probabilities[i], not_digit[i], drawing.boxes[i], drawing.groups[i].marks)
            for i in segmentation.best_grouping(drawing.groups, probabilities, not_digit)
        )

    def _reading(self, image: np.ndarray, probabilities: np.ndarray, not_digit: float, *where) -> Reading:
        verdict = self._verdict(probabilities, not_digit)
        return Reading(tuple(probabilities.tolist()), float(not_digit), verdict, image, *where)

    def _verdict(self, probabilities: np.ndarray, not_digit: float) -> Verdict:
        if self.rejects(not_digit):
            return Verdict.NOT_DIGIT
        return Verdict.DIGIT if probabilities.max() >= self.notes["confidence_threshold"] else Verdict.UNSURE


def calibrate(network, test_time_augmentation: bool, images: np.ndarray, labels: np.ndarray) -> dict:
    """Return the notes that `Classifier` needs, fitted on validation data.

    images: float32 (N, 28, 28). labels: classes (N,), with CLASS_NOT_DIGIT for non-digits.
    """
    outputs = ForwardPass(network, test_time_augmentation)(images)
    return {"test_time_augmentation": test_time_augmentation} | calibration.fit_calibration(outputs, labels)


class Clock:
    """The duration of each step of an answer, in milliseconds."""

    def __init__(self):
        self.milliseconds = dict.fromkeys(("ink", "normalization", "network"), 0.0)
        self._last = time.perf_counter()

    def tick(self, step: str, start: float | None = None) -> None:
        """Record that a step ends now. It began at `start` (`time.perf_counter()`), or when the last step ended."""
        now = time.perf_counter()
        self.milliseconds[step] = round((now - (start or self._last)) * 1000, 3)
        self._last = now


@dataclass(frozen=True)
class Candidates:
    """The groups of one drawing or picture that could be digits.

    images: float32 (N, 28, 28), one normalized image for each group. boxes: as in `Reading`.
    """

    groups: list[Group]
    images: np.ndarray
    boxes: list[tuple[float, ...]]
    clock: Clock


def _candidates_of_strokes(strokes: Sequence[Stroke]) -> Candidates:
    clock = Clock()
    groups = segmentation.candidate_groups([segmentation.mark_from_stroke(stroke) for stroke in strokes])
    inks = [rasterize([strokes[i] for i in group.marks]) for group in groups]
    return _candidates(groups, inks, strokes, clock)


def _candidates_of_picture(source: Source) -> Candidates:
    clock = Clock()
    ink = to_ink(source)
    masks = parts(ink)
    outlines = [outline(mask) for mask in masks]
    groups = segmentation.candidate_groups(outlines)
    inks = [stroke_width.thin(_cut(ink, [masks[i] for i in group.marks], len(masks))) for group in groups]
    size = np.array(ink.shape[::-1], float)
    return _candidates(groups, inks, [points / size for points in outlines], clock)


def _candidates(groups: list[Group], inks: list[np.ndarray], marks: Sequence[Mark], clock: Clock) -> Candidates:
    clock.tick("ink")
    images = normalize_all(inks)
    clock.tick("normalization")
    return Candidates(groups, images, [_box(marks, group) for group in groups], clock)


def _box(marks: Sequence[Mark], group: Group) -> tuple[float, ...]:
    low, high = bounding_box([marks[i] for i in group.marks])
    return (*low.tolist(), *high.tolist())


def _cut(ink: np.ndarray, masks: list[np.ndarray], num_parts: int) -> np.ndarray:
    """Return the ink of some of a picture's parts; if these are all its parts, the whole ink with its faint pixels."""
    return ink if len(masks) == num_parts else keep_parts(ink, np.logical_or.reduce(masks))


def _drawn_last(readings: tuple[Reading, ...]) -> int:
    return max(range(len(readings)), key=lambda index: max(readings[index].strokes, default=0))


def _blank() -> Reading:
    return Reading((0.1,) * 10, 0.0, Verdict.BLANK, np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32))
