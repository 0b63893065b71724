"""The files that the browser loads from assets/, below an address that holds their hash: modules, locales, preview.

The browser may keep a file for a year, because a changed file has another address.
"""

import functools
import hashlib
from pathlib import Path

from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Mount
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


def static_routes() -> list[Mount]:
    """Return the routes of the served files. They do not overlap with Gradio's own files below /static."""
    register_url_convertor("hash", _HashConvertor())
    return [Mount("/static/{version:hash}", _PublicFiles(directory=ASSETS))]


class _HashConvertor(Convertor[str]):
    regex = "[0-9a-f]{16}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class _PublicFiles(StaticFiles):
    """Serves the files of `public_files`, with a header for caches."""

    async def get_response(self, path: str, scope) -> Response:
        if path not in public_files():
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        # After an update, a page that is still open requests files with the hash of the earlier version. It gets the
        # current files, which no cache may keep under the earlier address.
        is_current = scope["path_params"]["version"] == version()
        response.headers["Cache-Control"] = UNCHANGING if is_current else "no-cache"
        return response
