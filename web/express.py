"""The way of a drawing past Gradio: POST /gradio_api/run/predict, which every move of a pen takes.

Gradio's own work takes ten times as long as the reading, most of it to make a session that nothing is kept in. Whoever
calls by another way, such as Gradio's clients, is served by Gradio, and gets the same answer.
"""

import json
from collections.abc import Callable

import anyio
from starlette.responses import JSONResponse

from model.ink import InkError
from web import body

PATH = "/gradio_api/run/predict"
# As many at a time as there are cores on a small machine: more threads would only take turns.
AT_A_TIME = 2
# More than so many are turned away, to come again with a newer drawing: an answer that comes late is to one that is
# old. At some 150 a second the last of them waits for less than half a second.
MOST = 64
BUSY = "Many people are drawing at once. Try again in a moment."


class Express:
    """An ASGI middleware, within the guard, which has seen to it that the body is well-formed."""

    def __init__(self, app, read: Callable[[object], dict]):
        """read: one drawing → its answer as JSON. Raises InkError."""
        self.app, self.read = app, read
        self._under_way = 0
        self._threads: anyio.CapacityLimiter | None = None  # Belongs to the event loop, which is not there yet.

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "POST":
            return await self.app(scope, receive, send)
        [drawing] = json.loads(await body.whole(receive))["data"]
        await (await self._answer(drawing))(scope, receive, send)

    async def _answer(self, drawing: object) -> JSONResponse:
        if self._under_way >= MOST:
            return JSONResponse({"error": BUSY}, 503)
        self._threads = self._threads or anyio.CapacityLimiter(AT_A_TIME)
        self._under_way += 1
        try:
            return JSONResponse({"data": [await anyio.to_thread.run_sync(self.read, drawing, limiter=self._threads)]})
        except InkError as error:
            return JSONResponse({"error": str(error)}, 422)
        finally:
            self._under_way -= 1
