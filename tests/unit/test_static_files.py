"""Test the files that the browser loads from assets/, and the head of the document, which names these files."""

import json
import re

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.routing import Route

from tests.helpers.coroutines import finish
from tests.helpers.paths import ROOT
from web import static_files
from web.document import Document, document_head
from web.joined_scripts import name_of
from web.scripts import PAGE
from web.texts import ENGLISH, LANGUAGES


def get(app, path: str) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://page") as visitor:
            return await visitor.get(path)

    return finish(send())


def get_file(name: str, version: str | None = None) -> httpx.Response:
    """Request a file at the address of a version. The version is a hash. None stands for the current hash."""
    return get(Starlette(routes=static_files.static_routes()), f"/static/{version or static_files.version()}/{name}")


TYPES = {
    "page/page.css": "text/css; charset=utf-8",
    "engine/kernel.wasm": "application/wasm",
    "icons/icon-192.png": "image/png",
    "locales/zh-CN.json": "application/json",
}
"""Files that are served as they are, and their media types."""


@pytest.mark.parametrize("name", TYPES)
def test_a_cache_may_keep_a_file_for_ever(name):
    response = get_file(name)
    assert response.content == (ROOT / "assets" / name).read_bytes()
    assert response.headers["content-type"] == TYPES[name]
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"


SCRIPTS = (PAGE, "engine/engine.js", "components/inside/painter_worker.js")


def test_the_modules_are_joined_into_a_script_for_the_page_the_engine_and_the_worker():
    assert sorted(name for name in static_files.public_files() if name.endswith(".js")) == sorted(SCRIPTS)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_joined_script_is_served_as_javascript_and_exports_its_modules(name):
    response = get_file(name)
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert f"\nexport const {name_of(name)} = " in response.text


def test_a_page_of_an_earlier_version_gets_the_current_files_which_no_cache_keeps():
    response = get_file("page/page.css", version="0123456789abcdef")
    assert response.content == (ROOT / "assets" / "page" / "page.css").read_bytes()
    assert response.headers["cache-control"] == "no-cache"


OTHERS = (
    "components/about/about.css",
    "screenshots/phone.png",
    "page",
    "page/events.js",  # It is part of a joined file.
    "page/nothing.js",
    "../demo.py",
    "%2e%2e/demo.py",
    "",
)


@pytest.mark.parametrize("name", OTHERS)
def test_no_other_file_is_served(name):
    assert get_file(name).status_code == 404


def test_gradios_own_files_below_static_reach_gradio():
    gradio = Route("/static/{path:path}", lambda request: PlainTextResponse("Gradio"))
    page = Starlette(routes=[*static_files.static_routes(), gradio])
    assert get(page, "/static/img/logo.svg").text == "Gradio"


def test_the_version_changes_with_the_content_of_a_file(monkeypatch):
    versions = set()
    for content in (b"1", b"2"):
        monkeypatch.setattr(static_files, "public_files", lambda content=content: {"a.js": content})
        versions.add(static_files.version.__wrapped__())
    assert len(versions) == 2 and all(re.fullmatch("[0-9a-f]{16}", version) for version in versions)


def test_the_head_names_the_script_of_the_page_once():
    scripts = re.findall(r'<script type="module" src="([^"]+)">', document_head())
    assert scripts == [f"static/{static_files.version()}/{PAGE}"]


def test_the_head_holds_the_languages_and_the_english_texts_once():
    [data] = re.findall(r'<script type="application/json" id="languages">(.*?)</script>', document_head(), re.DOTALL)
    assert json.loads(data) == {"languages": LANGUAGES, "english": ENGLISH}


GRADIO = """<html><head><title>Page</title>
<meta property="og:title" content="Gradio" /><meta name="twitter:creator" content="@Gradio" /></head></html>"""


def test_the_document_gets_this_projects_head_and_preview():
    response = get(Document(HTMLResponse(GRADIO)), "/")
    assert response.text.startswith(f"<html><head>{document_head()}")
    assert "Gradio" not in response.text
    tags = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', response.text))
    assert tags["og:title"] == ENGLISH["title"] and tags["description"] == ENGLISH["subtitle"]
    assert tags["og:url"] == "http://page/"
    image = tags["og:image"].removeprefix(f"http://page/static/{static_files.version()}/")
    assert get_file(image).headers["content-type"] == "image/png"
    assert response.headers["content-length"] == str(len(response.content))


def test_the_head_names_the_theme_that_gradio_requests_later():
    config = '<script>window.gradio_config = {"theme_hash":"12ab","root":"https://page/below"};</script>'
    response = get(Document(HTMLResponse(GRADIO + config)), "/")
    assert '<link rel="stylesheet" href="https://page/below/theme.css?v=12ab">' in response.text
    assert "theme.css" not in get(Document(HTMLResponse(GRADIO)), "/").text


@pytest.mark.parametrize("path, app", [("/", JSONResponse("<head>")), ("/docs", HTMLResponse("<head>"))])
def test_other_responses_stay_as_they_are(path, app):
    assert "<meta" not in get(Document(app), path).text


def test_gradios_view_of_the_api_leads_to_the_documentation():
    response = get(Document(HTMLResponse(GRADIO)), "/?view=api")
    assert (response.status_code, response.headers["location"]) == (307, "docs")
