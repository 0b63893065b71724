"""The requests of the API. Pydantic validates each request once, before an endpoint sees it."""

import base64
from typing import Annotated, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

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
    Picture,
    Strokes,
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
    """A personal example: the features of a drawing that the visitor has corrected, and its label."""

    features: FeaturesText
    label: Label
    reach: Annotated[float, Field(ge=-1, le=1)]
    weight: Annotated[float, Field(ge=0, le=1_000)]


class PredictRequest(Drawing):
    features: bool = Field(False, description="whether the answer has features, if the network provides them")
    examples: list[Example] = Field(
        [], max_length=MAX_EXAMPLES, fail_fast=True, description="personal examples, for networks that provide features"
    )


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


class CorrectionRequest(Drawing):
    label: CorrectionLabel = Field(description=f"the correct label of the whole drawing: {CORRECTION_LABEL}")


class UndoRequest(Request):
    token: str = Field(max_length=64, description="the token of the correction")
