"""For operators: an access log without addresses and drawings, and the route /metrics. Both are off by default."""

import logging
import os
import sys
import time
from dataclasses import dataclass
from typing import Self

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from web import metrics
from web.paths import route_path
from web.route_names import OTHER, RouteNames

ACCESS_LOGGER = "web.access"
METHODS = ("GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH")
NO_ANSWER = 499
"""The status of a request whose client disconnected before the answer. nginx uses it, too."""


@dataclass(frozen=True)
class Monitoring:
    """What a server reports. access_log: one line for each request. metrics: counters at /metrics."""

    access_log: bool = False
    metrics: bool = False

    @classmethod
    def configured(cls, access_log: bool = False, metrics: bool = False) -> Self:
        """Return the given settings. The variables ACCESS_LOG and METRICS turn on what the arguments leave off."""
        return cls(
            access_log or os.environ.get("ACCESS_LOG", "") not in ("", "0"),
            metrics or os.environ.get("METRICS", "") not in ("", "0"),
        )

    def start(self) -> None:
        """Start the access log and the counters, if they are on."""
        logging.getLogger("uvicorn.access").addFilter(without_query)
        if self.metrics:
            metrics.enable()
        if self.access_log:
            _start_access_log()

    @property
    def routes(self) -> list[Route]:
        """The route of the counters, if they are on."""
        return [Route("/metrics", _metrics)] if self.metrics else []


class Observer:
    """ASGI middleware that logs and counts each request after its last byte."""

    def __init__(self, app, names: RouteNames):
        self.app, self._names, self._log = app, names, logging.getLogger(ACCESS_LOGGER)

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started, status = time.perf_counter(), NO_ANSWER

        async def observed_send(message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, observed_send)
        finally:
            method = scope["method"] if scope["method"] in METHODS else OTHER
            route = self._names(route_path(scope))
            metrics.count_request(method, route, status)
            self._log.info("%s %s %d %.0f ms", method, route, status, 1000 * (time.perf_counter() - started))


def _start_access_log() -> None:
    logger = logging.getLogger(ACCESS_LOGGER)
    if not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.INFO)


def without_query(record: logging.LogRecord) -> bool:
    """A filter for uvicorn's own access log: remove the query, which may have the token of a correction."""
    if isinstance(record.args, tuple) and len(record.args) > 2:
        client, method, path, *rest = record.args
        record.args = (client, method, str(path).partition("?")[0], *rest)
    return True


async def _metrics(_: Request) -> Response:
    return PlainTextResponse(metrics.render() or b"", media_type="text/plain; version=0.0.4; charset=utf-8")
