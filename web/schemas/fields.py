"""The types of the fields of requests and responses."""

import base64
import binascii
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from model.classes import LABEL_NOT_DIGIT, LABELS, MAX_NUMBER_DIGITS, NUM_DIGITS, is_label
from model.inference.features import FEATURES, HASH_LENGTH
from model.preprocessing.normalization import IMAGE_SIDE
from model.preprocessing.segmentation import MAX_GROUPS, MAX_MARKS
from model.preprocessing.strokes import MAX_COORDINATE, MAX_POINTS

# A reading lists the indices of its strokes. With this limit, a reading takes at most 4 kB.
MAX_STROKES = 500
PIXELS = IMAGE_SIDE**2
DATA_URL = "data:"


def _base64(count: int, meaning: str):
    """Return the type of base64 text that holds `count` bytes."""
    length = 4 * -(-count // 3)
    padding = -count % 3
    pattern = f"^[A-Za-z0-9+/]{{{length - padding}}}={{{padding}}}$"
    return Annotated[str, Field(pattern=pattern, description=f"base64 text of {count} bytes: {meaning}")]


def _picture_bytes(value: object) -> object:
    """Decode a data: URL. Pass bytes on."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str) and value.startswith(DATA_URL):
        head, comma, content = value.partition(",")
        try:
            if comma and head.endswith(";base64"):
                return base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError):
            pass
    raise PydanticCustomError("picture", "is not a data: URL with base64 content")


def _limited(strokes: object) -> object:
    if not isinstance(strokes, list) or len(strokes) > MAX_STROKES:  # The list's own validation rejects it.
        return strokes
    if sum(len(stroke) for stroke in strokes if isinstance(stroke, list)) > MAX_POINTS:
        raise PydanticCustomError("points", f"has more than {MAX_POINTS:,} points")
    return strokes


def _correction_label(label: str) -> str:
    if not is_label(label):
        raise PydanticCustomError("label", "is not one of the accepted values")
    return label


Coordinate = Annotated[float, Field(ge=-MAX_COORDINATE, le=MAX_COORDINATE)]
Point = Annotated[list[Coordinate], Field(min_length=2, max_length=2, fail_fast=True)]
STROKES = (
    f"a list of at most {MAX_STROKES} strokes with at most {MAX_POINTS:,} points [x, y] in all, in fractions of the "
    "pad's side, x to the right and y down"
)
COMPLEX = (
    f"A drawing with more than {MAX_MARKS} strokes, more than {MAX_GROUPS} groups of strokes that could be digits, or "
    "a very long path is too complex for a number: all its strokes are read as one digit."
)
Strokes = Annotated[
    list[Annotated[list[Point], Field(fail_fast=True)]],
    Field(
        max_length=MAX_STROKES,
        fail_fast=True,
        description=STROKES,
        json_schema_extra={"description": f"{STROKES}. {COMPLEX}"},
        examples=[[[[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]]],
    ),
    BeforeValidator(_limited),
]
Digit = Annotated[int, Field(ge=0, lt=NUM_DIGITS)]
Label = Literal[LABELS]
CORRECTION_LABEL = f'a number of 1 to {MAX_NUMBER_DIGITS} digits, or "{LABEL_NOT_DIGIT}"'
CorrectionLabel = Annotated[
    str,
    AfterValidator(_correction_label),
    WithJsonSchema({"type": "string", "pattern": f"^([0-9]{{1,{MAX_NUMBER_DIGITS}}}|{LABEL_NOT_DIGIT})$"}),
]
Picture = Annotated[
    bytes,
    BeforeValidator(_picture_bytes),
    WithJsonSchema({"type": "string", "format": "uri", "pattern": "^data:[^,]*;base64,"}),
]
ImageText = _base64(PIXELS, f"{IMAGE_SIDE} rows of {IMAGE_SIDE} pixels, from 0 (paper) to 255 (ink)")
BytesText = Annotated[
    bytes,
    PlainSerializer(lambda content: base64.b64encode(content).decode(), when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
FeaturesText = _base64(FEATURES, "the features of a reading")
NetworkHash = Annotated[
    str,
    Field(
        pattern=f"^[0-9a-f]{{{HASH_LENGTH}}}$",
        description=f"the first {HASH_LENGTH} hexadecimal digits of the SHA-256 of the network's file",
    ),
]
Reach = Annotated[float, Field(ge=-1, le=1, description="the cosine from which on the example has an effect")]
Weight = Annotated[float, Field(ge=0, le=1_000, description="the largest effect of the example, in nats")]
Probability = Annotated[float, Field(ge=0, le=1)]
Box = Annotated[
    list[float],
    Field(
        min_length=4, max_length=4, description="left, top, right, bottom, in fractions of the pad's or picture's sides"
    ),
]
Count = Annotated[int, Field(ge=0)]
Milliseconds = Annotated[float, Field(ge=0)]
