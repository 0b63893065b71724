"""Fast path for `/predict` and `/explain`: POST /gradio_api/run/<endpoint>, which the page calls.

Gradio creates a session per call, which takes longer than the prediction. Other clients, such as `gradio_client`, use
Gradio's own routes and get the same answers.
"""

import json
from collections.abc import Callable, Sequence

from starlette.responses import JSONResponse

from model.errors import InputError
from web.batching import Batches, Busy
from web.security import body

PATH = "/gradio_api/run/"
BUSY = "Many people are drawing at once. Try again in a moment."


class FastPath:
    """ASGI middleware. It runs inside the security middleware, which has checked that the call is well-formed."""

    def __init__(self, app, endpoints: dict[str, Callable[[Sequence[tuple]], Sequence[dict | InputError]]]):
        """endpoints: by name, a function from the arguments of several calls to their JSON answers or errors."""
        self.app = app
        self._batches = {f"{PATH}{name}": Batches(function) for name, function in endpoints.items()}

    async def __call__(self, scope, receive, send) -> None:
        posted = scope["type"] == "http" and scope["method"] == "POST"
        batches = self._batches.get(scope["path"]) if posted else None
        if batches is None:
            return await self.app(scope, receive, send)
        data = json.loads(await body.whole(receive))["data"]
        await (await _response(batches, data))(scope, receive, send)


async def _response(batches: Batches, data: list) -> JSONResponse:
    try:
        return JSONResponse({"data": [await batches(*data)]})
    except InputError as error:
        return JSONResponse({"error": str(error)}, 422)
    except Busy:
        return JSONResponse({"error": BUSY}, 503)
