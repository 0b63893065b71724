"""The manifest with which a visitor installs the page."""

import io
import json

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from tests.helpers.coroutines import finish
from tests.helpers.paths import ROOT
from web.manifest import installation_head, manifest, manifest_routes
from web.static_files import public_files, version
from web.texts import TEXTS


def get(path: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=manifest_routes()))
        async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
            return await client.get(path)

    return finish(send())


def picture_at(address: str) -> Image.Image:
    """Return the picture that is served at an address relative to the page."""
    return Image.open(io.BytesIO(public_files()[address.removeprefix(f"static/{version()}/")]))


@pytest.mark.parametrize("tag", TEXTS)
def test_the_manifest_is_in_the_chosen_language(tag):
    answer = get(f"/manifest.json?language={tag}")
    assert answer.headers["content-type"] == "application/manifest+json"
    assert (answer.json()["name"], answer.json()["lang"]) == (TEXTS[tag]["title"], tag)


@pytest.mark.parametrize("query", ["", "?language=", "?language=tlh", "?language=../en"])
def test_the_manifest_is_english_for_an_unknown_language(query):
    assert get(f"/manifest.json{query}").json() == manifest("en")


def test_no_address_of_the_manifest_is_absolute_so_that_the_page_can_be_below_a_path():
    assert manifest("en")["start_url"] == manifest("en")["scope"] == "./"
    assert "://" not in json.dumps(manifest("en")) and '"/' not in json.dumps(manifest("en"))
    assert 'href="/' not in installation_head()


def test_every_icon_has_the_size_that_the_manifest_says():
    for icon in manifest("en")["icons"]:
        if icon["sizes"] != "any":
            assert icon["sizes"] == "{}x{}".format(*picture_at(icon["src"]).size)


@pytest.mark.parametrize("name", ["maskable-512", "apple-touch-icon"])
def test_an_icon_that_the_system_crops_has_no_transparent_corner(name):
    icon = Image.open(ROOT / "assets" / "icons" / f"{name}.png").convert("RGBA")
    assert icon.getchannel("A").getextrema() == (255, 255)
