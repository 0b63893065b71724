"""Read a drawing or a picture: all steps from strokes or pixels to an `Answer`.

The steps of `Classifier.read_strokes`:

1. `segmentation.groups_of_strokes` lists the groups of strokes that could be digits. A stroke can be in several groups.
2. `strokes.rasterize` draws the strokes of each group as ink.
3. `normalization.normalize_all` crops the ink of each group, scales it, and centers it in 28×28 pixels.
4. `Classifier.predict` runs the network on all groups and calibrates its outputs.
5. `segmentation.best_grouping` chooses groups that together cover all strokes, at the lowest cost. Each chosen group
   becomes a `Reading`.

`Classifier.read_picture` reads a picture. In step 1, connected components of the picture's ink take the place of
strokes. In step 2, the ink of each group is cut out of the picture, and thinned if the pen was broad. Steps 3 to 5 are
the same as for strokes.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.classes import NUM_DIGITS
from model.inference import backend, calibration, checkpoint
from model.inference.answer import Answer, Reading, Verdict
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.forward_pass import ForwardPass
from model.preprocessing import segmentation, stroke_width
from model.preprocessing.decoding import Source, decode
from model.preprocessing.geometry import Stroke, bounding_box
from model.preprocessing.normalization import IMAGE_SIDE, normalize_all
from model.preprocessing.picture import keep_parts, outline, parts, to_ink
from model.preprocessing.segmentation import Group
from model.preprocessing.strokes import rasterize


class Classifier:
    """A network with its calibration. `Classifier.load` creates it from a checkpoint. All methods are thread-safe."""

    def __init__(self, network, notes: dict, name: str, forward: ForwardPass | None = None):
        """Compile the network, unless its compiled forward pass is given.

        network: a function from images, float32 (N, 28, 28), to logits (N, 10 or 11).
        notes: the checkpoint's notes, with at least the entries that `calibrate` returns.
        name: the name of the recipe.
        forward: the forward pass of the network, with the test-time augmentation of the notes.
        """
        self.network = network
        self.notes = notes
        self.name = name
        self.logits = forward or ForwardPass(network, notes.get("test_time_augmentation", False))

    @classmethod
    def load(cls, path: Path = DEFAULT_CHECKPOINT) -> "Classifier":
        """Load a checkpoint and compile its network. Raises UserError if a file is missing or damaged."""
        backend.load_tensorflow()
        network, notes = checkpoint.load(path)
        return cls(network, notes, Path(path).stem)

    def read_strokes(self, strokes: Sequence[Stroke]) -> Answer:
        """Return the answer to a drawing. Each stroke is float (P, 2), P ≥ 1, in fractions of the pad's side."""
        return self.read_drawings([strokes])[0]

    def read_drawings(self, drawings: Sequence[Sequence[Stroke]]) -> list[Answer]:
        """Return the answers to several drawings, with one call of the network."""
        return self._read([_candidates_of_strokes(strokes) for strokes in drawings])

    def read_picture(self, source: Source) -> Answer:
        """Return the answer to a picture. Raises InputError if the file is not a picture or is damaged."""
        return self.read_planes(decode(source))

    def read_planes(self, planes: np.ndarray) -> Answer:
        """Return the answer to a decoded picture. `planes`: float32 (H, W, C), as `decoding.decode` returns them."""
        return self._read([_candidates_of_picture(planes)])[0]

    def read_image(self, image: np.ndarray) -> Reading:
        """Return the prediction for a normalized image, (28, 28), of one digit. The image must contain ink."""
        [probabilities], [not_digit] = self.predict(image[None])
        return self._reading(image, probabilities, not_digit)

    def predict(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the calibrated predictions for normalized images, float32 (N, 28, 28), N ≥ 1.

        Returns the probability of each digit, given that the image is a digit, float64 (N, 10), and the
        probability that the image is not a digit, float64 (N,).
        """
        logits, temperature = self.logits(images), self.notes["temperature"]
        return (
            calibration.digit_probabilities(logits, temperature),
            calibration.not_digit_probability(logits, temperature),
        )

    def rejects(self, not_digit: np.ndarray) -> np.ndarray:
        """Return whether each drawing is rejected as a non-digit, bool (N,).

        not_digit: the probability that each drawing is not a digit, (N,).
        """
        return np.asarray(not_digit) > self.notes["rejection_threshold"]

    def _read(self, drawings: Sequence["Candidates"]) -> list[Answer]:
        """Return the answer to each drawing. One call of the network classifies the candidates of all drawings."""
        start = time.perf_counter()
        images = [candidates.images for candidates in drawings if candidates.groups]
        probabilities, not_digit = self.predict(np.concatenate(images)) if images else ((), ())
        answers, first = [], 0
        for candidates in drawings:
            rows = slice(first, first := first + len(candidates.groups))
            answers.append(self._answer(candidates, probabilities[rows], not_digit[rows], start))
        return answers

    def _answer(
        self, candidates: "Candidates", probabilities: np.ndarray, not_digit: np.ndarray, start: float
    ) -> Answer:
        """Return the answer with the best grouping. `start`: the `time.perf_counter()` before the network ran."""
        readings = (_blank_reading(),)
        if candidates.groups:
            best = segmentation.best_grouping(candidates.groups, probabilities, not_digit)
            readings = tuple(
                self._reading(
                    candidates.images[i], probabilities[i], not_digit[i], candidates.boxes[i], candidates.strokes[i]
                )
                for i in best
            )
        return Answer(readings, _current(readings), candidates.milliseconds | {"network": _milliseconds(start)})

    def _reading(
        self,
        image: np.ndarray,
        probabilities: np.ndarray,
        not_digit: float,
        box: tuple[float, ...] | None = None,
        strokes: tuple[int, ...] = (),
    ) -> Reading:
        verdict = self._verdict(probabilities, not_digit)
        return Reading(tuple(probabilities.tolist()), float(not_digit), verdict, image, box, strokes)

    def _verdict(self, probabilities: np.ndarray, not_digit: float) -> Verdict:
        if self.rejects(not_digit):
            return Verdict.NOT_DIGIT
        confidence = (1 - not_digit) * probabilities.max()
        return Verdict.DIGIT if confidence >= self.notes["confidence_threshold"] else Verdict.UNSURE


def calibrate(forward: ForwardPass, images: np.ndarray, labels: np.ndarray) -> dict:
    """Return the notes that `Classifier` needs, fitted on validation data.

    forward: the forward pass of the network, which may include test-time augmentation.
    images: normalized images, float32 (N, 28, 28).
    labels: the classes of the images, (N,); CLASS_NOT_DIGIT for non-digits.
    """
    notes = {"test_time_augmentation": forward.has_test_time_augmentation}
    return notes | calibration.fit_calibration(forward(images), labels)


@dataclass(frozen=True)
class Candidates:
    """The N groups of one drawing or picture that could be digits. All lists have the length N.

    images: the normalized image of each group, float32 (N, 28, 28).
    boxes, strokes: for each group, the values of `Reading.box` and `Reading.strokes`.
    milliseconds: the duration of the steps "ink" and "normalization".
    """

    groups: list[Group]
    images: np.ndarray
    boxes: list[tuple[float, ...]]
    strokes: list[tuple[int, ...]]
    milliseconds: dict[str, float]


def _candidates_of_strokes(strokes: Sequence[Stroke]) -> Candidates:
    start = time.perf_counter()
    groups = segmentation.groups_of_strokes(strokes)
    inks = [rasterize([strokes[i] for i in group.marks]) for group in groups]
    boxes = [_box([strokes[i] for i in group.marks]) for group in groups]
    return _normalized(groups, inks, boxes, [group.marks for group in groups], start)


def _candidates_of_picture(planes: np.ndarray) -> Candidates:
    start = time.perf_counter()
    ink = to_ink(planes)
    masks = parts(ink)
    outlines = [outline(mask) for mask in masks]
    groups = segmentation.candidate_groups(outlines)
    inks = [stroke_width.thin(_cut(ink, [masks[i] for i in group.marks], len(masks))) for group in groups]
    size = np.array(ink.shape[::-1], float)
    boxes = [_box([outlines[i] / size for i in group.marks]) for group in groups]
    return _normalized(groups, inks, boxes, [()] * len(groups), start)


def _normalized(
    groups: list[Group],
    inks: list[np.ndarray],
    boxes: list[tuple[float, ...]],
    strokes: list[tuple[int, ...]],
    start: float,
) -> Candidates:
    """Normalize the inks and return them as candidates. `start`: `time.perf_counter()` when the step "ink" started."""
    milliseconds = {"ink": _milliseconds(start)}
    start = time.perf_counter()
    images = normalize_all(inks)
    milliseconds["normalization"] = _milliseconds(start)
    return Candidates(groups, images, boxes, strokes, milliseconds)


def _box(marks: Sequence[Stroke]) -> tuple[float, ...]:
    top_left, bottom_right = bounding_box(marks)
    return (*top_left.tolist(), *bottom_right.tolist())


def _cut(ink: np.ndarray, masks: list[np.ndarray], num_parts: int) -> np.ndarray:
    """Return only the ink of some parts (connected components) of a picture.

    masks: the masks of these parts. num_parts: the number of all parts of the picture. If `masks` has all parts, the
        result is the complete ink, including the faint pixels outside the parts.
    """
    return ink if len(masks) == num_parts else keep_parts(ink, np.logical_or.reduce(masks))


def _current(readings: Sequence[Reading]) -> int:
    """Return the index of the reading with the stroke that was drawn last; for a picture, of the rightmost reading."""
    return max(range(len(readings)), key=lambda i: (max(readings[i].strokes, default=0), i))


def _milliseconds(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 3)


def _blank_reading() -> Reading:
    uniform = (1 / NUM_DIGITS,) * NUM_DIGITS
    return Reading(uniform, 0.0, Verdict.BLANK, np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32))
