"""The API's endpoints. No endpoint keeps state between calls, except `correct`, which stores a correction."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

import gradio as gr

from model.corrections.store import CorrectionStore, StorageError
from model.errors import InputError
from model.evaluation.model_card import model_card
from model.preprocessing.strokes import parse_strokes
from model.preprocessing.trace import trace_strokes
from web import schemas
from web.batching import BatchFunction
from web.service import Service

# Appended to the descriptions of `predict` and `predict_image`. Both return an object with the fields listed here.
ANSWER = """
    Answer: number (the digits, such as "2026"; "?" for a group that is not a digit); verdict on the whole drawing
    ("digit", "unsure", "not a digit" or "blank"); reason (the verdict as a sentence); readings (one for each digit,
    from left to right); current (the index of the reading that was drawn last); milliseconds (the duration of each
    step). Each reading has: digit (the most probable digit, or null), verdict, reason, probabilities (ten, calibrated,
    sum 1), no_digit (the probability of not being a digit), image (the network's input: 28 rows of 28 numbers, 0 paper
    to 255 ink), box on the pad (left, top, right, bottom), strokes (the indices of the strokes). The answer repeats the
    fields of the current reading, except verdict and reason."""


@contextlib.contextmanager
def _errors_for_caller() -> Iterator[None]:
    """Convert InputError and StorageError into gr.Error. Gradio sends the message of a gr.Error to the caller."""
    try:
        yield
    except (InputError, StorageError) as error:
        raise gr.Error(str(error), print_exception=False) from None


class Api:
    """The API. Each public method is an endpoint. Gradio's API page shows the docstrings of these methods."""

    def __init__(self, service: Service, store: CorrectionStore | None):
        """store: the store to which `correct` adds corrections. None disables `correct`."""
        self.service, self.store = service, store

    @_errors_for_caller()
    def predict(self, drawing):
        """Read a digit or a number from strokes: {"strokes": [[[x, y], …], …]}. A stroke is the list of points from
        pen-down to pen-up. x grows to the right and y grows downward. Both are fractions of the pad's side."""
        return schemas.answer_json(self.service.classifier.read_strokes(parse_strokes(drawing)))

    @_errors_for_caller()
    def predict_image(self, picture):
        """Read a digit or a number from a picture file. The ink may be dark on light or light on dark. The picture may
        have at most 25 megapixels."""
        return schemas.answer_json(self.service.read_picture(picture))

    @_errors_for_caller()
    def explain(self, drawing, digit, rather_than):
        """Return how much each pixel contributed to an answer. drawing: one digit, as strokes or as the {"image": …} of
        a reading. digit: the answer to explain, 0 to 9, or null for "not a digit". rather_than: a digit to compare this
        answer with, or null to compare it with all digits except `digit`. Answer: evidence, 28 rows of 28 whole numbers
        from -127 to 127. A number is above 0 where ink supports the explained answer, and below 0 where ink contradicts
        the explained answer."""
        return self._explain(drawing, digit, rather_than)

    @_errors_for_caller()
    def compare(self, drawing):
        """Read one digit with every model that has a checkpoint. drawing: strokes, or the {"image": …} of a reading.
        Answer: models, the least accurate first. Each model has: name, digit (or null), verdict, probability (of the
        model's answer), mnist (accuracy on the MNIST test images), bytes (size of the checkpoint) and milliseconds."""
        return schemas.comparison_json(self.service.comparison.compare(schemas.parse_image(drawing)))

    @_errors_for_caller()
    def steps(self, drawing):
        """Return the intermediate images of normalization for the strokes of one digit. Answer: steps. Each step
        has a name ("ink", "cropped", "fitted" or "centred") and an image: rows of whole numbers from 0 (paper) to 255
        (ink)."""
        return schemas.trace_json(trace_strokes(parse_strokes(drawing)))

    def about(self):
        """Return the measurements of the network that this server uses. Answer: facts and pictures. Each fact has a
        name, a kind and a value. The kind says what the value is: for example a rate from 0 to 1, a count, a number of
        bytes or a number of seconds. pictures maps names to SVG images of reliability, the confusion matrix of
        drawings, learning curves, rejection and mistakes."""
        card = model_card(self.service.path, self.service.notes)
        return {"facts": card.facts, "pictures": card.pictures}

    @_errors_for_caller()
    def correct(self, drawing, label):
        """Store a correction: the strokes of one digit and the correct label, "0" to "9" or "not a digit". The network
        can learn from corrections. The stored row holds the strokes, the label, the network's answer, the network's
        hash and the time. The row holds nothing about the visitor. The answer is sent once the row is on the disk.
        Answer: label and time (UTC, ISO 8601)."""
        if self.store is None:
            raise InputError("This server does not store corrections.")
        strokes = parse_strokes(drawing)
        answer = self.service.classifier.read_strokes(strokes)
        sha256 = self.service.notes["sha256"]
        correction = self.store.keep(strokes, label, answer.number, answer.verdict, sha256)
        return {"label": correction.label, "time": correction.time}

    @property
    def batched(self) -> dict[str, BatchFunction]:
        """Maps the name of an endpoint to the function that answers several calls of the endpoint at once.

        The result of an invalid call is an InputError.
        """
        return {
            "predict": self._predict_batch,
            "explain": lambda calls: [_result_or_error(self._explain, *call) for call in calls],
        }

    def _predict_batch(self, calls: Sequence[tuple]) -> list[dict | InputError]:
        drawings = [_result_or_error(parse_strokes, drawing) for (drawing,) in calls]
        valid = [drawing for drawing in drawings if not isinstance(drawing, InputError)]
        answers = iter(self.service.classifier.read_drawings(valid))
        return [
            drawing if isinstance(drawing, InputError) else schemas.answer_json(next(answers)) for drawing in drawings
        ]

    def _explain(self, drawing, digit, contrast) -> dict:
        answer, other = schemas.parse_digit(digit), schemas.parse_digit(contrast)
        image = schemas.parse_image(drawing)
        return schemas.attribution_json(self.service.attribution.attribute(image, answer, other))


def describe(endpoint: Callable) -> str:
    """Return the description of an endpoint, for Gradio's API page."""
    answer = ANSWER if endpoint.__name__ in ("predict", "predict_image") else ""
    return " ".join(f"{endpoint.__doc__} {answer}".split())


def _result_or_error(function: Callable, *arguments: object) -> object:
    try:
        return function(*arguments)
    except InputError as error:
        return error
