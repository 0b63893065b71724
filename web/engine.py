"""Serve the network to the page's engine, which then answers in the browser: its files, and the page's setting.

The page loads them after the first answer; see assets/page/served_engine.js.
"""

import gzip
import hashlib
import json
import os
from concurrent.futures import ThreadPoolExecutor

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from model.errors import UserError
from web.export.networks import FOLDER, files_of
from web.service import Service
from web.static_files import UNCHANGING, version

MODES = ("auto", "server", "browser")
"""Who answers drawings. auto: the browser, after the server has answered the first ones equally. server: always the
server; the network is not served. browser: the browser, as soon as the engine is loaded."""
KINDS = {"json": "application/json", "bin": "application/octet-stream", "features.bin": "application/octet-stream"}
"""The ends of the names of a network's files, and their media types."""


def configured_mode(mode: str | None = None) -> str:
    """Return who answers drawings. None means $DEMO_ENGINE or, if it is not set, "auto". Raises UserError."""
    mode = mode or os.environ.get("DEMO_ENGINE", "auto") or "auto"
    if mode not in MODES:
        raise UserError(f"DEMO_ENGINE is {mode}; expected {', '.join(MODES[:-1])} or {MODES[-1]}.")
    return mode


class EngineFiles:
    """The network of a server as files for the engine. They are made in the background, unless the mode is "server"."""

    def __init__(self, service: Service, mode: str):
        """mode: one of MODES."""
        self._service, self._mode = service, mode
        self._address = f"static/{_version(service.notes)}/network"
        if mode != "server":
            making = ThreadPoolExecutor(1, "engine")
            self._files = making.submit(self._make)
            making.shutdown(wait=False)

    @property
    def setting(self) -> dict[str, str] | None:
        """What the page needs to know: the mode, and the folder of the files; None if only the server answers."""
        return None if self._mode == "server" else {"mode": self._mode, "folder": f"{self._address}/"}

    def routes(self) -> list[Route]:
        """Return the route of the files. A new network, or a new version of the engine, has other addresses."""
        return [] if self._mode == "server" else [Route(f"/{self._address}/network.{{kind}}", self._serve)]

    async def _serve(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        try:
            files = await run_in_threadpool(self._files.result)
        except UserError as error:
            return JSONResponse({"detail": str(error)}, 404)
        if kind not in files:
            return JSONResponse({"detail": f"There is no such file; expected one of {', '.join(files)}."}, 404)
        headers = {"Cache-Control": UNCHANGING, "Vary": "Accept-Encoding"}
        if "gzip" in Headers(scope=request.scope).get("accept-encoding", ""):
            return Response(files[kind], media_type=KINDS[kind], headers=headers | {"Content-Encoding": "gzip"})
        return Response(gzip.decompress(files[kind]), media_type=KINDS[kind], headers=headers)

    def _make(self) -> dict[str, bytes]:
        """Return the files, compressed, by the ends of their names. Raises UserError if the engine lacks a layer."""
        service = self._service
        classifier = service.classifier
        files = files_of(classifier.network, classifier.notes, service.path, service.activations, classifier.space)
        paths = {kind: f"{FOLDER}/{service.name}.{kind}" for kind in KINDS}
        return {kind: gzip.compress(files[path], mtime=0) for kind, path in paths.items() if path in files}


def _version(notes: dict) -> str:
    """Return a hash of the network with its calibration, and of the engine: 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps([notes, version()], sort_keys=True).encode()).hexdigest()[:16]
