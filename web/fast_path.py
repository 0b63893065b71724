"""Fast path for the page's calls of `/predict` and `/explain`: POST /gradio_api/run/<endpoint>.

Gradio itself would create a session for each call, which takes longer than the prediction. Clients such as
`gradio_client` use Gradio's own routes, which give the answers that the fast path gives.
"""

import json
from collections.abc import Mapping

from starlette.responses import JSONResponse

from model.errors import InputError
from web.batching import Batcher, BatchFunction, Overloaded
from web.security.requests import read_body

RUN_PATH = "/gradio_api/run/"
OVERLOADED = "Many people are drawing at once. Try again in a moment."


class FastPath:
    """ASGI middleware that answers the calls of some endpoints, and forwards all other requests.

    Every request has already passed SecurityMiddleware, so each call is well-formed. If MAX_PENDING calls of an
    endpoint are pending, further calls of this endpoint get a 503. The page retries with the newest drawing.
    """

    def __init__(self, app, endpoints: Mapping[str, BatchFunction]):
        """endpoints: maps the name of an endpoint to the function that answers the calls of the endpoint."""
        self.app = app
        self._batchers = {f"{RUN_PATH}{name}": Batcher(function) for name, function in endpoints.items()}

    async def __call__(self, scope, receive, send) -> None:
        is_post = scope["type"] == "http" and scope["method"] == "POST"
        batcher = self._batchers.get(scope["path"]) if is_post else None
        if batcher is None:
            return await self.app(scope, receive, send)
        data = json.loads(await read_body(receive))["data"]
        await (await _response(batcher, data))(scope, receive, send)


async def _response(batcher: Batcher, data: list) -> JSONResponse:
    try:
        return JSONResponse({"data": [await batcher(*data)]})
    except InputError as error:
        return JSONResponse({"error": str(error)}, 422)
    except Overloaded:
        return JSONResponse({"error": OVERLOADED}, 503)
