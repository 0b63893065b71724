"""A checkpoint → calibrated probabilities and a verdict with its reason, for each digit of a drawing."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from model import backend, calibration, checkpoint, ink, normalization, picture, segmentation, thinning
from model.forward import Forward

DEFAULT = checkpoint.FOLDER / "digits.keras"

DIGIT, UNSURE, NO_DIGIT, BLANK = "digit", "unsure", "not a digit", "blank"


@dataclass(frozen=True)
class Reading:
    """One group of strokes, or of a picture's parts, as the network reads it.

    probabilities: ten, calibrated, sum 1: which digit it is, if it is one; of a blank drawing 0.1 each.
    no_digit: the probability that it is none; 0 from a network that knows digits alone.
    verdict: `digit`, `unsure`, `not a digit` or `blank`; digit: the likeliest one, None when it is none or blank.
    reason: the verdict in words. image: what the network saw, float32 (28, 28), 0 = paper … 1 = ink.
    box: left, top, right, bottom on the pad or picture, in fractions of its sides; None of nothing.
    strokes: the numbers of its strokes in the drawing; empty of a picture.
    """

    probabilities: tuple[float, ...]
    no_digit: float
    verdict: str
    digit: int | None
    reason: str
    image: np.ndarray
    box: tuple[float, ...] | None = None
    strokes: tuple[int, ...] = ()

    def as_json(self) -> dict:
        """Plain lists and numbers; the image as 28 rows of 28 whole numbers, 0 = paper … 255 = ink."""
        return {
            "digit": self.digit,
            "verdict": self.verdict,
            "reason": self.reason,
            "probabilities": list(self.probabilities),
            "no_digit": self.no_digit,
            "image": np.rint(self.image * 255).astype(int).tolist(),
            "box": None if self.box is None else list(self.box),
            "strokes": list(self.strokes),
        }


@dataclass(frozen=True)
class Answer:
    """What the page shows and the API returns.

    readings: one for each digit, left to right, at least one; current: the place of the one written last, of a picture
    that of the rightmost.
    milliseconds: the time that each step took, by its name.
    """

    readings: tuple[Reading, ...]
    current: int
    milliseconds: dict[str, float]

    @property
    def reading(self) -> Reading:
        """The one written last: of a single digit, the only one."""
        return self.readings[self.current]

    @property
    def number(self) -> str:
        """What the drawing says, such as "2026"; "?" stands for what is no digit; empty of a blank drawing."""
        if self.verdict == BLANK:
            return ""
        return "".join("?" if reading.digit is None else str(reading.digit) for reading in self.readings)

    @property
    def verdict(self) -> str:
        """Of the whole drawing: as doubtful as its most doubtful digit."""
        verdicts = {reading.verdict for reading in self.readings}
        return next(verdict for verdict in (NO_DIGIT, UNSURE, BLANK, DIGIT) if verdict in verdicts)

    @property
    def reason(self) -> str:
        """The verdict of the whole drawing in words."""
        if len(self.readings) == 1:
            return self.reading.reason
        if self.verdict == DIGIT:
            return f"This is {self.number}."
        place, doubtful = next((i, r) for i, r in enumerate(self.readings, 1) if r.verdict == self.verdict)
        return f"{self.number}: number {place} from the left. {doubtful.reason}"

    def as_json(self) -> dict:
        """The reading written last, the verdict and the number of the whole drawing, and each digit's reading."""
        return self.reading.as_json() | {
            "number": self.number,
            "verdict": self.verdict,
            "reason": self.reason,
            "readings": [reading.as_json() for reading in self.readings],
            "current": self.current,
            "milliseconds": self.milliseconds,
        }


class Classifier:
    """A network with its calibration. Make one with `Classifier.load`; its methods may be called from many threads."""

    def __init__(self, network, notes: dict, name: str):
        """`network` takes (N, 28, 28) and gives logits (N, 10 or 11); `notes` holds what `calibrate` gives."""
        self.network = network
        self.name = name
        self.notes = notes
        self.logits = Forward(network, notes.get("second_look", False))

    @classmethod
    def load(cls, path: Path = DEFAULT) -> "Classifier":
        """Load a checkpoint and warm it up. Raises checkpoint.CheckpointError, whose message is for people."""
        backend.load_tensorflow()
        network, notes = checkpoint.load(Path(path))
        return cls(network, notes, Path(path).stem)

    def probabilities(self, images: np.ndarray) -> np.ndarray:
        """Normalized images (N, 28, 28) → which digit, if it is one: calibrated, float64 (N, 10)."""
        return self.judge(images)[0]

    def judge(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Normalized images (N, 28, 28) → `probabilities`, (N, 10), and the probability of being no digit, (N,)."""
        outputs, temperature = self.logits(images), self.notes["temperature"]
        return (
            calibration.digit_probabilities(outputs, temperature),
            calibration.no_digit_probability(outputs, temperature),
        )

    def read_strokes(self, drawing: object) -> Answer:
        """`{"strokes": [[[x, y], …], …]}`, as an object or as JSON → Answer. Raises ink.InkError."""
        [answer] = self.read_all([drawing])
        if isinstance(answer, ink.InkError):
            raise answer
        return answer

    def read_all(self, drawings: Sequence[object]) -> list[Answer | ink.InkError]:
        """As read_strokes, of many drawings by one pass through the network; of what is no drawing, its error."""
        rows = [_written(drawing) for drawing in drawings]
        readings = iter(self._read([row for row in rows if isinstance(row, Row)]))
        return [_last_written(next(readings), row) if isinstance(row, Row) else row for row in rows]

    def read_picture(self, source) -> Answer:
        """A picture: its path, or what picture.to_ink takes besides → Answer. Raises ink.InkError.

        The boxes are fractions of the picture's own width and height.
        """
        row = _pictured(source)
        [readings] = self._read([row])
        readings = tuple(replace(reading, strokes=()) for reading in readings)
        return Answer(readings, len(readings) - 1, row.clock.milliseconds)

    def _read(self, rows: Sequence["Row"]) -> list[tuple[Reading, ...]]:
        """Every group's ink as if it were a digit; then, of each row, the readings of those that make it up best."""
        images = [row.images for row in rows if len(row.images)]
        start = time.perf_counter()
        probabilities, no_digit = self.judge(np.concatenate(images)) if images else ((), ())
        read, first = [], 0
        for row in rows:
            its = slice(first, first := first + len(row.images))
            read.append(self._best(row, probabilities[its], no_digit[its]))
            row.clock.tick("network", start)
        return read

    def _best(self, row: "Row", probabilities: np.ndarray, no_digit: np.ndarray) -> tuple[Reading, ...]:
        if not row.spans:
            return (self._blank(),)
        return tuple(
            self._reading(row.images[i], probabilities[i], no_digit[i], row.boxes[i], row.spans[i].marks)
            for i in segmentation.best(row.spans, probabilities, no_digit)
        )

    def read_image(self, image: np.ndarray) -> Reading:
        """A normalized image with ink, (28, 28), as one digit."""
        probabilities, no_digit = self.judge(image[None])
        return self._reading(image, probabilities[0], no_digit[0])

    def _reading(self, image: np.ndarray, probabilities: np.ndarray, no_digit: float, *where) -> Reading:
        return Reading(
            tuple(probabilities.tolist()), float(no_digit), *self._verdict(probabilities, no_digit), image, *where
        )

    def _verdict(self, probabilities: np.ndarray, no_digit: float) -> tuple[str, int | None, str]:
        second, first = np.argsort(probabilities)[-2:].tolist()
        if no_digit > self.notes["refuse_above"]:
            return NO_DIGIT, None, f"This looks like no digit; the nearest is {first}."
        if probabilities[first] >= self.notes["sure_above"]:
            return DIGIT, first, f"This is {first}."
        return UNSURE, first, f"Between {first} and {second}."

    @staticmethod
    def _blank() -> Reading:
        image = np.zeros((normalization.SIDE, normalization.SIDE), np.float32)
        return Reading((0.1,) * 10, 0.0, BLANK, None, "Nothing is drawn yet.", image)


def calibrate(network, second_look: bool, images: np.ndarray, labels: np.ndarray) -> dict:
    """The notes that `Classifier` needs: `second_look`, as `Forward` takes it, and what `calibration.fit` gives.

    images, labels: what validates, (N, 28, 28) and (N,), 10 for no digit.
    """
    return {"second_look": second_look} | calibration.fit(Forward(network, second_look)(images), labels)


def image_of(drawing: object) -> np.ndarray:
    """One digit, as strokes or as {"image": …} out of an answer → its normalized image, float32 (28, 28).

    All of it is 0 when nothing is drawn. Raises ink.InkError.
    """
    if not isinstance(drawing, dict) or "image" not in drawing:
        return normalization.normalize(ink.from_strokes(ink.parse_strokes(drawing)))
    rows, side = drawing["image"], normalization.SIDE
    square = isinstance(rows, list) and len(rows) == side
    square = square and all(isinstance(row, list) and len(row) == side for row in rows)
    # NaN is not between 0 and 255, either.
    if not square or not all(type(value) in (int, float) and 0 <= value <= 255 for row in rows for value in row):
        raise ink.InkError(f"An image is {side} rows of {side} numbers from 0, paper, to 255, ink.")
    return np.array(rows, np.float32) / 255


class Clock:
    """How long each step of an answer took."""

    def __init__(self):
        self.milliseconds = dict.fromkeys(("ink", "normalization", "network"), 0.0)
        self._last = time.perf_counter()

    def tick(self, step: str, start: float | None = None) -> None:
        """The step ends now; it began at `start`, a time of time.perf_counter(), or when the last one ended."""
        now = time.perf_counter()
        self.milliseconds[step] = round((now - (start or self._last)) * 1000, 3)
        self._last = now


@dataclass(frozen=True)
class Row:
    """What may be digits, from left to right, ready for the network.

    images: float32 (N, 28, 28), one for each span; boxes: as a Reading's.
    """

    spans: list[segmentation.Span]
    images: np.ndarray
    boxes: list[tuple[float, ...]]
    clock: Clock


def _written(drawing: object) -> Row | ink.InkError:
    clock = Clock()
    try:
        strokes = ink.parse_strokes(drawing)
    except ink.InkError as error:
        return error
    spans = segmentation.spans([segmentation.from_stroke(stroke) for stroke in strokes])
    drawn = [ink.from_strokes([strokes[i] for i in span.marks]) for span in spans]
    return _row(spans, drawn, strokes, clock)


def _last_written(readings: tuple[Reading, ...], row: Row) -> Answer:
    last = max(range(len(readings)), key=lambda place: max(readings[place].strokes, default=0))
    return Answer(readings, last, row.clock.milliseconds)


def _pictured(source) -> Row:
    clock = Clock()
    whole = picture.to_ink(source)
    parts = picture.parts(whole)
    outlines = [picture.outline(part) for part in parts]
    spans = segmentation.spans(outlines)
    drawn = [thinning.thin(_cut(whole, [parts[i] for i in span.marks], len(parts))) for span in spans]
    size = np.array(whole.shape[::-1], float)
    return _row(spans, drawn, [outline / size for outline in outlines], clock)


def _row(spans: list[segmentation.Span], drawn: list[np.ndarray], marks: list[segmentation.Mark], clock: Clock) -> Row:
    clock.tick("ink")
    images = normalization.normalize_all(drawn)
    clock.tick("normalization")
    return Row(spans, images, [_box(marks, span) for span in spans], clock)


def _box(marks: Sequence[segmentation.Mark], span: segmentation.Span) -> tuple[float, ...]:
    points = np.concatenate([marks[i] for i in span.marks])
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


def _cut(whole: np.ndarray, parts: list[np.ndarray], count: int) -> np.ndarray:
    """The ink of some of a picture's `count` parts; of all of them, the picture's, to the last faint pixel."""
    return whole if len(parts) == count else picture.only(whole, np.logical_or.reduce(parts))
