"""The API's endpoints. No endpoint keeps state between calls, except `correct`, which stores a correction."""

from collections.abc import Callable, Sequence

import gradio as gr

from model.corrections.store import CorrectionStore, StorageError
from model.errors import InputError
from model.evaluation.model_card import model_card
from model.preprocessing.strokes import parse_strokes
from model.preprocessing.trace import trace_strokes
from web import schemas
from web.service import Service

# The description of an answer on Gradio's API page.
ANSWER = """
    Answer: number (the digits, such as "2026"; "?" for a group that is not a digit), verdict on the whole drawing
    ("digit", "unsure", "not a digit" or "blank") and its reason as a sentence; readings, one for each digit from left
    to right: digit (the most probable, or null), verdict, reason, probabilities (ten, calibrated, sum 1), no_digit
    (the probability of not being a digit), image (what the network received: 28 rows of 28 numbers, 0 paper to 255
    ink), box on the pad (left, top, right, bottom), strokes (their indices); current (index of the reading that was
    drawn last; its fields are repeated at the top); milliseconds (the duration of each step)."""


class Api:
    """Each endpoint is a method of the same name; its docstring is the description on Gradio's API page."""

    def __init__(self, service: Service, store: CorrectionStore | None):
        """store: where corrections are kept; None disables them."""
        self.service, self.store = service, store

    def predict(self, drawing):
        """Read a digit or a number from strokes: {"strokes": [[[x, y], …], …]}, one list of points for each path of the
        pen from touch to lift, x right and y down, as fractions of the pad's side."""
        return _answer_or_raise(self.predict_batch([(drawing,)])[0])

    def predict_batch(self, calls: Sequence[tuple]) -> list[dict | InputError]:
        """Answer several calls of `predict` with one call of the network; an invalid drawing gets its error."""
        drawings = [_result_or_error(parse_strokes, drawing) for (drawing,) in calls]
        valid = [drawing for drawing in drawings if not isinstance(drawing, InputError)]
        answers = iter(self.service.classifier.read_drawings(valid))
        return [
            drawing if isinstance(drawing, InputError) else schemas.answer_json(next(answers)) for drawing in drawings
        ]

    def predict_image(self, picture):
        """Read a digit or a number from a picture file: dark on light or light on dark, of at most 25 megapixels."""
        return _answer_or_raise(_result_or_error(lambda: schemas.answer_json(self.service.read_picture(picture))))

    def explain(self, drawing, digit, rather_than):
        """Return which ink decided. Takes one digit, as strokes or as {"image": …} from an answer; the answer to
        explain, null for "not a digit"; and another digit to compare it with, or null for all others. Answer: evidence,
        28 rows of 28 whole numbers from -127 to 127, above 0 where ink counted for that answer, below 0 where it
        counted against."""
        return _answer_or_raise(_result_or_error(self._explain, drawing, digit, rather_than))

    def explain_batch(self, calls: Sequence[tuple]) -> list[dict | InputError]:
        """Answer several calls of `explain`, one after the other."""
        return [_result_or_error(self._explain, *call) for call in calls]

    def _explain(self, drawing, digit, contrast) -> dict:
        answer, other = schemas.parse_digit(digit), schemas.parse_digit(contrast)
        contributions = self.service.attribution.attribute(schemas.parse_image(drawing), answer, other)
        return schemas.attribution_json(contributions)

    def compare(self, drawing):
        """Read one digit, as strokes or as {"image": …} from an answer, with every model that has a checkpoint.
        Answer: models, the least accurate first: name, digit or null, verdict, probability, mnist (accuracy on the
        MNIST test images), bytes, milliseconds."""
        image = _answer_or_raise(_result_or_error(schemas.parse_image, drawing))
        return schemas.comparison_json(self.service.comparison.compare(image))

    def steps(self, drawing):
        """Show how the strokes of one digit become 28 × 28 pixels. Answer: steps, each with its name ("ink", "cropped",
        "fitted" or "centred") and its image, rows of whole numbers from 0, paper, to 255, ink."""
        strokes = _answer_or_raise(_result_or_error(parse_strokes, drawing))
        return schemas.trace_json(trace_strokes(strokes))

    def about(self):
        """Return the measurements of the network that answers here. Answer: facts, each with its name, kind and value
        (rates from 0 to 1, bytes, seconds), and pictures, SVG by name: reliability, learning curves, rejection,
        mistakes."""
        card = model_card(self.service.path, self.service.notes)
        return {"facts": card.facts, "pictures": card.pictures}

    def correct(self, drawing, label):
        """Store the strokes of one digit with its label, so that the network can learn from it: "0" to "9", or "not a
        digit". Stored are the strokes, the label, the network's answer and hash, and the time; nothing about the
        visitor. Answer: label, and time (UTC, ISO 8601), once it is on the disk."""
        if self.store is None:
            raise gr.Error("This server does not keep corrections.", print_exception=False)
        return _answer_or_raise(_result_or_error(self._correct, drawing, label))

    def _correct(self, drawing, label) -> dict:
        strokes = parse_strokes(drawing)
        answer = self.service.classifier.read_strokes(strokes)
        model = self.service.notes.get("sha256")
        correction = self.store.keep(strokes, label, answer.number, answer.verdict, model)
        return {"label": correction.label, "time": correction.time}

    def add_endpoints(self, endpoints: Sequence[tuple[Callable, list, object]]) -> None:
        """Add endpoints to the current gr.Blocks: each a method, its inputs and its output."""
        for method, inputs, output in endpoints:
            answer = ANSWER if method in (self.predict, self.predict_image) else ""
            gr.on(
                [],
                method,
                inputs,
                output,
                api_name=method.__name__,
                api_description=" ".join(f"{method.__doc__} {answer}".split()),
                queue=False,
            )


def _result_or_error(function: Callable, *arguments: object) -> object:
    """Return what `function` returns, or the error that tells the caller why it cannot."""
    try:
        return function(*arguments)
    except (InputError, StorageError) as error:
        return error


def _answer_or_raise(result: object) -> object:
    """Return a result; raise an error as gr.Error, whose message Gradio sends to the caller."""
    if isinstance(result, Exception):
        raise gr.Error(str(result), print_exception=False)
    return result
