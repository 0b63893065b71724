"""The responses of the API, and their conversion from the types of the model."""

import base64
import struct
from typing import Literal, Self

import numpy as np
from pydantic import BaseModel, Field

from model.classes import LABELS, NUM_DIGITS
from model.inference.answer import Answer, Doubt, Reading, Verdict
from model.inference.comparison import ModelReading
from model.inference.examples import Example
from model.inference.features import quantize
from web.schemas.fields import (
    Box,
    BytesText,
    CorrectionLabel,
    Count,
    Digit,
    FeaturesText,
    ImageText,
    Label,
    Milliseconds,
    NetworkHash,
    Probability,
    Reach,
    Weight,
)
from web.texts import answer_reason, reading_reason

API_VERSION = "1.0"


class Response(BaseModel):
    # The base of all responses. Docstrings appear in the schemas.

    def brief(self) -> Self:
        """Return the response without large optional parts, for clients that limit the size."""
        return self


class BinaryResponse(Response):
    """A response that the HTTP API sends as bytes. Other clients get it as JSON, with `data` as base64 text."""

    data: BytesText | None = Field(description="base64 text; null where the answer would be too long")

    def to_bytes(self) -> bytes:
        """Return the length of the header (uint32, little-endian), the header, and `data`.

        The header is the JSON of all other fields, in UTF-8, with spaces at its end up to a multiple of 4 bytes.
        """
        header = self.model_dump_json(exclude={"data"}).encode()
        header += b" " * (-len(header) % 4)
        return struct.pack("<I", len(header)) + header + self.data

    def brief(self) -> Self:
        return self.model_copy(update={"data": None})


class ErrorResponse(Response):
    detail: str = Field(description="one sentence: what was wrong, and what is expected")


class ReadingResponse(Response):
    """The prediction for one digit. `image`: the input of the network; null where the answer would be too long."""

    digit: Digit | None
    verdict: Verdict
    reason: str
    probabilities: list[Probability] = Field(min_length=NUM_DIGITS, max_length=NUM_DIGITS)
    no_digit: Probability
    several: Probability = 0
    image: ImageText | None
    box: Box | None
    strokes: list[Count]

    @classmethod
    def of(cls, reading: Reading, is_picture: bool = False) -> Self:
        return cls(
            digit=reading.digit,
            verdict=reading.verdict,
            reason=reading_reason(reading, is_picture),
            probabilities=reading.probabilities,
            no_digit=reading.not_digit,
            several=reading.several,
            image=encode(reading.image),
            box=reading.box and list(reading.box),
            strokes=reading.strokes,
        )


class Mark(Response):
    """A sign between digits that is not a digit. `kind`: "." for a point or a comma, "?" for any other sign."""

    kind: str
    box: Box
    strokes: list[Count]


class AnswerResponse(Response):
    """The answer to a drawing or a picture."""

    number: str
    verdict: Verdict
    reason: str
    readings: list[ReadingResponse] = Field(min_length=1)
    marks: list[Mark] = []
    doubt: Doubt | None = Field(None, description="why a number is not sure although each of its digits may be")
    current: Count
    milliseconds: dict[str, Milliseconds]
    version: str = API_VERSION
    features: list[FeaturesText] | None = Field(None, description="the features of each reading, if requested")

    @classmethod
    def of(cls, answer: Answer, is_picture: bool = False, with_features: bool = False) -> Self:
        vectors = [each.features for each in answer.readings] if with_features else [None]
        has_features = all(vector is not None for vector in vectors)
        return cls(
            number=answer.number,
            verdict=answer.verdict,
            reason=answer_reason(answer, is_picture),
            readings=[ReadingResponse.of(reading, is_picture) for reading in answer.readings],
            marks=[Mark(kind=sign.kind, box=list(sign.box), strokes=sign.strokes) for sign in answer.signs],
            doubt=answer.doubt,
            current=answer.current,
            milliseconds=answer.milliseconds,
            features=[_text(quantize(vector)) for vector in vectors] if has_features else None,
        )

    def brief(self) -> Self:
        readings = [reading.model_copy(update={"image": None}) for reading in self.readings]
        return self.model_copy(update={"readings": readings, "features": None})


class ExplainResponse(Response):
    evidence: ImageText = Field(description="base64 text of 784 signed bytes, from -127 to 127: 28 rows of 28 pixels")

    @classmethod
    def of(cls, contributions: np.ndarray) -> Self:
        """contributions: float (28, 28). The largest magnitude becomes 127."""
        strongest = max(float(np.abs(contributions).max()), 1e-9)
        return cls(evidence=_text(np.rint(127 * contributions / strongest).astype(np.int8)))


class ModelResponse(Response):
    """The answer of one model. `probability`: of this answer; of a digit, given that the drawing is a digit."""

    name: str
    digit: Digit | None
    verdict: Verdict
    probability: Probability
    probabilities: list[Probability] = Field(min_length=NUM_DIGITS, max_length=NUM_DIGITS)
    no_digit: Probability
    mnist: Probability = Field(description="accuracy on the MNIST test images")
    bytes: Count = Field(description="size of the checkpoint")
    milliseconds: Milliseconds
    own: bool = Field(description="whether the page uses this model")
    kind: Literal["linear", "dense", "convolutional"]

    @classmethod
    def of(cls, model: ModelReading) -> Self:
        reading = model.reading
        return cls(
            name=model.name,
            digit=reading.digit,
            verdict=reading.verdict,
            probability=reading.not_digit if reading.digit is None else max(reading.probabilities),
            probabilities=reading.probabilities,
            no_digit=reading.not_digit,
            mnist=model.test_accuracy,
            bytes=model.size,
            milliseconds=round(model.milliseconds, 3),
            own=model.own,
            kind=model.kind,
        )


class CompareResponse(Response):
    models: list[ModelResponse] = Field(description="the least accurate first; empty if nothing is drawn")


class Step(Response):
    """The image after one step of normalization. `image`: null where the answer would be too long."""

    name: str
    width: Count
    height: Count
    image: str | None = Field(description="base64 text: one byte for each pixel, from 0 (paper) to 255 (ink)")


class StepsResponse(Response):
    steps: list[Step]

    @classmethod
    def of(cls, images: dict[str, np.ndarray]) -> Self:
        """images: the name and the image, float (H, W) from 0 to 1, of each step."""
        steps = [
            Step(name=name, width=image.shape[1], height=image.shape[0], image=encode(image))
            for name, image in images.items()
        ]
        return cls(steps=steps)

    def brief(self) -> Self:
        last = len(self.steps) - 1
        return self.model_copy(
            update={
                "steps": [step.model_copy(update={"image": None}) for step in self.steps[:last]] + self.steps[last:]
            }
        )


class Fact(Response):
    """A measurement. The fields after `value` depend on the kind."""

    name: str
    kind: str
    value: float
    low: float | None = None
    high: float | None = None
    digit: Digit | None = None
    count: Count | None = None
    file: str | None = None
    development: bool | None = Field(None, description="whether the file is development data")


class AboutResponse(Response):
    facts: list[Fact]
    pictures: dict[str, str] | None = Field(description="SVG by name; null where the answer would be too long")

    def brief(self) -> Self:
        return self.model_copy(update={"pictures": None})


class LearnResponse(Response):
    """A personal example, in the form in which /predict takes it."""

    features: FeaturesText
    label: Label
    rather_than: Label | None = Field(description="the network's own answer, which was wrong")
    reach: Reach
    weight: Weight
    network: NetworkHash

    @classmethod
    def of(cls, example: Example, network: str) -> Self:
        return cls(
            features=_text(example.features),
            label=LABELS[example.label],
            rather_than=None if example.rather_than is None else LABELS[example.rather_than],
            reach=example.reach,
            weight=example.weight,
            network=network,
        )


class CorrectionResponse(Response):
    label: CorrectionLabel
    time: str = Field(description="UTC, ISO 8601")
    token: str = Field(description="deletes this correction; only this answer has it")


class UndoResponse(Response):
    deleted: bool


class HealthResponse(Response):
    ready: bool


class LiveResponse(Response):
    live: bool = True


def encode(image: np.ndarray) -> str:
    """Convert an image, float from 0 to 1, to base64 text with one byte for each pixel."""
    return _text(np.rint(image * 255).astype(np.uint8))


def _text(array: np.ndarray) -> str:
    return base64.b64encode(array.tobytes()).decode()
