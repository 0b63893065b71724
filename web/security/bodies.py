"""Request bodies: limit the size, and check the JSON of Gradio's routes.

The models of `web/schemas` validate the bodies of /api. Gradio's routes have no such models.
"""

import re
from collections.abc import Iterator

import orjson
from starlette.exceptions import HTTPException

# Limits in bytes. The largest drawing of the page, 12,000 points with four decimals, takes 200,000 bytes. An upload has
# one limit for all files together: it has one file, and the form around the file takes a few hundred bytes.
MAX_JSON, MAX_UPLOAD = 256_000, 21_000_000
# Limits on the content of JSON. The bytes of a body are counted before the body is parsed, because parsing thousands of
# lists, and naming what is wrong with thousands of keys, takes longer than everything else that the server does.
MAX_JSON_LISTS = 13_000
"""Maximum number of lists and objects in a body. The largest drawing has 12,501."""
MAX_JSON_KEYS = 1_000
"""Maximum number of keys in a body. A call has about 20."""
MAX_JSON_LEVELS = 16
"""Maximum number of levels of nested lists and objects in a body. A call with a drawing has 6 levels. The limit exists
because Gradio processes bodies by recursion."""
# Gradio would quote such a number in an error message, but could not send this message.
NON_FINITE = re.compile(rb"NaN|Infinity|\de\+?\d{3}|\d{309}", re.IGNORECASE)


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


def limit_json(receive):
    """Return an ASGI `receive` that raises RequestRejected if the body has too many lists, objects or keys.

    Brackets and colons in texts count, too: no text in a call has many.
    """
    lists = keys = 0

    async def limited_receive() -> dict:
        nonlocal lists, keys
        message = await receive()
        body = message.get("body", b"")
        lists += body.count(b"[") + body.count(b"{")
        keys += body.count(b":")
        if lists > MAX_JSON_LISTS or keys > MAX_JSON_KEYS:
            raise RequestRejected(
                422,
                f"The JSON is too complex; at most {MAX_JSON_LISTS:,} lists and objects and {MAX_JSON_KEYS:,} keys are "
                "accepted.",
            )
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
        # orjson is several times faster than json. It also rejects what cannot be encoded in an answer: non-finite
        # numbers, and half of a surrogate pair such as \ud800.
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        if NON_FINITE.search(body):
            raise RequestRejected(422, "A number is not finite; JSON has finite numbers only.") from None
        raise RequestRejected(422, "The request is not JSON.") from None
    if not isinstance(value, dict):
        raise RequestRejected(422, 'Expected a JSON object, such as {"data": [ … ]}.')
    if sum(1 for _ in levels(value)) > MAX_JSON_LEVELS:
        raise RequestRejected(422, f"The JSON is nested too deeply; at most {MAX_JSON_LEVELS} levels are accepted.")
    return value


def levels(value: object) -> Iterator[list]:
    """Yield one list for each level of a JSON value, from the outermost to the innermost level.

    The list contains all lists and objects at this level.
    """
    level = [value]
    while level := [part for part in level if isinstance(part, list | dict)]:
        yield level
        level = [part for outer in level for part in (outer.values() if isinstance(outer, dict) else outer)]
