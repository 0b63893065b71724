"""What strangers send: a body that is not too large, and JSON that is not too deep."""

import json
import math
from collections.abc import Iterator

from web.security.reply import Refusal

# A drawing lies six brackets deep, and Gradio walks through what it gets by recursion.
MAX_DEPTH = 16


def bounded(receive, told: str | None, limit: int):
    """An ASGI `receive` that raises Refusal past `limit` bytes, whether `told` so (content-length) or not."""
    taken = 0

    async def receive_some() -> dict:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if max(taken, int(told or 0)) > limit:
            raise Refusal(413, f"This is too large: at most {limit:,} bytes are read.")
        return message

    return receive_some


async def whole(receive) -> bytes:
    """All that comes."""
    body, more = bytearray(), True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(body)


def again(body: bytes, receive):
    """An ASGI `receive` that gives a body that was read already, then what follows it."""
    waiting = [{"type": "http.request", "body": body}]

    async def receive_again() -> dict:
        return waiting.pop() if waiting else await receive()

    return receive_again


def parse(body: bytes) -> dict:
    """A JSON object with at most MAX_DEPTH brackets in brackets. Raises Refusal."""
    try:
        value = json.loads(body.decode(), parse_float=_finite, parse_constant=_finite)
        if b"\\u" in body:
            # Half a surrogate pair is text in JSON, and in no answer that would quote it.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Refusal(422, "This is not JSON.") from None
    if not isinstance(value, dict):
        raise Refusal(422, 'Expected a JSON object, such as {"data": [ … ]}.')
    if sum(1 for _ in layers(value)) > MAX_DEPTH:
        raise Refusal(422, f"There are more than {MAX_DEPTH} brackets in brackets.")
    return value


def _finite(number: str) -> float:
    """Gradio, which quotes what it refuses, fails over one that is not. Raises Refusal."""
    value = float(number)
    if not math.isfinite(value):
        raise Refusal(422, "A number here is not finite; JSON has none such.")
    return value


def layers(value: object) -> Iterator[list]:
    """The lists and objects of a JSON value: itself, then those in it, then those in these."""
    layer = [value]
    while layer := [part for part in layer if isinstance(part, list | dict)]:
        yield layer
        layer = [part for outer in layer for part in (outer.values() if isinstance(outer, dict) else outer)]
