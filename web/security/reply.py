"""What strangers are told: every answer with headers that keep it where it belongs, every refusal in words.

Gradio answers 500 to whatever fails: a drawing that is refused, a call with too few values, a fault of its own.
"""

import json
import logging

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

HEADERS = {
    # A Space is shown in a frame of huggingface.co.
    "Content-Security-Policy": "frame-ancestors 'self' https://huggingface.co https://*.hf.space; "
    "object-src 'none'; base-uri 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

SORRY = "Something went wrong here. Please try again."


class Refusal(Exception):
    """A status and a sentence, instead of what was asked for."""


class Reply:
    """Passes on to `send`, with HEADERS. A 500 with a sentence is a refusal and becomes 422; one without gets one."""

    def __init__(self, send):
        self._send, self._started, self._failed = send, False, False

    async def send(self, message) -> None:
        """An ASGI message of the application."""
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
            self._failed = message["status"] == 500
            self._started = not self._failed
        if not self._failed:
            await self._send(message)
        elif message["type"] == "http.response.body":
            sentence = said(message["body"])
            await self.refuse(422 if sentence else 500, sentence or SORRY)

    async def refuse(self, status: int, sentence: str) -> None:
        """Send {"error": sentence}, as Gradio's own script expects it, unless an answer is on its way."""
        if self._started:
            return
        self._started = True
        response = JSONResponse({"error": sentence}, status, HEADERS)
        await self._send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
        await self._send({"type": "http.response.body", "body": response.body})

    async def fail(self, error: Exception, path: str) -> None:
        """A fault of the application: into the log with it, and a sentence to the one who asked.

        Once an answer is on its way there is nothing more to say: so Gradio ends a stream of events that are none.
        """
        logging.getLogger(__name__).error("%s: %s", path, error, exc_info=None if self._started else error)
        await self.refuse(500, SORRY)


def said(body: bytes) -> str | None:
    """The sentence in an answer of Gradio's to what has failed."""
    try:
        return json.loads(body)["error"]
    except (ValueError, LookupError, TypeError):
        return None
