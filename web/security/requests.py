"""Read request bodies: limit the size, and reject JSON that has non-finite numbers or is nested too deeply."""

import json
import math
from collections.abc import Iterator

MAX_JSON_LEVELS = 16
"""Levels of lists and objects in a body. A drawing has 6. Gradio processes bodies by recursion."""


class RequestRejected(Exception):
    """A request is rejected. The exception holds an HTTP status and a message of one sentence."""

    def __init__(self, status: int, message: str):
        super().__init__(message)
        self.status, self.message = status, message


def limit_size(receive, content_length: str | None, max_bytes: int):
    """Return an ASGI `receive` that raises RequestRejected if the body is larger than `max_bytes`.

    content_length: the Content-Length header of the request, or None. Without the header, the bytes are counted as they
    arrive.
    """
    received = 0

    async def limited_receive() -> dict:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if max(received, int(content_length or 0)) > max_bytes:
            raise RequestRejected(413, f"The request is too large; at most {max_bytes:,} bytes are accepted.")
        return message

    return limited_receive


async def read_body(receive) -> bytes:
    """Return the whole body of a request."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def replay(body: bytes, receive):
    """Return an ASGI `receive` that returns `body` first, and then the messages that follow the body."""
    waiting = [{"type": "http.request", "body": body}]

    async def replaying_receive() -> dict:
        return waiting.pop() if waiting else await receive()

    return replaying_receive


def parse_object(body: bytes) -> dict:
    """Return the JSON object in a body. Raises RequestRejected."""
    try:
        value = json.loads(body.decode(), parse_float=_finite, parse_constant=_finite)
        if b"\\u" in body:
            # Half of a surrogate pair is valid in JSON, but an answer that quotes the half cannot be encoded.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise RequestRejected(422, "The request is not JSON.") from None
    if not isinstance(value, dict):
        raise RequestRejected(422, 'Expected a JSON object, such as {"data": [ … ]}.')
    if sum(1 for _ in levels(value)) > MAX_JSON_LEVELS:
        raise RequestRejected(422, f"The JSON is nested too deeply; at most {MAX_JSON_LEVELS} levels are accepted.")
    return value


def _finite(number: str) -> float:
    # Gradio quotes a rejected value in the answer, and cannot encode a non-finite number.
    value = float(number)
    if not math.isfinite(value):
        raise RequestRejected(422, f"{number[:40]} is not finite; JSON has finite numbers only.")
    return value


def levels(value: object) -> Iterator[list]:
    """Yield the lists and objects of a JSON value, one level at a time, from the outermost to the innermost."""
    level = [value]
    while level := [part for part in level if isinstance(part, list | dict)]:
        yield level
        level = [part for outer in level for part in (outer.values() if isinstance(outer, dict) else outer)]
