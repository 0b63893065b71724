"""The Content-Security-Policy: scripts inside a document run only if the server has marked them."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, StreamingResponse
from starlette.routing import Route

from model.errors import UserError
from tests.helpers.coroutines import finish
from web.security.content_policy import HEADER, ContentPolicy, frame_ancestors, policy

DOCUMENT = '<html><script>one()</script><script type="module" src="two.js"></script></html>'


def get(endpoint, query="", **options) -> httpx.Response:
    app = ContentPolicy(Starlette(routes=[Route("/", endpoint)]), **options)

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as client:
            return await client.get(f"/{query}")

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


@pytest.mark.parametrize(
    "sites", ["https://example.org", "*", "'none'", "'self' https://*.example.org:8443  http://localhost:*"]
)
def test_the_operator_chooses_the_sites_that_may_show_the_page_in_a_frame(monkeypatch, sites):
    monkeypatch.setenv("FRAME_ANCESTORS", sites)
    expected = " ".join(sites.split())
    assert frame_ancestors() == expected
    assert f"frame-ancestors {expected};" in policy(frames=frame_ancestors())


@pytest.mark.parametrize(
    "sites", ["https://example.org; script-src *", "'unsafe-inline'", "https://exa,mple", "a\u00e4.example"]
)
def test_a_site_that_is_no_source_is_an_error(monkeypatch, sites):
    monkeypatch.setenv("FRAME_ANCESTORS", sites)
    with pytest.raises(UserError, match="FRAME_ANCESTORS has the entry .*; expected sites such as https://example.org"):
        frame_ancestors()


def test_without_a_setting_spaces_and_local_notebooks_may_show_the_page(monkeypatch):
    monkeypatch.delenv("FRAME_ANCESTORS", raising=False)
    assert {"https://*.hf.space", "http://localhost:*"} <= set(frame_ancestors().split())


def test_any_site_may_show_the_embedded_view_unless_the_operator_names_sites(monkeypatch):
    def frames(query, **options) -> str:
        [found] = re.findall(
            r"frame-ancestors ([^;]+);", get(lambda _: HTMLResponse(""), query, **options).headers[HEADER]
        )
        return found

    assert [frames(query) for query in ("?embed", "?__theme=dark&embed=1")] == ["*", "*"]
    assert {frames(query) for query in ("", "?embedded", "?x=embed", "#embed")} == {frame_ancestors()}
    monkeypatch.setenv("FRAME_ANCESTORS", "https://school.example")
    assert frames("?embed", embedding=frame_ancestors("*")) == "https://school.example"
