"""One generated picture or drawing, and the outcome of reading it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from model.errors import InputError
from model.inference.answer import Answer, Verdict
from model.inference.classifier import Classifier
from model.preprocessing.geometry import Stroke
from tests.tools.picture_kinds.sheet import Sheet
from tests.tools.picture_kinds.writing import Writing


class Outcome(StrEnum):
    """What became of one case. WRONG: another number than the expected one, without any doubt."""

    READ = "read"
    UNSURE = "not sure or rejected"
    WRONG = "silently wrong"


@dataclass(frozen=True)
class Kind:
    """A kind of pictures or of drawings on the pad.

    make: draws one case. It returns a sheet or the strokes of a drawing, and the expected number.
    may_be_unsure: whether "not sure" or "not a digit" is as good as the number.
    """

    make: Callable[[np.random.Generator, Writing], tuple[Sheet | list[Stroke], str]]
    may_be_unsure: bool = False


KINDS: dict[str, Kind] = {}
"""All kinds by name, in the order of the table."""


def kind(name: str, may_be_unsure: bool = False) -> Callable:
    """Return a decorator that registers the function as `Kind.make` of a new kind."""

    def register(make: Callable) -> Callable:
        KINDS[name] = Kind(make, may_be_unsure)
        return make

    return register


def outcome(classifier: Classifier, source: object, number: str) -> tuple[Outcome, str]:
    """Read a picture or the strokes of a drawing. Return the outcome, given the expected number, and the answer."""
    try:
        answer = classifier.read_strokes(source) if isinstance(source, list) else classifier.read_picture(source)
    except InputError:
        return Outcome.UNSURE, ""
    return outcome_of(answer, number), answer.number


def outcome_of(answer: Answer | None, number: str) -> Outcome:
    """Return the outcome of an answer, given the expected number. answer: None if the picture was rejected."""
    if answer is None:
        return Outcome.UNSURE
    if answer.number == number and (answer.verdict == Verdict.DIGIT or number == "?"):
        return Outcome.READ
    return Outcome.WRONG if answer.verdict == Verdict.DIGIT else Outcome.UNSURE
