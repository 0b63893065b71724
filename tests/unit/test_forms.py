"""Forms stay in memory, with one limit for all forms that are arriving."""

import asyncio

import pytest
from starlette.requests import Request

from tests.helpers.coroutines import finish
from web.admission import Overloaded
from web.forms import DamagedFormError, FormReader

HEADERS = [(b"content-type", b"multipart/form-data; boundary=edge")]
START = b'--edge\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'


def request(*messages: dict) -> Request:
    """Return a request whose body arrives as these ASGI messages; after the last one, the client is silent."""
    remaining = list(messages)

    async def receive() -> dict:
        return remaining.pop(0) if remaining else await asyncio.Future()

    return Request({"type": "http", "method": "POST", "headers": HEADERS}, receive)


def part(body: bytes, more: bool = True) -> dict:
    return {"type": "http.request", "body": body, "more_body": more}


def complete(content: bytes) -> Request:
    return request(part(START + content), part(b"\r\n--edge--\r\n", more=False))


def test_a_form_is_read_and_gives_its_bytes_back():
    async def read() -> list[bytes]:
        forms = FormReader(max_arriving=200)
        return [await (await forms.read(complete(b"picture")))["picture"].read() for _ in range(5)]

    assert finish(read()) == [b"picture"] * 5


def test_silent_clients_take_nothing_of_the_limit():
    async def read() -> bytes:
        forms = FormReader(max_arriving=len(START) + 100)
        silent = [asyncio.create_task(forms.read(request())) for _ in range(20)]
        await asyncio.sleep(0)
        form = await forms.read(complete(b"picture"))
        for task in silent:
            task.cancel()
        return await form["picture"].read()

    assert finish(read()) == b"picture"


def test_forms_that_are_too_large_together_are_refused():
    async def read() -> None:
        forms = FormReader(max_arriving=1_000)
        arriving = asyncio.create_task(forms.read(request(part(START + bytes(600)))))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await forms.read(complete(bytes(600)))
        arriving.cancel()
        await asyncio.wait([arriving])
        await forms.read(complete(bytes(600)))

    finish(read())


def test_a_form_whose_client_disconnects_is_not_complete():
    with pytest.raises(DamagedFormError):
        finish(FormReader().read(request(part(START), {"type": "http.disconnect"})))
