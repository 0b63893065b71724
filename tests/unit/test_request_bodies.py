"""Bodies of requests: the size is limited, the numbers in JSON are finite, and JSON is not nested too deeply."""

import json

import pytest

from model.preprocessing.strokes import MAX_POINTS
from tests.helpers.coroutines import finish
from web.schemas.fields import MAX_STROKES
from web.security import bodies
from web.security.bodies import MAX_JSON, MAX_JSON_KEYS, MAX_JSON_LEVELS, MAX_JSON_LISTS, RequestRejected

NESTED_TOO_DEEPLY = '{"data": ' + "[" * MAX_JSON_LEVELS + "]" * MAX_JSON_LEVELS + "}"
TOO_DEEP_TO_PARSE = '{"data": ' + "[" * 100_000


def chunks(*parts: bytes):
    """Return an ASGI `receive` that returns the parts of a body, one per call, and after them http.disconnect."""
    messages = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    messages[-1]["more_body"] = False
    messages.append({"type": "http.disconnect"})

    async def receive():
        return messages.pop(0)

    return receive


def test_a_body_in_parts_is_read_as_a_whole():
    assert finish(bodies.read_body(chunks(b"one, ", b"", b"two"))) == b"one, two"


def test_a_body_of_the_largest_size_is_read():
    receive = bodies.limit_size(chunks(b"12345", b"67890"), "10", 10)
    assert finish(bodies.read_body(receive)) == b"1234567890"


@pytest.mark.parametrize("content_length", [None, "1", "11"])
def test_a_larger_body_is_rejected_even_if_the_header_states_a_smaller_size(content_length):
    receive = bodies.limit_size(chunks(b"12345", b"678901"), content_length, 10)
    with pytest.raises(RequestRejected, match="at most 10 bytes") as rejected:
        finish(bodies.read_body(receive))
    assert rejected.value.status == 413


def test_a_body_is_rejected_at_the_first_part_if_the_header_states_a_larger_size():
    receive = bodies.limit_size(chunks(b"1", b"2"), "1000", 10)
    with pytest.raises(RequestRejected, match="too large"):
        finish(receive())


@pytest.mark.parametrize(
    "body", [b"[]," * (MAX_JSON_LISTS + 1), b"{}" * (MAX_JSON_LISTS + 1), b'"a":1,' * (MAX_JSON_KEYS + 1)]
)
def test_json_with_too_many_lists_objects_or_keys_is_rejected_before_it_is_parsed(body):
    receive = bodies.limit_json(chunks(body[:1_000], body[1_000:]))
    finish(receive())
    with pytest.raises(RequestRejected, match="13,000 lists and objects and 1,000 keys") as rejected:
        finish(receive())
    assert rejected.value.status == 422


def test_the_largest_drawing_of_the_page_is_within_the_limits_of_json():
    drawing = {"strokes": [[[0.1234, 0.5678]] * (MAX_POINTS // MAX_STROKES)] * MAX_STROKES}
    call = {"data": [drawing, None, None], "fn_index": 3, "session_hash": "0123456789"}
    body = json.dumps(call, separators=(",", ":")).encode()
    assert len(body) <= MAX_JSON
    assert finish(bodies.read_body(bodies.limit_json(chunks(body)))) == body


def test_a_replayed_body_comes_before_the_later_messages():
    async def messages():
        receive = bodies.replay(b"checked", chunks(b"later"))
        return [await receive() for _ in range(3)]

    body, later, left = finish(messages())
    assert body == {"type": "http.request", "body": b"checked"}
    assert later["body"] == b"later" and left == {"type": "http.disconnect"}


@pytest.mark.parametrize("value", [{}, {"data": [{"strokes": [[[0.5, 1e300]]]}]}, {"data": ["é \\u \ud83d\ude00"]}])
def test_a_json_object_is_parsed(value):
    body = json.dumps(value).encode()
    assert bodies.parse_object(body) == json.loads(body)


@pytest.mark.parametrize(
    "body, message",
    [
        (b"strokes, please", "not JSON"),
        (b"", "not JSON"),
        (b'{"data": [', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b'{"data": ["\\ud800"]}', "not JSON"),
        (b'{"data": ["\xed\xa0\x80"]}', "not JSON"),
        (TOO_DEEP_TO_PARSE.encode(), "not JSON"),
        (b'{"data": [' + b"9" * 5000 + b"]}", "number is not finite"),
        (b"[]", "Expected a JSON object"),
        (b"7", "Expected a JSON object"),
        (b'{"data": [NaN]}', "number is not finite"),
        (b'{"data": [-Infinity]}', "number is not finite"),
        (b'{"data": [1e999]}', "number is not finite"),
        (NESTED_TOO_DEEPLY.encode(), "nested too deeply; at most 16 levels"),
    ],
    ids=lambda value: str(value[:24]),
)
def test_any_other_body_is_rejected_with_a_reason(body, message):
    with pytest.raises(RequestRejected, match=message) as rejected:
        bodies.parse_object(body)
    assert rejected.value.status == 422


def test_the_levels_of_a_json_value_go_from_the_outermost_to_the_innermost():
    value = {"data": [[1], {"path": [2]}], "more": 3}
    assert list(bodies.levels(value)) == [[value], [[[1], {"path": [2]}]], [[1], {"path": [2]}], [[2]]]
    assert list(bodies.levels("text")) == []
