"""Add security headers to responses, and replace Gradio's 500 by a suitable status and message.

Gradio answers every failure with 500: an invalid drawing, a wrong number of arguments, and an error in Gradio itself.
"""

import json
import logging

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

HEADERS = {
    # Only this server and Hugging Face may show the page in a frame, because huggingface.co shows a Space in a frame.
    "Content-Security-Policy": "frame-ancestors 'self' https://huggingface.co https://*.hf.space; "
    "object-src 'none'; base-uri 'self'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

GENERIC_MESSAGE = "Something went wrong on the server. Please try again."


class Response:
    """Sends the response to one request.

    If Gradio answers with a 500 and an error message, the client gets a 422 with this message. If Gradio answers with a
    500 without an error message, the client gets a 500 with GENERIC_MESSAGE.
    """

    def __init__(self, send):
        """send: the ASGI `send` that the server provides."""
        self._send, self._started, self._failed = send, False, False

    async def send(self, message) -> None:
        """Forward an ASGI message of the application. The messages of a 500 are replaced by an error response."""
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
            self._failed = message["status"] == 500
            self._started = not self._failed
        if not self._failed:
            await self._send(message)
        elif message["type"] == "http.response.body":
            error = _error_message(message["body"])
            await self.send_error(422 if error else 500, error or GENERIC_MESSAGE)

    async def send_error(self, status: int, message: str) -> None:
        """Send {"error": message}, the form that Gradio's clients expect, unless a response has already started."""
        if self._started:
            return
        self._started = True
        response = JSONResponse({"error": message}, status, HEADERS)
        await self._send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
        await self._send({"type": "http.response.body", "body": response.body})

    async def send_failure(self, error: Exception, path: str) -> None:
        """Log an exception of the application, and send a generic message.

        If the response has already started, the log gets no traceback. This happens when a client asks for an unknown
        event: Gradio ends the event stream by an exception.
        """
        logging.getLogger(__name__).error("%s: %s", path, error, exc_info=None if self._started else error)
        await self.send_error(500, GENERIC_MESSAGE)


def _error_message(body: bytes) -> str | None:
    """Return the error message in the body of a Gradio response, or None if there is no message."""
    try:
        return json.loads(body)["error"]
    except (ValueError, LookupError, TypeError):
        return None
