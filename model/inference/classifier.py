"""Read a drawing or a picture: all steps from strokes or pixels to an `Answer`.

The steps of `Classifier.read_strokes`:

1. `signs.find_signs` finds points between digits, and ignores stray dots. `enclosures` finds a ring or an underline.
2. `segmentation.groups_of_strokes` lists the groups of strokes that could be digits. A stroke can be in several groups.
3. `strokes.rasterize` draws the strokes of each group as ink.
4. `normalization.normalize_all` crops the ink of each group, scales it, and centers it in 28×28 pixels.
5. `Classifier.predict` runs the network on all groups and calibrates its outputs.
6. `segmentation.best_grouping` chooses groups that together cover all strokes, at the lowest cost. Each chosen group
   becomes a `Reading`.

`Classifier.read_picture` reads a picture. `picture.extract` finds its ink. In steps 1 and 2, connected parts of the ink
take the place of strokes. In step 3, the ink of each group is cut out of the picture, and thinned if the pen was broad.
The other steps are the same as for strokes.
"""

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.classes import CLASS_NOT_DIGIT, NUM_DIGITS
from model.inference import backend, calibration, candidates, checkpoint, examples, features, touching_digits
from model.inference.answer import Answer, Doubt, Reading, Verdict
from model.inference.calibration import Probabilities
from model.inference.candidates import Candidates
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.examples import Example
from model.inference.features import FeatureSpace
from model.inference.forward_pass import ForwardPass
from model.preprocessing import segmentation
from model.preprocessing.decoding import Source, decode
from model.preprocessing.enclosures import ZERO_SLASH_SLOPE, has_slash, is_slash
from model.preprocessing.geometry import Stroke
from model.preprocessing.normalization import IMAGE_SIDE


class Classifier:
    """A network with its calibration. `Classifier.load` creates it from a checkpoint. All methods are thread-safe."""

    def __init__(
        self,
        network,
        notes: dict,
        name: str,
        forward: ForwardPass | None = None,
        space: FeatureSpace | None = None,
    ):
        """Compile the network, unless its compiled forward pass is given.

        network: a function from images, float32 (N, 28, 28), to logits (N, 10, 11 or 12).
        notes: the checkpoint's notes, with at least the entries that `calibrate` returns.
        name: the name of the recipe.
        forward: the forward pass of the network, with the test-time augmentation of the notes.
        space: the features of the network; None if it has none. Then it cannot use personal examples.
        """
        self.network = network
        self.notes = notes
        self.name = name
        self.space = space
        self.logits = forward or ForwardPass(network, notes.get("test_time_augmentation", False), space)

    @classmethod
    def load(cls, path: Path = DEFAULT_CHECKPOINT) -> "Classifier":
        """Load a checkpoint and compile its network. Raises UserError if a file is missing or damaged."""
        backend.load_tensorflow()
        network, notes = checkpoint.load(path)
        return cls(network, notes, Path(path).stem, space=features.load(Path(path), notes))

    def compile_features(self) -> None:
        """Compile the function that returns the features, so that the first example is as fast as the others."""
        self.logits.with_features(np.zeros((1, IMAGE_SIDE, IMAGE_SIDE), np.float32))

    def read_strokes(self, strokes: Sequence[Stroke]) -> Answer:
        """Return the answer to a drawing. Each stroke is float (P, 2), P ≥ 1, in fractions of the pad's side."""
        return self.read_drawings([strokes])[0]

    def read_drawings(
        self, drawings: Sequence[Sequence[Stroke]], personal: Sequence[Sequence[Example]] | None = None
    ) -> list[Answer]:
        """Return the answers to several drawings, with one call of the network.

        personal: the personal examples for each drawing. With this argument, the readings have features.
        """
        return self._read([candidates.of_strokes(strokes) for strokes in drawings], personal)

    def learn(self, image: np.ndarray, label: int, personal: Sequence[Example] = ()) -> Example:
        """Return the personal example of a normalized image, (28, 28), with its correct class.

        label: a digit or CLASS_NOT_DIGIT. personal: the examples that the visitor has already.
        """
        found = self.predict(image[None], [personal])
        reading = self._reading(image, found, 0)
        answer = CLASS_NOT_DIGIT if reading.digit is None else reading.digit
        outcomes = examples.outcomes_of(found.digits[0], reading.not_digit)
        return examples.learn(self.space, features.quantize(reading.features), outcomes, answer, label)

    def read_picture(self, source: Source) -> Answer:
        """Return the answer to a picture. Raises InputError if the file is not a picture or is damaged."""
        return self.read_planes(decode(source))

    def read_planes(self, planes: np.ndarray) -> Answer:
        """Return the answer to a decoded picture. `planes`: float32 (H, W, C), as `decoding.decode` returns them."""
        from model.inference import picture_candidates  # Importing SciPy takes 0.3 s.

        found = picture_candidates.of_planes(planes)
        answer = self._read([found])[0]
        if found.is_doubtful and answer.verdict != Verdict.DIGIT:
            inverse = self._read([picture_candidates.of_planes(planes, inverse=True)])[0]
            return inverse if inverse.verdict == Verdict.DIGIT else answer
        return answer

    def read_image(self, image: np.ndarray) -> Reading:
        """Return the prediction for a normalized image, (28, 28), of one digit. The image must contain ink."""
        found = self.predict(image[None])
        return self._reading(image, found, 0)

    def predict(self, images: np.ndarray, personal: Sequence[Sequence[Example]] | None = None) -> Probabilities:
        """Return the calibrated probabilities of normalized images, float32 (N, 28, 28), N ≥ 1.

        personal: the personal examples for each image. With this argument, the result has features.
        """
        temperature = self.notes["temperature"]
        if personal is None:
            return calibration.calibrated(self.logits(images), temperature)
        logits, found = self.logits.with_features(images)
        # The logits are divided by the temperature later, and the shifts are not.
        shifted = logits + temperature * examples.shifts(found, personal, logits.shape[1])
        return calibration.calibrated(shifted, temperature)._replace(features=found)

    def rejects(self, not_digit: np.ndarray) -> np.ndarray:
        """Return whether each drawing is rejected as a non-digit, bool (N,).

        not_digit: the probability that each drawing is not a digit, (N,).
        """
        return np.asarray(not_digit) > self.notes["rejection_threshold"]

    def _read(
        self, drawings: Sequence[Candidates], personal: Sequence[Sequence[Example]] | None = None
    ) -> list[Answer]:
        """Return the answer to each drawing. One call of the network classifies the candidates of all drawings."""
        start = time.perf_counter()
        variants = [each for drawing in drawings for each in (drawing, drawing.whole) if each is not None]
        images = [each.images for each in variants if each.groups]
        if personal is not None:  # From examples for each drawing to examples for each image.
            kept = zip(drawings, personal, strict=True)
            personal = [own for drawing, own in kept for _ in range(_image_count(drawing))]
        found = self.predict(np.concatenate(images), personal) if images else None
        answers, first = [], 0
        for each in variants:
            rows = slice(first, first := first + len(each.groups))
            answers.append(self._answer(each, found and found.rows(rows), start))
        remaining = iter(answers)
        return [
            next(remaining) if drawing.whole is None else _preferred(drawing, next(remaining), next(remaining))
            for drawing in drawings
        ]

    def _answer(self, drawing: Candidates, found: Probabilities | None, start: float) -> Answer:
        """Return the answer with the best grouping. `start`: the `time.perf_counter()` before the network ran."""
        milliseconds = drawing.milliseconds | {"network": _milliseconds(start)}
        if not drawing.groups:
            return Answer((_blank_reading(),), 0, milliseconds)
        if drawing.is_dot:
            found = found._replace(not_digit=np.ones_like(found.not_digit), several=None)
        best = segmentation.best_grouping(drawing.groups, found.digits, found.not_digit, found.several)
        readings = tuple(self._reading(drawing.images[i], found, i, drawing.boxes[i], drawing.strokes[i]) for i in best)
        doubt = drawing.doubt or (Doubt.SIGN if _has_slash(drawing, best, readings) else None)
        if drawing.cuts:
            readings = self._split(drawing, best, readings)
        return Answer(readings, _current(readings), milliseconds, drawing.signs, doubt)

    def _split(self, drawing: Candidates, groups: Sequence[int], readings: Sequence[Reading]) -> tuple[Reading, ...]:
        """Return the readings with two digits in place of each two digits that touch. groups: their indices."""
        touching = [i for i, each in enumerate(readings) if each.several > touching_digits.SEVERAL]
        split = [(reading,) for reading in readings]
        for i in touching[: touching_digits.MAX_CUT]:
            cuts = drawing.cuts(groups[i])
            if not len(cuts.images):
                continue
            found = self.predict(cuts.images.reshape(-1, IMAGE_SIDE, IMAGE_SIDE))
            best = touching_digits.best_cut(found, cuts.crossings)
            if best is not None:
                pairs = enumerate(zip(cuts.images[best], cuts.boxes[best].tolist(), strict=True))
                split[i] = tuple(self._reading(image, found, 2 * best + j, tuple(box)) for j, (image, box) in pairs)
        return sum(split, ())

    def _reading(
        self,
        image: np.ndarray,
        found: Probabilities,
        index: int,
        box: tuple[float, ...] | None = None,
        strokes: tuple[int, ...] = (),
    ) -> Reading:
        """Return the reading of an image. `index`: the image's row in `found`."""
        probabilities, not_digit = found.digits[index], float(found.not_digit[index])
        several = 0.0 if found.several is None else float(found.several[index])
        verdict = self._verdict(probabilities, not_digit)
        vector = None if found.features is None else found.features[index]
        return Reading(tuple(probabilities.tolist()), not_digit, verdict, image, box, strokes, several, vector)

    def _verdict(self, probabilities: np.ndarray, not_digit: float) -> Verdict:
        if self.rejects(not_digit):
            return Verdict.NOT_DIGIT
        confidence = (1 - not_digit) * probabilities.max()
        return Verdict.DIGIT if confidence >= self.notes["confidence_threshold"] else Verdict.UNSURE


def calibrate(forward: ForwardPass, images: np.ndarray, labels: np.ndarray) -> dict:
    """Return the notes that `Classifier` needs, fitted on validation data.

    forward: the forward pass of the network, which may include test-time augmentation.
    images: normalized images, float32 (N, 28, 28).
    labels: the classes of the images, (N,): digits, CLASS_NOT_DIGIT or CLASS_SEVERAL.
    """
    notes = {"test_time_augmentation": forward.has_test_time_augmentation}
    return notes | calibration.fit_calibration(forward(images), labels)


def _image_count(drawing: Candidates) -> int:
    return sum(len(each.groups) for each in (drawing, drawing.whole) if each is not None)


def _preferred(drawing: Candidates, inner: Answer, whole: Answer) -> Answer:
    """Return the answer to a drawing with a ring or an underline. inner: the answer without this stroke."""
    if inner.verdict in (Verdict.NOT_DIGIT, Verdict.BLANK) or inner.number == whole.number:
        return whole
    if whole.verdict in (Verdict.NOT_DIGIT, Verdict.BLANK):
        return inner
    is_slashed_zero = len(drawing.marks) == 1 and is_slash(drawing.marks[0], drawing.pen, ZERO_SLASH_SLOPE)
    return whole if whole.number == "0" and is_slashed_zero else dataclasses.replace(whole, doubt=Doubt.RING)


def _has_slash(drawing: Candidates, groups: Sequence[int], readings: Sequence[Reading]) -> bool:
    """Return whether one of the readings is a slash between digits. groups: the indices of their groups."""
    marks = [[drawing.marks[mark] for mark in drawing.groups[i].marks] for i in groups]
    ones = [
        each[0] if reading.digit == 1 and len(each) == 1 else None
        for each, reading in zip(marks, readings, strict=True)
    ]
    return has_slash(ones, [reading.box[3] - reading.box[1] for reading in readings], drawing.pen)


def _current(readings: Sequence[Reading]) -> int:
    """Return the index of the reading with the stroke that was drawn last; for a picture, of the rightmost reading."""
    return max(range(len(readings)), key=lambda i: (max(readings[i].strokes, default=0), i))


def _milliseconds(start: float) -> float:
    return round((time.perf_counter() - start) * 1000, 3)


def _blank_reading() -> Reading:
    uniform = (1 / NUM_DIGITS,) * NUM_DIGITS
    return Reading(uniform, 0.0, Verdict.BLANK, np.zeros((IMAGE_SIDE, IMAGE_SIDE), np.float32))
