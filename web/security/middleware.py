"""ASGI middleware that lets only expected requests reach the application: known routes and limited bodies.

Calls through Gradio's routes must also be well-formed.

Without this middleware, Gradio would read bodies of any size, answer many malformed bodies with a 500 that has no
message, fetch files and URLs that a caller names, and serve routes that the page does not use.
"""

import re
from collections.abc import Collection

import orjson
from starlette.datastructures import Headers

from web.admission import Overloaded
from web.paths import route_path
from web.security import bodies
from web.security.bodies import MAX_JSON, MAX_UPLOAD, RequestRejected
from web.security.calls import UPLOAD, CallChecker
from web.security.corrections import CorrectionGuard
from web.security.responses import Response

# All paths that the page, the API and Gradio's clients request. Gradio's routes that read files (file=, proxy=,
# stream, deep_link, custom_component) are not in the list. Therefore a request can read only the files of the page.
# Gradio's route upload_progress is not in the list either, because Gradio would keep every id that a client asks for.
ALLOWED_PATHS = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/pwa_icon|/(assets|static)/[\w./-]{1,200}"
    r"|/api/[\w/-]{1,200}|/openapi\.json|/docs|/health|/health/live|/metrics|/mcp"
    r"|/gradio_api/(info|startup-events|app_id|theme\.css|upload|cancel|reset|heartbeat/\w+"
    r"|queue/(join|data|status)|run/\w+|call/(v2/)?\w+(/\w+)?|mcp)",
    re.ASCII,
)
# The accepted values of the headers Host, X-Forwarded-Host and X-Forwarded-Proto. Gradio builds URLs from these values,
# and fails if a value is malformed.
HOST = re.compile(r"|([\w.-]{1,255}|\[[\da-f:.]{2,45}\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
GRADIO, MCP = "/gradio_api/", ("/mcp", "/gradio_api/mcp")
CALL = re.compile(r"/gradio_api/(run|call|call/v2|queue)/(\w+)", re.ASCII)


class SecurityMiddleware:
    """Rejects unexpected requests to an ASGI application. Adds security headers and error messages to the responses."""

    def __init__(self, app, calls: CallChecker, forms: Collection[str], guard: CorrectionGuard):
        """calls: checks the calls through Gradio's routes. forms: the paths that accept files. guard: protects the
        corrections."""
        self.app, self.calls, self.forms, self.guard = app, calls, {UPLOAD, *forms}, guard

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        response = Response(send, route_path(scope))
        try:
            await self.app(scope, await self._checked(scope, receive), response.send)
        except RequestRejected as rejected:
            await response.send_error(rejected.status, rejected.message, rejected.retry_after)
        except Overloaded as overloaded:
            await response.send_error(503, str(overloaded), overloaded.retry_after)
        except Exception as error:
            await response.send_failure(error)

    async def _checked(self, scope, receive):
        """Check a request. Return the ASGI `receive` for the application to read the body, or raise RequestRejected."""
        path, headers = route_path(scope).rstrip("/") or "/", Headers(scope=scope)
        if not ALLOWED_PATHS.fullmatch(path) or ".." in path:
            raise RequestRejected(404, "This page does not exist.")
        hosts = ",".join(headers.get(name, "") for name in ("host", "x-forwarded-host", "x-forwarded-proto"))
        if not all(HOST.fullmatch(host.strip()) for host in hosts.split(",")):
            raise RequestRejected(400, "The host in the request's headers is malformed.")
        if path in MCP:
            self.guard.check_mcp(headers)
        self.guard.check_route(scope, headers)
        is_form = path in self.forms
        if path == UPLOAD:
            scope["query_string"] = b""  # Gradio would keep the progress of an upload with an id.
        receive = bodies.limit_size(receive, headers.get("content-length"), MAX_UPLOAD if is_form else MAX_JSON)
        if not is_form:
            receive = bodies.limit_json(receive)
        if scope["method"] != "POST" or is_form or not path.startswith((GRADIO, *MCP)):
            return receive
        # The SDK of MCP would turn an exception of `receive` into a 500. Therefore, read its bodies here, too.
        body = await bodies.read_body(receive)
        return bodies.replay(body if path in MCP else self._checked_body(path, body, scope, headers), receive)

    def _checked_body(self, path: str, content: bytes, scope, headers: Headers) -> bytes:
        """Check a body of Gradio's routes. Return the body for Gradio, with checked files. Raises RequestRejected."""
        body = bodies.parse_object(content)
        call = CALL.fullmatch(path)
        if not call:
            return content
        self.guard.check_call(self.calls.check_call(*call.groups(), body), scope, headers)
        return orjson.dumps(body)
