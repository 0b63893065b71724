"""Request bodies: limit the size, and check the JSON of Gradio's routes.

The models of `web/schemas` validate the bodies of /api. Gradio's routes have no such models.
"""

import json
import math
from collections.abc import Iterator

from starlette.exceptions import HTTPException

# Limits in bytes. The largest accepted drawing (20,000 points) takes 400,000 bytes. An upload has one limit for all
# files together: it has one file, and the form around the file takes a few hundred bytes.
MAX_JSON, MAX_UPLOAD = 1_000_000, 21_000_000
MAX_JSON_LEVELS = 16
"""Maximum number of levels of nested lists and objects in a body. A call with a drawing has 6 levels. The limit exists
because Gradio processes bodies by recursion."""


class RequestRejected(HTTPException):
    """Raised to reject a request.

    status: the HTTP status of the answer. message: one sentence for the caller. retry_after: the seconds after which
    the caller may try again, or None.
    FastAPI reads bodies, too. It passes on this exception because it is an HTTPException.
    """

    def __init__(self, status: int, message: str, retry_after: int | None = None):
        super().__init__(status, message)
        self.status, self.message, self.retry_after = status, message, retry_after

    def __str__(self) -> str:
        return self.message


def limit_size(receive, content_length: str | None, max_bytes: int):
    """Return an ASGI `receive` that raises RequestRejected if the body is larger than `max_bytes`.

    content_length: the Content-Length header of the request, or None. The received bytes are also counted, because the
    header may be missing or too small.
    """
    received = 0

    async def limited_receive() -> dict:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if max(received, _number(content_length)) > max_bytes:
            raise RequestRejected(413, f"The request is too large; at most {max_bytes:,} bytes are accepted.")
        return message

    return limited_receive


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0


async def read_body(receive) -> bytes:
    """Return the whole body of a request."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def replay(body: bytes, receive):
    """Return an ASGI `receive`. Its first call returns `body`. Every later call returns the result of `receive`."""
    waiting = [{"type": "http.request", "body": body}]

    async def replaying_receive() -> dict:
        return waiting.pop() if waiting else await receive()

    return replaying_receive


def parse_object(body: bytes) -> dict:
    """Return the JSON object in a body.

    Raises RequestRejected if the body is not a JSON object, has a non-finite number or is nested too deeply.
    """
    try:
        value = json.loads(body.decode(), parse_float=_finite, parse_constant=_finite)
        if b"\\u" in body:
            # JSON may contain half of a surrogate pair, such as \ud800. An answer with this half cannot be encoded.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise RequestRejected(422, "The request is not JSON.") from None
    if not isinstance(value, dict):
        raise RequestRejected(422, 'Expected a JSON object, such as {"data": [ … ]}.')
    if sum(1 for _ in levels(value)) > MAX_JSON_LEVELS:
        raise RequestRejected(422, f"The JSON is nested too deeply; at most {MAX_JSON_LEVELS} levels are accepted.")
    return value


def _finite(number: str) -> float:
    # Reject a non-finite number before Gradio reads it. Gradio would quote the number in an error message, but could
    # not send this message, because JSON has finite numbers only.
    value = float(number)
    if not math.isfinite(value):
        raise RequestRejected(422, f"{number[:40]} is not finite; JSON has finite numbers only.")
    return value


def levels(value: object) -> Iterator[list]:
    """Yield one list for each level of a JSON value, from the outermost to the innermost level.

    The list contains all lists and objects at this level.
    """
    level = [value]
    while level := [part for part in level if isinstance(part, list | dict)]:
        yield level
        level = [part for outer in level for part in (outer.values() if isinstance(outer, dict) else outer)]
