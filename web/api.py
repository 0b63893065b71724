"""The endpoints: one function for each. No endpoint keeps state between calls, except for stored corrections.

`Api` calls an endpoint for one request. It joins calls that arrive together, and refuses calls above the limit.
"""

from collections.abc import Sequence

from pydantic import BaseModel

from model.classes import LABELS
from model.errors import InputError
from model.evaluation.model_card import model_card
from model.inference.cutouts import load as load_cutouts
from model.inference.examples import Example
from model.inference.occlusion import occlude, occlude_score
from model.preprocessing.trace import trace_strokes
from web import metrics
from web.admission import COSTLY_CAPACITY, Admission
from web.batching import MAX_BATCH, Batcher
from web.errors import NotFoundError
from web.registry import ENDPOINTS, Endpoint, endpoint
from web.schemas.inside import (
    ActivationsRequest,
    ActivationsResponse,
    CutoutsRequest,
    CutoutsResponse,
    OcclusionRequest,
    OcclusionResponse,
)
from web.schemas.requests import (
    CorrectionRequest,
    DigitDrawing,
    Drawing,
    ExplainRequest,
    LearnRequest,
    PictureRequest,
    PredictRequest,
    Request,
    UndoRequest,
)
from web.schemas.requests import Example as RequestExample
from web.schemas.responses import (
    AboutResponse,
    AnswerResponse,
    CompareResponse,
    CorrectionResponse,
    ExplainResponse,
    LearnResponse,
    ModelResponse,
    StepsResponse,
    UndoResponse,
)
from web.service import Service

# Costs of calls, from their processor time: about 16 ms for an attribution, 9 ms for a comparison, up to 11 ms for the
# images of a scribble, 3 ms for activations, and 30 ms for an occlusion. A call with a picture keeps up to 21 MB in
# memory, and an answer about the network 180 kB.
ATTRIBUTION, COMPARISON, STEPS, PICTURE, ABOUT, STORAGE = 4, 4, 2, 4, 2, 2
ACTIVATIONS, OCCLUSION, CUTOUTS, LEARNING = 2, 8, 2, 2
NO_STORE = "This server does not store corrections."
NO_FEATURES = "The network of this server provides no features, so it cannot learn from a correction."
NO_INK = "There is nothing to learn from an empty drawing; expected a drawing with ink."


@endpoint()
def predict(service: Service, requests: list[PredictRequest]) -> list[AnswerResponse]:
    """Read a digit or a number from strokes. A stroke is the list of points from pen-down to pen-up. The answer has one
    reading for each digit, from left to right: the digit, ten calibrated probabilities, and the probability that it is
    not a digit."""
    drawings = [request.arrays for request in requests]
    # Without features, the network needs less time.
    if service.network is None or not any(request.features or request.examples for request in requests):
        return [AnswerResponse.of(answer) for answer in service.classifier.read_drawings(drawings)]
    personal = [_own_examples(service, request.examples) for request in requests]
    answers = service.classifier.read_drawings(drawings, personal)
    wanted = [request.features for request in requests]
    return [AnswerResponse.of(answer, with_features=each) for answer, each in zip(answers, wanted, strict=True)]


@endpoint(cost=LEARNING)
def learn(service: Service, request: LearnRequest) -> LearnResponse:
    """Return a personal example of one digit, given as strokes or as the image of a reading, with its correct label.
    Send the newest five examples of one person with each call of predict: the answers then follow this person's
    handwriting. The server keeps nothing."""
    if service.network is None:
        raise InputError(NO_FEATURES)
    image = request.normalized
    if not image.any():
        raise InputError(NO_INK)
    known = _own_examples(service, request.examples)
    example = service.classifier.learn(image, LABELS.index(request.label), known)
    return LearnResponse.of(example, service.network)


# Each thread waits for a worker process, so that a picture that is slow to decode does not delay other pictures.
@endpoint(cost=PICTURE, threads=COSTLY_CAPACITY // PICTURE)
def predict_image(service: Service, request: PictureRequest) -> AnswerResponse:
    """Read a digit or a number from a picture. The ink may be dark on light or light on dark. The picture may have at
    most 25 megapixels, a JPEG 100 and a WebP 12. The answer has one reading for each digit, from left to right: the
    digit, ten calibrated probabilities, and the probability that it is not a digit."""
    return AnswerResponse.of(service.read_picture(request.picture), is_picture=True)


@endpoint(cost=ATTRIBUTION)
def explain(service: Service, request: ExplainRequest) -> ExplainResponse:
    """Return how much each pixel contributed to an answer for one digit, given as strokes or as the image of a reading.
    A number of the result is above 0 where ink supports the explained answer, and below 0 where ink contradicts it."""
    return ExplainResponse.of(service.attribution.attribute(request.normalized, request.digit, request.rather_than))


@endpoint(cost=COMPARISON, background=True)
def compare(service: Service, request: DigitDrawing) -> CompareResponse:
    """Read one digit, given as strokes or as the image of a reading, with every model that has a checkpoint. The result
    lists the models, the least accurate first."""
    models = service.comparison.compare(request.normalized)
    return CompareResponse(models=[ModelResponse.of(model) for model in models])


@endpoint(cost=ACTIVATIONS, background=True)
def activations(service: Service, request: ActivationsRequest) -> ActivationsResponse:
    """Return what the ink of one digit, given as strokes or as the image of a reading, changes in the layers of a
    network: chosen maps of each layer, against the empty pad. Maps can be silenced: they keep their value on the empty
    pad. The HTTP API answers with bytes: a header as JSON and the maps as signed bytes."""
    (classifier, path), inside = service.model(request.model), service.activations(request.model)
    return ActivationsResponse.of(path.stem, classifier.notes["temperature"], inside, request.normalized, request)


@endpoint(cost=OCCLUSION, background=True)
def occlusion(service: Service, request: OcclusionRequest) -> OcclusionResponse:
    """Return how the score of an answer for one digit, given as strokes or as the image of a reading, changes if one of
    49 blocks of the image is erased, or if a dot is added to it. A change below 0 means that the answer loses. With a
    cell, the score is what the ink changes in this cell of an inner layer."""
    if request.cell:
        inside = service.activations(request.model)
        change = lambda images: inside.cell(images, request.cell, request.silenced)  # noqa: E731
        return OcclusionResponse.of(occlude_score(change, request.normalized, request.dots))
    forward = service.model(request.model)[0].logits.single_view
    if request.silenced:
        inside = service.activations(request.model)
        forward = lambda images: inside.logits(images, request.silenced)  # noqa: E731
    return OcclusionResponse.of(
        occlude(forward, request.normalized, request.digit, request.rather_than, dots=request.dots)
    )


@endpoint(cost=CUTOUTS, background=True)
def cutouts(service: Service, request: CutoutsRequest) -> CutoutsResponse:
    """Return the nine parts of training images that change each map of a layer most, as one picture. The HTTP API
    answers with bytes: a header as JSON and the picture as WebP."""
    (classifier, path), inside = service.model(request.model), service.activations(request.model)
    picture = load_cutouts(path, classifier.notes["sha256"], request.layer)
    return CutoutsResponse.of(inside.layers, request.layer, picture)


@endpoint(cost=STEPS)
def steps(service: Service, request: Drawing) -> StepsResponse:
    """Return the intermediate images of normalization for the strokes of one digit: ink, cropped, fitted and centred.
    The last image, 28×28 pixels, is the input of the network."""
    return StepsResponse.of(trace_strokes(request.arrays))


@endpoint("GET", cost=ABOUT)
def about(service: Service) -> AboutResponse:
    """Return the measurements of the network that this server uses: facts such as accuracy, size and training time, and
    pictures as SVG: reliability, learning curves, rejection and mistakes."""
    card = model_card(service.path, service.notes)
    return AboutResponse(facts=card.facts, pictures=card.pictures)


@endpoint(path="/api/corrections", cost=STORAGE, stores=True)
def correct(service: Service, request: CorrectionRequest) -> CorrectionResponse:
    """Store a correction: the strokes of a digit, a number or a non-digit, and the correct label. The network can learn
    from corrections. The server reads the drawing again and stores the strokes, the label, the network's answer and
    hash, and the time, but nothing about the visitor. The result has a token that deletes the correction."""
    if service.store is None:
        raise InputError(NO_STORE)
    [answer] = service.classifier.read_drawings([request.arrays])
    correction, token = service.store.keep(
        request.arrays, request.label, answer.number, answer.verdict, service.notes["sha256"]
    )
    return CorrectionResponse(label=correction.label, time=correction.time, token=token)


@endpoint("DELETE", "/api/corrections", cost=STORAGE, stores=True)
def undo_correction(service: Service, request: UndoRequest) -> UndoResponse:
    """Delete a correction. The token comes from the answer that stored the correction. Each token works once. If two
    visitors stored the same correction, each has a token, and the correction is deleted after both tokens are used."""
    if service.store is None:
        raise InputError(NO_STORE)
    if not service.store.delete(request.token):
        raise NotFoundError(
            "No correction has this token; expected the token that the server sent with a correction that is not "
            "deleted yet."
        )
    return UndoResponse(deleted=True)


def _own_examples(service: Service, examples: list[RequestExample]) -> list[Example]:
    """Return the examples of the service's network. Another network had other features."""
    return [example.parsed for example in examples if example.network == service.network]


class Api:
    """All registered endpoints, bound to a service."""

    def __init__(self, service: Service):
        self.service = service
        self.endpoints = list(ENDPOINTS.values())
        self._admission = Admission()
        self._batchers = {endpoint.name: self._batcher(endpoint) for endpoint in self.endpoints}

    def check_capacity(self, endpoint: Endpoint) -> None:
        """Raise Overloaded if a call of the endpoint would be refused now."""
        with self._admission.admit(endpoint.cost, endpoint.background):
            pass

    async def call(self, endpoint: Endpoint, request: Request) -> BaseModel:
        """Return the response of an endpoint.

        Raises InputError for an invalid request, StorageError, and Overloaded if too many calls are pending.
        """
        with self._admission.admit(endpoint.cost, endpoint.background):
            return await self._batchers[endpoint.name](request)

    def _batcher(self, endpoint: Endpoint) -> Batcher:
        max_batch = MAX_BATCH if endpoint.is_batched else 1
        return Batcher(lambda requests: self._answer(endpoint, requests), max_batch, endpoint.threads)

    def _answer(self, endpoint: Endpoint, requests: Sequence[Request]) -> Sequence[BaseModel]:
        metrics.count_batch(endpoint.name, len(requests))
        if endpoint.is_batched:
            return endpoint.function(self.service, list(requests))
        [request] = requests
        arguments = [] if endpoint.request is Request else [request]
        return [endpoint.function(self.service, *arguments)]
