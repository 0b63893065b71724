"""The way past Gradio of what every stroke asks: POST /gradio_api/run/<endpoint>, with the page's own few endpoints.

Gradio's own work takes ten times as long as the reading, most of it to make a session that nothing is kept in. Whoever
calls by another way, such as Gradio's clients, is served by Gradio, and gets the same answer.
"""

import json
from collections.abc import Callable, Sequence

from starlette.responses import JSONResponse

from model.ink import InkError
from web import body
from web.batches import Batches, Busy

PATH = "/gradio_api/run/"
BUSY = "Many people are drawing at once. Try again in a moment."


class Express:
    """An ASGI middleware, within the guard, which has seen to it that a call is well-formed."""

    def __init__(self, app, answers: dict[str, Callable[[Sequence[tuple]], Sequence[object]]]):
        """answers: by the endpoint's name, what Batches takes; each answer as JSON, or InkError."""
        self.app = app
        self._answers = {f"{PATH}{name}": Batches(answer) for name, answer in answers.items()}

    async def __call__(self, scope, receive, send) -> None:
        posted = scope["type"] == "http" and scope["method"] == "POST"
        answer = self._answers.get(scope["path"]) if posted else None
        if answer is None:
            return await self.app(scope, receive, send)
        data = json.loads(await body.whole(receive))["data"]
        await (await _response(answer, data))(scope, receive, send)


async def _response(answer: Batches, data: list) -> JSONResponse:
    try:
        return JSONResponse({"data": [await answer(*data)]})
    except InkError as error:
        return JSONResponse({"error": str(error)}, 422)
    except Busy:
        return JSONResponse({"error": BUSY}, 503)
