"""The files that the browser loads from assets/, below an address that holds their hash: modules, locales, preview.

The browser may keep a file for a year, because a changed file has another address.
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

PATTERNS = ("**/*.js", "locales/*.json", "screenshots/desktop-light.png")
UNCHANGING = "public, max-age=31536000, immutable"


@functools.cache
def public_files() -> dict[str, Path]:
    """Return the files that are served, by path below assets/."""
    paths = sorted(path for pattern in PATTERNS for path in ASSETS.glob(pattern))
    return {path.relative_to(ASSETS).as_posix(): path for path in paths}


@functools.cache
def version() -> str:
    """Return a hash of the names and the contents of all served files: 16 hexadecimal digits."""
    content = hashlib.sha256()
    for name, path in public_files().items():
        content.update(f"{name}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return content.hexdigest()[:16]


def address(name: str) -> str:
    """Return the address of a served file, relative to the page. Raises KeyError if the file is not served."""
    public_files()[name]
    return f"static/{version()}/{name}"


def static_routes() -> list[Route]:
    """Return the route of the served files. It does not overlap with Gradio's own files below /static."""
    files = StaticFiles(directory=ASSETS)

    async def serve(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in public_files():
            raise HTTPException(404)
        response = await files.get_response(name, request.scope)
        # After an update, a page that is still open requests files with the hash of the earlier version. It gets the
        # current files, which no cache may keep under the earlier address.
        is_current = request.path_params["version"] == version()
        response.headers["Cache-Control"] = UNCHANGING if is_current else "no-cache"
        return response

    register_url_convertor("hash", _HashConvertor())
    # A route, not a mount: behind a proxy that strips a path, Starlette's mounts do not find their files.
    return [Route("/static/{version:hash}/{name:path}", serve)]


class _HashConvertor(Convertor[str]):
    regex = "[0-9a-f]{16}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value
