"""Read a form with one file from a request. The file stays in memory, and no part of it is written to the disk."""

from collections.abc import AsyncIterator

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from web.admission import Overloaded
from web.security.bodies import MAX_UPLOAD

MAX_ARRIVING = 4 * MAX_UPLOAD
"""Maximum number of bytes of all forms that are arriving. A client that sends nothing takes nothing of it."""


class DamagedFormError(Exception):
    """The request is not a complete form with at most one file."""


class FormReader:
    """Reads forms, with one limit for all forms together."""

    def __init__(self, max_arriving: int = MAX_ARRIVING):
        self._max_arriving, self._arriving = max_arriving, 0

    async def read(self, request: Request) -> FormData:
        """Return the form. Raises DamagedFormError, and Overloaded if too many bytes are arriving."""
        if not request.headers.get("content-type", "").startswith("multipart/form-data"):
            raise DamagedFormError
        try:
            return await _InMemoryParser(request.headers, self._counted(request.stream()), max_files=1).parse()
        except (MultiPartException, ValueError, KeyError, AssertionError, ClientDisconnect):
            raise DamagedFormError from None

    async def _counted(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        count = 0
        try:
            async for chunk in chunks:
                count += len(chunk)
                self._arriving += len(chunk)
                if self._arriving > self._max_arriving:
                    raise Overloaded
                yield chunk
        finally:
            self._arriving -= count


class _InMemoryParser(MultiPartParser):
    spool_max_size = MAX_UPLOAD + 1  # Starlette would write files above 1 MB to the disk.
