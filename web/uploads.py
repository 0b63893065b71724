"""Receive the pictures that Gradio's clients upload, with a limit for all pictures together.

`gradio_client` first uploads a picture, and then calls an endpoint with the path of the picture. Gradio's own route has
no limit for all uploads together, and leaves the files of aborted uploads. This module replaces that route.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from web.admission import Overloaded
from web.forms import DamagedFormError, FormReader
from web.security.bodies import RequestRejected
from web.security.calls import UPLOAD
from web.upload_folder import UploadFolder

MAX_UPLOADS = 200_000_000
"""Maximum size of all pictures in bytes."""
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
        self._forms = FormReader()

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
            form = await self._forms.read(request)
            return JSONResponse([await self._keep(picture) for picture in _pictures(form)])
        except RequestRejected as rejected:
            headers = {"Retry-After": str(Overloaded.retry_after)} if rejected.status == 503 else None
            return JSONResponse({"error": rejected.message}, rejected.status, headers)
        except DamagedFormError:
            return JSONResponse({"error": NO_FORM}, 422)

    async def _keep(self, picture: UploadFile) -> str:
        """Write a picture to the folder, and return its path. Raises RequestRejected if there is no room for it."""
        path, size = self._folder.new_path(), _counted(picture.size)
        if self._used + size > MAX_UPLOADS:  # Calls have read and deleted some of the pictures.
            self._sizes = {path: size for path, size in self._sizes.items() if path.exists()}
        if self._used + size > MAX_UPLOADS:
            raise RequestRejected(503, FULL)
        self._sizes[path] = size  # Before the picture is written: other pictures may arrive at the same time.
        try:
            await run_in_threadpool(_write, picture, path)
        except OSError:
            self._discard(path)
            raise RequestRejected(503, FULL) from None
        asyncio.get_running_loop().call_later(MAX_AGE, self._discard, path)
        return str(path)

    @property
    def _used(self) -> int:
        return sum(self._sizes.values())

    def _discard(self, path: Path) -> None:
        self._sizes.pop(path, None)
        path.unlink(missing_ok=True)


def _pictures(form: FormData) -> list[UploadFile]:
    """Return the files of a form. Raises RequestRejected."""
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
