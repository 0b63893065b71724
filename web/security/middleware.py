"""ASGI middleware that lets only expected requests reach Gradio: known routes, limited bodies, well-formed calls.

Without this middleware, Gradio would read bodies of any size, answer many malformed bodies with a 500 that has no
message, fetch files and URLs that a caller names, and serve routes that the page does not use.
"""

import json
import re

from starlette.datastructures import Headers

from web.security import requests
from web.security.calls import UPLOAD, CallChecker
from web.security.requests import RequestRejected
from web.security.responses import Response

# Limits in bytes. The largest accepted drawing (20,000 points) takes 400,000 bytes.
# An upload has one limit for all files together, because Gradio limits only the size of each file (20 MB). The page
# uploads one file per request, and the form around the file takes a few hundred bytes.
MAX_JSON, MAX_UPLOAD = 1_000_000, 21_000_000

# All paths that the page, the API page and Gradio's clients request. Gradio's routes that read files (file=, proxy=,
# stream, deep_link, custom_component) are not in the list. Therefore a request can read only the files of the page.
ALLOWED_PATHS = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/(assets|static)/[\w./-]{1,200}"
    r"|/gradio_api/(info|startup-events|app_id|theme\.css|upload|upload_progress|cancel|reset|heartbeat/\w+"
    r"|queue/(join|data|status)|run/\w+|call/(v2/)?\w+(/\w+)?|mcp(/[\w-]*)?)",
    re.ASCII,
)
# The accepted values of the headers Host, X-Forwarded-Host and X-Forwarded-Proto. Gradio builds URLs from these values,
# and fails if a value is malformed.
HOST = re.compile(r"|([\w.-]{1,255}|\[[\da-f:.]{2,45}\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
MCP = "/gradio_api/mcp"
CALL = re.compile(r"/gradio_api/(run|call|call/v2|queue)/(\w+)", re.ASCII)


class SecurityMiddleware:
    """Rejects unexpected requests to an ASGI application. Adds security headers and error messages to the responses."""

    def __init__(self, app, calls: CallChecker):
        self.app, self.calls = app, calls

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        response = Response(send)
        try:
            await self.app(scope, await self._checked(scope, receive), response.send)
        except RequestRejected as rejected:
            await response.send_error(rejected.status, rejected.message)
        except Exception as error:
            await response.send_failure(error, scope["path"])

    async def _checked(self, scope, receive):
        """Check a request. Return the ASGI `receive` for the application to read the body, or raise RequestRejected."""
        path, headers = scope["path"].rstrip("/") or "/", Headers(scope=scope)
        if not ALLOWED_PATHS.fullmatch(path) or ".." in path:
            raise RequestRejected(404, "This page does not exist.")
        hosts = ",".join(headers.get(name, "") for name in ("host", "x-forwarded-host", "x-forwarded-proto"))
        if not all(HOST.fullmatch(host.strip()) for host in hosts.split(",")):
            raise RequestRejected(400, "The host in the request's headers is malformed.")
        max_bytes = MAX_UPLOAD if path == UPLOAD else MAX_JSON
        receive = requests.limit_size(receive, headers.get("content-length"), max_bytes)
        if path == UPLOAD or scope["method"] != "POST":
            return receive
        return requests.replay(self._checked_body(path, await requests.read_body(receive)), receive)

    def _checked_body(self, path: str, content: bytes) -> bytes:
        """Check a body. Return the body for the application, with checked files. Raises RequestRejected."""
        body = requests.parse_object(content)
        if path.startswith(MCP):
            self.calls.check_tool_call(body)
        call = CALL.fullmatch(path)
        if call and self.calls.check_call(*call.groups(), body):
            return json.dumps(body).encode()
        return content
