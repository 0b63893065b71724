"""The endpoints: what the page's own script asks, and programs as well. Nothing is kept between two calls."""

from collections.abc import Callable, Sequence

import gradio as gr

from model import portrait, steps
from model.corrections import CorrectionError, Corrections, StorageError
from model.ink import InkError
from web.engine import Engine

# What Gradio's API page says of the answer to a drawing or a picture.
ANSWER = """
    Answer: number (what is read, such as "2026"; "?" for what is no digit), verdict of the whole ("digit", "unsure",
    "not a digit" or "blank") and its reason in words; readings, one for each digit from left to right: digit (the
    likeliest, or null), verdict, reason, probabilities (ten, calibrated, sum 1), no_digit (the probability of being
    none), image (what the network saw: 28 rows of 28 numbers, 0 paper to 255 ink), box on the pad (left, top, right,
    bottom), strokes (their numbers); current (which reading was written last; its fields stand at the top, too);
    milliseconds (the time that each step took)."""


class Api:
    """Each public method is an endpoint of its name; its docstring is what Gradio's API page says."""

    def __init__(self, engine: Engine, corrections: Corrections | None):
        """corrections: where visitors' are kept; None where none are."""
        self._engine, self._corrections = engine, corrections

    def predict(self, drawing):
        """Read a digit or a number from strokes: {"strokes": [[[x, y], …], …]}, one list of points for each way of the
        pen from touching to leaving the paper, x right and y down, as fractions of the paper's side."""
        return _answered(self._engine.classifier.read_strokes, drawing)

    def predict_image(self, picture):
        """Read a digit or a number from a picture file: dark on light or light on dark, of at most 25 megapixels."""
        return _answered(self._engine.read_picture, picture)

    def explain(self, drawing, digit, rather_than):
        """Say which ink decided. Takes one digit, as strokes or as {"image": …} out of an answer; what it was read as,
        null for no digit; and another digit to compare it with, or null for all others. Answer: evidence, 28 rows of
        28 whole numbers from -127 to 127, above 0 where ink spoke for that reading, below 0 where it spoke against."""
        return _answered(self._engine.explainer.explain_drawing, drawing, digit, rather_than)

    def compare(self, drawing):
        """Read one digit, as strokes or as {"image": …} out of an answer, with every model that has a checkpoint.
        Answer: models, the least accurate first: name, digit or null, verdict, probability, mnist (its accuracy there),
        bytes, milliseconds."""
        return _answered(self._engine.models.read_drawing, drawing)

    def steps(self, drawing):
        """Show how the strokes of one digit become 28 × 28 pixels. Answer: steps, each with its name ("ink", "cropped",
        "fitted" or "centred") and its image, rows of whole numbers from 0, paper, to 255, ink."""
        return _answered(steps.of_strokes, drawing)

    def about(self):
        """What was measured of the network that answers here. Answer: facts, each with its name, kind and value (shares
        from 0 to 1, bytes, seconds), and pictures, SVG by name: reliability, learning curves, refusal, mistakes."""
        return portrait.of(self._engine.path, self._engine.notes).as_json()

    def correct(self, drawing, label):
        """Keep the strokes of one digit with what it is, so that the network can learn from it: label is "0" to "9", or
        "not a digit". Kept are the strokes, the label, what was read, the network's hash and the time; nothing about
        who drew it. Answer: label, and time (UTC, ISO 8601), when it is on the disk."""
        if self._corrections is None:
            raise gr.Error("No corrections are kept here.", print_exception=False)
        read = _told(self._engine.classifier.read_strokes, drawing)
        kept = _told(
            self._corrections.keep, drawing, label, read.number, read.verdict, self._engine.notes.get("sha256")
        )
        return {"label": kept.label, "time": kept.time}

    def serve(self, endpoints: Sequence[tuple[Callable, list, object]]) -> None:
        """Make endpoints, within gr.Blocks: each a method, its inputs, its output. The page triggers none of them."""
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


def _answered(read: Callable, *given: object) -> dict:
    return _told(read, *given).as_json()


def _told(do: Callable, *given: object):
    """What `do` returns. What cannot be done is told the caller in words, without a traceback in the log."""
    try:
        return do(*given)
    except (InkError, CorrectionError, StorageError) as error:
        raise gr.Error(str(error), print_exception=False) from None
