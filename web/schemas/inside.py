"""The requests and responses about the inside of a network: activations and occlusion."""

from collections.abc import Sequence
from typing import Annotated, Self

import numpy as np
from pydantic import Field

from model.errors import InputError
from model.inference import cutouts
from model.inference.activations import Activations, Layer, Ledger
from model.inference.calibration import calibrated
from model.inference.occlusion import BLOCKS, Occlusion
from web.schemas.fields import Count, Probability
from web.schemas.requests import DigitDrawing, ExplainRequest, Request
from web.schemas.responses import BinaryResponse, Response

MAX_SILENCED = 200
STEPS = 127
"""The largest magnitude of a signed byte: that of a change as large as the scale, or larger."""
PairOfIndices = Annotated[list[Count], Field(min_length=2, max_length=2)]
CellPlace = Annotated[list[Count], Field(min_length=3, max_length=3)]
BlockValues = Annotated[list[float], Field(min_length=BLOCKS**2, max_length=BLOCKS**2)]


ModelName = Annotated[
    str | None,
    Field(
        max_length=100, description="the name of a model that /api/compare lists, or null for the model of this server"
    ),
]


class InsideRequest(Request):
    # A base of the next two. Required fields come before optional fields, because they become parameters.
    model: ModelName = None
    silenced: list[PairOfIndices] = Field(
        [],
        max_length=MAX_SILENCED,
        fail_fast=True,
        description=f"a list of at most {MAX_SILENCED} pairs [layer, map], counted from 0, of the maps to silence",
    )


class ActivationsRequest(InsideRequest, DigitDrawing):
    layer: Count | None = Field(
        None, description="the index of the layer of which all maps are returned, from 0, or null for none"
    )
    ledger: bool = Field(False, description="whether the answer has the ledger of the last layer")
    weights: bool = Field(False, description="whether the answer has the weights of a layer that reads the pixels")


class OcclusionRequest(InsideRequest, ExplainRequest):
    dots: bool = Field(False, description="whether dots are added, too")
    cell: CellPlace | None = Field(
        None,
        description="a list [layer, map, cell], counted from 0, of the cell whose change is the score in place of the "
        "answer's, or null",
    )


class CutoutsRequest(Request):
    layer: Count = Field(description="the index of a layer, from 0")
    model: ModelName = None


class Outcome(Response):
    """The result of one pass without test-time augmentation. `probabilities` and `no_digit`: as in a reading."""

    logits: list[float]
    probabilities: list[Probability]
    no_digit: Probability

    @classmethod
    def of(cls, logits: np.ndarray, temperature: float) -> Self:
        """logits: (K,)."""
        found = calibrated(logits[None], temperature)
        return cls(
            logits=np.asarray(logits, float).round(5),
            probabilities=found.digits[0],
            no_digit=found.not_digit[0],
        )


class WindowResponse(Response):
    """The square of the 28×28 image that a cell sees. `start`: the row and the column in its middle, for cell 0."""

    size: Count
    step: Count
    start: float


class PartResponse(Response):
    """A part of `data` with signed bytes. `scale`: the value of a byte of 127. `offset`: its first byte in `data`."""

    offset: Count
    scale: float


class LayerResponse(PartResponse):
    """The maps of one layer: for each of `maps`, height × width signed bytes, row by row.

    `kind`: "maps" of a convolution, "units" of a dense layer (1×1), or "products" of weights and pixels, one map for
    each output. `count`: the number of all maps of the layer. `window`: null if a cell sees the whole image.
    `weights`: 28×28 signed bytes for each of `maps`, if requested and if the layer reads the pixels.
    """

    name: str
    kind: str
    height: Count
    width: Count
    count: Count
    maps: list[Count]
    window: WindowResponse | None
    weights: PartResponse | None


class LedgerResponse(Response):
    """The logits as sums over the maps of the last layer: logit = `empty` + the sum of its row.

    `centered`: whether these are logits less their mean, as for a model that ends in a softmax.
    The rows are at `offset` in `data`: for each output, `columns` numbers (float32), one for each map of the layer.
    `empty`: the logits of the empty pad. `strongest`: the maps that support the most probable answer most.
    """

    empty: list[float]
    centered: bool
    offset: Count
    columns: Count
    strongest: list[Count]

    @classmethod
    def of(cls, ledger: Ledger, logits: np.ndarray) -> Self:
        return cls(
            empty=np.asarray(ledger.empty, float).round(5),
            centered=ledger.is_centered,
            offset=0,
            columns=ledger.contributions.shape[1],
            strongest=ledger.strongest(int(logits.argmax())),
        )


class ActivationsResponse(BinaryResponse):
    """The activations of a network for one image, as changes against the empty pad, and its answer.

    `measured`: whether the maps and scales were chosen on images of digits. `silenced`: the outcome with silenced maps,
    which `layers` and `ledger` then describe; otherwise null. `ledger`: null if it was not requested, or if the logits
    do not depend linearly on the last layer. `image`: the first byte in `data` of the normalized image, 28×28 unsigned
    bytes, if the request has strokes; otherwise null.
    """

    model: str
    measured: bool
    outcome: Outcome
    silenced: Outcome | None
    layers: list[LayerResponse]
    ledger: LedgerResponse | None
    image: Count | None

    @classmethod
    def of(
        cls, name: str, temperature: float, inside: Activations, image: np.ndarray, request: ActivationsRequest
    ) -> Self:
        """image: the normalized image of the request, (28, 28). Raises InputError for a layer that does not exist."""
        if request.layer is not None and request.layer >= len(inside.layers):
            raise InputError(f"This model does not have this layer; expected 0 to {len(inside.layers) - 1}, or null.")
        logits, changes = inside.of(image)
        before, after = Outcome.of(logits, temperature), None
        if request.silenced:
            logits, changes = inside.of(image, request.silenced)
            after = Outcome.of(logits, temperature)
        data = bytearray()
        ledger = inside.ledger(changes) if request.ledger else None
        if ledger:
            data += ledger.contributions.astype("<f4").tobytes()
        layers = [
            _add_layer(data, layer, change, request.layer == index, request.weights)
            for index, (layer, change) in enumerate(zip(inside.layers, changes, strict=True))
        ]
        offset = None
        if request.strokes is not None:
            offset = len(data)
            data += np.rint(255 * image).astype(np.uint8).tobytes()
        return cls(
            model=name,
            measured=inside.is_measured,
            outcome=before,
            silenced=after,
            layers=layers,
            ledger=ledger and LedgerResponse.of(ledger, logits),
            image=offset,
            data=bytes(data),
        )


class OcclusionResponse(Response):
    """`score`: of the answer, in nats, or what the ink changes in the cell. `erased`, `added`: the changes of the score
    for the 7×7 blocks of 4×4 pixels, row by row."""

    score: float
    erased: BlockValues
    added: BlockValues | None = Field(description="null if no dots were requested")

    @classmethod
    def of(cls, occlusion: Occlusion) -> Self:
        erased, added = (
            None if part is None else part.ravel().round(4) for part in (occlusion.erased, occlusion.added)
        )
        return cls(score=round(occlusion.score, 4), erased=erased, added=added)


class CutoutsResponse(BinaryResponse):
    """The parts of training images that change the maps of a layer most. `data`: a WebP picture, dark ink on light
    paper, with a row for each of `maps`, and in it `count` squares of `size` pixels side by side, the strongest first.

    `maps` is empty, and so is `data`, if the model has no such picture.
    """

    maps: list[Count]
    count: Count
    size: Count

    @classmethod
    def of(cls, layers: Sequence[Layer], layer: int, picture: bytes | None) -> Self:
        """Raises InputError for a layer that does not exist."""
        if layer >= len(layers):
            raise InputError(f"This model does not have this layer; expected 0 to {len(layers) - 1}.")
        maps = cutouts.rows_of(layers[layer]) if picture else []
        return cls(maps=maps, count=cutouts.COUNT, size=cutouts.size_of(layers[layer]), data=picture or b"")


def _add_layer(data: bytearray, layer: Layer, change: np.ndarray, whole: bool, weights: bool) -> LayerResponse:
    """Append the maps of a layer to `data`, and describe them. change: (H, W, C). whole: whether to add all maps."""
    height, width, count = layer.shape
    maps, scale = list(range(count)) if whole else list(layer.chosen.maps), layer.chosen.scale
    offset = _append(data, change[..., maps], scale)
    part = None
    if weights and layer.weights is not None:
        strongest = float(np.abs(layer.weights).max()) or 1.0
        part = PartResponse(offset=_append(data, layer.weights[..., maps], strongest), scale=strongest)
    return LayerResponse(
        offset=offset,
        scale=scale,
        name=layer.name,
        kind=layer.kind,
        height=height,
        width=width,
        count=count,
        maps=maps,
        window=layer.window and WindowResponse(size=layer.window[0], step=layer.window[1], start=layer.window[2]),
        weights=part,
    )


def _append(data: bytearray, values: Sequence[np.ndarray], scale: float) -> int:
    """Append values (H, W, C) as signed bytes, map by map. Return the index of the first byte."""
    offset = len(data)
    data += np.rint(STEPS * (np.moveaxis(values, -1, 0) / scale).clip(-1, 1)).astype(np.int8).tobytes()
    return offset
