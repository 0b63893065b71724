"""Serve modules, style, locales, icons and preview of assets/ to the browser, below an address that holds their hash.

When a file changes, the hash and the addresses change. The browser may therefore keep each file for a year.
"""

import functools
import hashlib
from pathlib import Path

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from web.texts import ASSETS

PATTERNS = (
    "**/*.js",
    "engine/kernel.wasm",
    "page/page.css",
    "locales/*.json",
    "icons/*.png",
    "page/favicon.svg",
    "screenshots/desktop-light.png",
)
SITE = "site"
"""The folder below assets/ with the files that only the static site has."""
UNCHANGING = "public, max-age=31536000, immutable"


@functools.cache
def public_files() -> dict[str, Path]:
    """Return the served files. The keys are the paths below assets/."""
    found = (path for pattern in PATTERNS for path in ASSETS.glob(pattern))
    paths = sorted(path for path in found if ASSETS / SITE not in path.parents)
    return {path.relative_to(ASSETS).as_posix(): path for path in paths}


@functools.cache
def version() -> str:
    """Return a hash of the names and the contents of all served files: 16 hexadecimal digits."""
    content = hashlib.sha256()
    for name, path in public_files().items():
        content.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return content.hexdigest()[:16]


def address(name: str) -> str:
    """Return the address of a served file, relative to the page. Raise KeyError if the file is not served."""
    public_files()[name]
    return f"static/{version()}/{name}"


def static_routes() -> list[Route]:
    """Return the route of the served files. The hash separates their addresses from Gradio's below /static."""
    files = StaticFiles(directory=ASSETS)

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in public_files():
            raise HTTPException(404)
        response = await files.get_response(name, request.scope)
        # After an update, a page that is still open requests files with the hash of the earlier version. It gets the
        # current files. "no-cache" makes a cache ask the server before it uses them again under the earlier address.
        is_current = request.path_params["version"] == version()
        response.headers["Cache-Control"] = UNCHANGING if is_current else "no-cache"
        return response

    register_url_convertor("hash", _HashConvertor())
    # Use a route, because a mount of Starlette does not find its files behind a proxy that strips a path.
    return [Route("/static/{version:hash}/{name:path}", serve)]


class _HashConvertor(Convertor[str]):
    regex = "[0-9a-f]{16}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value
