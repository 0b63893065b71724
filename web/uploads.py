"""Receive the pictures that Gradio's clients upload, with a limit for all pictures together.

`gradio_client` first uploads a picture, and then calls an endpoint with the path of the picture. Gradio's own route has
no limit for all uploads together, and leaves the files of aborted uploads. This module replaces that route.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from web.admission import Overloaded
from web.security.bodies import MAX_UPLOAD, RequestRejected
from web.security.calls import UPLOAD
from web.upload_folder import UploadFolder

MAX_UPLOADS = 200_000_000
"""Maximum size of all pictures in bytes. It includes the pictures that are still arriving."""
MAX_UPLOADED_PICTURES = 1_000
MAX_PICTURE = 20_000_000
"""Maximum size of one picture in bytes. A photo from a phone has about 5 MB."""
MAX_AGE = 120
"""Seconds until a picture is deleted that no call has read. A client calls an endpoint right after the upload."""

FULL = "There is no room for more pictures at the moment; try again later."
TOO_LARGE = f"The picture is too large; at most {MAX_PICTURE:,} bytes are accepted."
NO_FORM = "The request is not a complete form; expected multipart/form-data with one picture in the field files."


class Uploads:
    """The pictures that this process has received and that no call has read yet.

    An arriving picture is in memory until it is complete. Therefore an aborted upload leaves no file.
    """

    def __init__(self, folder: UploadFolder):
        """folder: where to keep the pictures. It is deleted at the end of `lifespan`."""
        self._folder = folder
        self._sizes: dict[Path, int] = {}
        self._arriving = 0

    @contextlib.asynccontextmanager
    async def lifespan(self, _: object) -> AsyncIterator[None]:
        """Delete the folder when the application ends. After SIGTERM, uvicorn ends a process without `atexit`."""
        yield
        self._folder.delete()

    def routes(self) -> list[Route]:
        """Return the route that receives pictures. It must come before Gradio's own route."""
        return [Route(UPLOAD, self._receive, methods=["POST"])]

    async def _receive(self, request: Request) -> JSONResponse:
        try:
            length = request.headers.get("content-length", "")
            with self._reserved(int(length) if length.isdecimal() else MAX_UPLOAD):
                return JSONResponse([await self._keep(picture) for picture in await _pictures(request)])
        except RequestRejected as rejected:
            headers = {"Retry-After": str(Overloaded.retry_after)} if rejected.status == 503 else None
            return JSONResponse({"error": rejected.message}, rejected.status, headers)
        except ClientDisconnect:
            return JSONResponse({"error": NO_FORM}, 422)  # Nobody receives this response.

    @contextlib.contextmanager
    def _reserved(self, size: int) -> Iterator[None]:
        """Reserve room for an upload while it arrives. Raises RequestRejected if there is not enough room."""
        size = _counted(size)
        if self._used + size > MAX_UPLOADS:  # Calls have read and deleted some of the pictures.
            self._sizes = {path: size for path, size in self._sizes.items() if path.exists()}
        if self._used + size > MAX_UPLOADS:
            raise RequestRejected(503, FULL)
        self._arriving += size
        try:
            yield
        finally:
            self._arriving -= size

    @property
    def _used(self) -> int:
        return self._arriving + sum(self._sizes.values())

    async def _keep(self, picture: UploadFile) -> str:
        """Write a picture to the folder, and return its path. Raises RequestRejected if the disk is full."""
        path = self._folder.new_path()
        try:
            await run_in_threadpool(_write, picture, path)
        except OSError:
            path.unlink(missing_ok=True)
            raise RequestRejected(503, FULL) from None
        self._sizes[path] = _counted(picture.size)
        asyncio.get_running_loop().call_later(MAX_AGE, self._discard, path)
        return str(path)

    def _discard(self, path: Path) -> None:
        self._sizes.pop(path, None)
        path.unlink(missing_ok=True)


class _InMemoryParser(MultiPartParser):
    spool_max_size = MAX_UPLOAD + 1  # Starlette would write files above 1 MB to the system's temporary folder.


async def _pictures(request: Request) -> list[UploadFile]:
    """Return the files of a form. Raises RequestRejected."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise RequestRejected(422, NO_FORM)
    try:
        form = await _InMemoryParser(request.headers, request.stream(), max_files=1).parse()
    except (MultiPartException, ValueError, KeyError, AssertionError):
        raise RequestRejected(422, NO_FORM) from None
    pictures = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    if not pictures:
        raise RequestRejected(422, NO_FORM)
    if any(picture.size > MAX_PICTURE for picture in pictures):
        raise RequestRejected(413, TOO_LARGE)
    return pictures


def _write(picture: UploadFile, path: Path) -> None:
    with open(path, "wb") as file:
        shutil.copyfileobj(picture.file, file)


def _counted(size: int) -> int:
    """Return the size that counts for the limit. A small picture counts more, which limits the number of pictures."""
    return max(size, MAX_UPLOADS // MAX_UPLOADED_PICTURES)
