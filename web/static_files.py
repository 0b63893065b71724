"""Serve scripts, style, locales, icons and preview of assets/ to the browser, below an address that holds their hash.

When a file changes, the hash and the addresses change. The browser may therefore keep each file for a year.
"""

import functools
import hashlib
import mimetypes
from collections.abc import Mapping
from pathlib import PurePosixPath

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.scripts import page_scripts
from web.texts import ASSETS

PATTERNS = (
    "engine/kernel.wasm",
    "page/page.css",
    "locales/*.json",
    "icons/*.png",
    "page/favicon.svg",
    "screenshots/desktop-light.png",
)
TYPES = {".js": "text/javascript", ".wasm": "application/wasm"}
"""Media types by the end of a name. Some systems are configured with others, with which browsers refuse the files."""
UNCHANGING = "public, max-age=31536000, immutable"


@functools.cache
def public_files() -> dict[str, bytes]:
    """Return the contents of the served files. The keys are their paths below assets/."""
    paths = [path for pattern in PATTERNS for path in ASSETS.glob(pattern)]
    files = {path.relative_to(ASSETS).as_posix(): path.read_bytes() for path in paths}
    return files | page_scripts()


@functools.cache
def version() -> str:
    """Return the hash of all served files, see `hash_of`."""
    return hash_of(public_files())


def hash_of(files: Mapping[str, bytes]) -> str:
    """Return a hash of the names and the contents of files: 16 hexadecimal digits."""
    content = hashlib.sha256()
    for name, each in sorted(files.items()):
        content.update(f"{name}\n{hashlib.sha256(each).hexdigest()}\n".encode())
    return content.hexdigest()[:16]


def address(name: str) -> str:
    """Return the address of a served file, relative to the page. Raise KeyError if the file is not served."""
    public_files()[name]
    return f"static/{version()}/{name}"


def static_routes() -> list[Route]:
    """Return the route of the served files. The hash separates their addresses from Gradio's below /static."""

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in public_files():
            raise HTTPException(404)
        # After an update, a page that is still open requests files with the hash of the earlier version. It gets the
        # current files. "no-cache" makes a cache ask the server before it uses them again under the earlier address.
        is_current = request.path_params["version"] == version()
        headers = {"Cache-Control": UNCHANGING if is_current else "no-cache"}
        return Response(public_files()[name], media_type=_media_type(name), headers=headers)

    register_url_convertor("hash", _HashConvertor())
    # Use a route, because a mount of Starlette does not find its files behind a proxy that strips a path.
    return [Route("/static/{version:hash}/{name:path}", serve)]


def _media_type(name: str) -> str | None:
    return TYPES.get(PurePosixPath(name).suffix) or mimetypes.guess_type(name)[0]


class _HashConvertor(Convertor[str]):
    regex = "[0-9a-f]{16}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value
