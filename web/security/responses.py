"""Add headers to responses, and replace Gradio's 500 by a suitable status and message.

Gradio answers every failure with 500: an invalid drawing, a wrong number of arguments, and an error in Gradio itself.
"""

import json
import logging
import re

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

from web.admission import Overloaded
from web.security import content_policy
from web.static_files import UNCHANGING

HEADERS = {
    content_policy.HEADER: content_policy.policy(),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}

QUEUED = ("/gradio_api/queue/", "/gradio_api/call/")
# `gradio_client` reads the message of a 422 only.
REFUSED = (403, 429)
# Gradio's own scripts have a hash in their names. Gradio sends them without this header.
HASHED = re.compile(r"/assets/[\w./-]+-[\w-]{8}\.(js|css)", re.ASCII)

GENERIC_MESSAGE = "Something went wrong on the server. Please try again."


class Response:
    """Sends the response to one request.

    If Gradio answers with a 500 and an error message, the client gets a 422 with this message, or a 503 if the server
    is overloaded. If Gradio answers with any other 500, the client gets a 500 with GENERIC_MESSAGE. If Gradio's queue
    is full, the client gets a 503 with the message of Overloaded.
    """

    def __init__(self, send, path: str):
        """send: the ASGI `send` that the server provides. path: the path of the request."""
        self._send, self._path, self._started = send, path, False
        self._failed = self._is_queue_full = False

    async def send(self, message) -> None:
        """Forward an ASGI message of the application. The messages of a 500 are replaced by an error response."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)  # A document has its own Content-Security-Policy.
            if message["status"] == 200 and HASHED.fullmatch(self._path):
                headers["Cache-Control"] = UNCHANGING
            self._is_queue_full = message["status"] == 503 and self._path.startswith(QUEUED)
            self._failed = message["status"] == 500 or self._is_queue_full
            self._started = not self._failed
        if not self._failed:
            await self._send(message)
        elif message["type"] == "http.response.body":
            error = str(Overloaded()) if self._is_queue_full else _error_message(message["body"])
            status = 503 if error == str(Overloaded()) else 422 if error else 500
            await self.send_error(status, error or GENERIC_MESSAGE)

    async def send_error(self, status: int, message: str, retry_after: int | None = None) -> None:
        """Send an error message in the form of `error_body`, unless a response has already started.

        retry_after: the seconds after which the client may try again, or None. A 503 always has such a time.
        """
        if self._started:
            return
        self._started = True
        retry_after = Overloaded.retry_after if status == 503 else retry_after
        headers = HEADERS | ({"Retry-After": str(retry_after)} if retry_after else {})
        if status in REFUSED and self._path.startswith(QUEUED):
            status = 422
        response = JSONResponse(error_body(self._path, status, message), status, headers)
        await self._send({"type": "http.response.start", "status": status, "headers": response.raw_headers})
        await self._send({"type": "http.response.body", "body": response.body})

    async def send_failure(self, error: Exception) -> None:
        """Log an exception of the application, and send a generic message.

        The log gets no traceback if Gradio ends an event stream by an exception, because a client asked for an unknown
        event.
        """
        ends_stream = self._started and self._path.startswith("/gradio_api/")
        logging.getLogger(__name__).error("%s: %s", self._path, error, exc_info=None if ends_stream else error)
        await self.send_error(500, GENERIC_MESSAGE)


def error_body(path: str, status: int, message: str) -> dict:
    """Return the JSON of an error message, in the form that the clients of this path read.

    `gradio_client` calls endpoints through the queue. Of a 422, it reads a list of validation errors.
    """
    if not path.startswith("/gradio_api/"):
        return {"detail": message}
    if status == 422 and path.startswith(QUEUED):
        return {"error": message, "detail": [{"__type__": "validate", "is_valid": False, "message": message}]}
    return {"error": message}


def _error_message(body: bytes) -> str | None:
    """Return the error message in the body of a Gradio response, or None if there is no message."""
    try:
        return json.loads(body)["error"]
    except (ValueError, LookupError, TypeError):
        return None
