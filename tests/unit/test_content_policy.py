"""The Content-Security-Policy: scripts inside a document run only if the server has marked them."""

import re

import httpx
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from tests.helpers.coroutines import finish
from web.security.content_policy import HEADER, ContentPolicy, policy

DOCUMENT = '<html><script>one()</script><script type="module" src="two.js"></script></html>'


def get(endpoint) -> httpx.Response:
    app = ContentPolicy(Starlette(routes=[Route("/", endpoint)]))

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
            return await client.get("/")

    return finish(send())


def nonce_of(response: httpx.Response) -> str:
    [nonce] = re.findall(r"'nonce-([\w-]+)'", response.headers[HEADER])
    return nonce


def test_the_scripts_of_a_document_have_the_nonce_of_its_policy():
    response = get(lambda request: HTMLResponse(DOCUMENT))
    assert response.text == DOCUMENT.replace("<script", f'<script nonce="{nonce_of(response)}"')
    assert int(response.headers["content-length"]) == len(response.content)


def test_a_document_in_several_parts_is_marked_as_a_whole():
    async def parts():
        yield DOCUMENT[:10]
        yield DOCUMENT[10:]

    response = get(lambda request: StreamingResponse(parts(), media_type="text/html"))
    assert response.text == DOCUMENT.replace("<script", f'<script nonce="{nonce_of(response)}"')


def test_every_document_has_another_nonce():
    documents = [get(lambda request: HTMLResponse(DOCUMENT)) for _ in range(2)]
    assert len({nonce_of(document) for document in documents}) == 2


def test_other_responses_are_unchanged():
    response = get(lambda request: JSONResponse("<script>"))
    assert response.text == '"<script>"' and HEADER not in response.headers


def test_the_policy_names_no_other_host_except_those_that_may_show_the_page():
    directives = [directive.partition(" ") for directive in policy().split("; ")]
    hosts = {name: re.findall(r"https?://\S+", sources) for name, _, sources in directives}
    assert {name for name, named in hosts.items() if named} == {"frame-ancestors"}
    assert "'unsafe-inline'" not in dict((name, sources) for name, _, sources in directives)["script-src"]
