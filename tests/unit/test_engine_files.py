"""The server's files for the engine in the browser: their addresses, compression and errors, without a network."""

import gzip
from types import SimpleNamespace

import httpx
import pytest
from starlette.applications import Starlette

from model.errors import UserError
from tests.helpers.coroutines import finish
from web import engine
from web.document import document_head
from web.engine import EngineFiles, configured_mode

NOTES = {"sha256": "0123456789abcdef" * 4, "temperature": 1.0}
CONTENT = b"weights" * 100
UNSUPPORTED = "mine cannot be exported, because the browser's engine does not have its layer “one” (LSTM)."


@pytest.fixture
def files_of(monkeypatch):
    """files_of(mode, notes): the files of a network with these notes."""
    described = {"networks/my net.json": b"{}", "networks/my net.bin": CONTENT, "networks/my net.features.bin": b"2"}
    described["networks/my net.cutouts-0.webp"] = b"only for the static site"
    monkeypatch.setattr(engine, "files_of", lambda *_: described)

    def files_of(mode="auto", notes=NOTES):
        classifier = SimpleNamespace(network=None, notes=notes, space=None)
        service = SimpleNamespace(notes=notes, name="my net", path=None, classifier=classifier, activations=None)
        return EngineFiles(service, mode)

    return files_of


def get(files: EngineFiles, name: str, encoding: str = "gzip") -> httpx.Response:
    async def send() -> httpx.Response:
        app = httpx.ASGITransport(Starlette(routes=files.routes()))
        async with httpx.AsyncClient(transport=app, base_url="http://page") as visitor:
            return await visitor.get(f"/{name}", headers={"Accept-Encoding": encoding})

    return finish(send())


def test_a_cache_may_keep_the_compressed_network_whose_address_has_its_hash(files_of):
    files = files_of()
    folder = files.setting["folder"]
    for encoding in ("gzip", "identity"):
        response = get(files, f"{folder}network.bin", encoding)
        assert response.content == CONTENT
        assert response.headers.get("content-encoding", "identity") == encoding
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["vary"] == "Accept-Encoding"
    assert len(gzip.compress(CONTENT)) < len(CONTENT)
    statuses = {"json": 200, "features.bin": 200, "py": 404, "cutouts-0.webp": 404}
    assert {kind: get(files, f"{folder}network.{kind}").status_code for kind in statuses} == statuses
    others = [files_of(notes=NOTES | {name: "another"}).setting["folder"] for name in NOTES]
    assert len({folder, *others}) == 3


def test_a_network_with_a_layer_that_the_engine_does_not_have_is_not_served(files_of, monkeypatch):
    def refuse(*_):
        raise UserError(UNSUPPORTED)

    monkeypatch.setattr(engine, "files_of", refuse)
    files = files_of()
    response = get(files, f"{files.setting['folder']}network.json")
    assert (response.status_code, response.json()) == (404, {"detail": UNSUPPORTED})


def test_the_document_names_the_engine_unless_the_server_answers_alone(files_of):
    assert f'id="engine">{{"mode": "browser", "folder": "{files_of().setting["folder"]}"}}' in document_head(
        files_of("browser").setting
    )
    server = files_of("server")
    assert server.setting is None and server.routes() == [] and 'id="engine"' not in document_head(server.setting)


def test_the_option_takes_precedence_over_the_variable_and_another_mode_is_refused(monkeypatch):
    assert configured_mode() == "auto"
    monkeypatch.setenv("DEMO_ENGINE", "server")
    assert (configured_mode(), configured_mode("browser")) == ("server", "browser")
    monkeypatch.setenv("DEMO_ENGINE", "gpu")
    with pytest.raises(UserError, match="DEMO_ENGINE is gpu; expected auto, server or browser"):
        configured_mode()
