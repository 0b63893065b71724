"""The requests of the API. Pydantic validates each request once, before an endpoint sees it."""

import base64
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from model.classes import LABELS
from model.inference import examples
from model.preprocessing.geometry import Stroke
from model.preprocessing.normalization import IMAGE_SIDE, normalize
from model.preprocessing.strokes import rasterize
from web.schemas.fields import (
    CORRECTION_LABEL,
    CorrectionLabel,
    Digit,
    FeaturesText,
    ImageText,
    Label,
    NetworkHash,
    Picture,
    Reach,
    Strokes,
    Weight,
)

MAX_EXAMPLES = 5


class Request(BaseModel):
    # The base of all requests. An endpoint without parameters uses this class itself. Docstrings appear in the schemas.
    # Strict: the text "0.5" is not a number, and true is not 1.
    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


class Drawing(Request):
    """A drawing as strokes. A stroke is the list of points from pen-down to pen-up."""

    strokes: Strokes

    @property
    def arrays(self) -> list[Stroke]:
        """The strokes as arrays, float64 (P, 2). Empty strokes are left out."""
        return [np.array(stroke, np.float64) for stroke in self.strokes if stroke]


class Example(Request):
    """A personal example: a drawing that the visitor has corrected, as /learn returns it. Examples of another network
    have no effect."""

    features: FeaturesText
    label: Label
    rather_than: Label | None = Field(None, description="the network's own answer, which was wrong")
    reach: Reach
    weight: Weight
    network: NetworkHash

    @property
    def parsed(self) -> examples.Example:
        vector = np.frombuffer(base64.b64decode(self.features), np.int8)
        wrong = None if self.rather_than is None else LABELS.index(self.rather_than)
        return examples.Example(vector, LABELS.index(self.label), wrong, self.reach, self.weight)


Examples = Annotated[
    list[Example],
    Field(max_length=MAX_EXAMPLES, fail_fast=True, description="personal examples, for networks that provide features"),
]


class PredictRequest(Drawing):
    features: bool = Field(False, description="whether the answer has features, if the network provides them")
    examples: Examples = []


class PictureRequest(Request):
    picture: Picture = Field(description="a picture with a digit or a number: PNG, JPEG, WebP, GIF or BMP")


class DigitDrawing(Request):
    """A drawing of one digit, as strokes or as the image of a reading."""

    # A field that is null counts as missing.
    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": ["strokes"], "properties": {"strokes": {"type": "array"}}},
                {"required": ["image"], "properties": {"image": {"type": "string"}}},
            ]
        }
    )
    strokes: Strokes | None = None
    image: ImageText | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.strokes is None) == (self.image is None):
            raise PydanticCustomError("drawing", "has both strokes and an image, or neither")
        return self

    @property
    def normalized(self) -> np.ndarray:
        """The normalized image, float32 (28, 28). If nothing is drawn, all pixels are 0."""
        if self.image is not None:
            pixels = np.frombuffer(base64.b64decode(self.image), np.uint8)
            return pixels.reshape(IMAGE_SIDE, IMAGE_SIDE).astype(np.float32) / 255
        return normalize(rasterize([np.array(stroke, np.float64) for stroke in self.strokes if stroke]))


class ExplainRequest(DigitDrawing):
    digit: Digit | None = Field(description='the answer to explain: an integer from 0 to 9, or null for "not a digit"')
    rather_than: Digit | None = Field(
        None, description="the digit to compare the answer with: an integer from 0 to 9, or null for all other digits"
    )


class LearnRequest(DigitDrawing):
    label: Label = Field(description='the correct label of the drawing: a digit, or "not a digit"')
    examples: Examples = Field([], description="the personal examples that the visitor has already")


class CorrectionRequest(Drawing):
    label: CorrectionLabel = Field(description=f"the correct label of the whole drawing: {CORRECTION_LABEL}")


class UndoRequest(Request):
    token: str = Field(max_length=64, description="the token of the correction")
