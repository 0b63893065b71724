"""The endpoints as tools of MCP (Model Context Protocol), with the official SDK, at /mcp.

Gradio's own MCP server asks for http addresses of pictures, answers a refusal with an HTTP error, and sends no
structured content.
"""

import functools
import json
import logging
from contextvars import ContextVar
from typing import TYPE_CHECKING

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse
from starlette.routing import Route

from web import errors
from web.api import Api
from web.security.corrections import CorrectionGuard
from web.texts import ENGLISH

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from mcp.types import CallToolResult

# Gradio's path, too: earlier versions used Gradio's MCP server.
PATHS = ("/mcp", "/mcp/", "/gradio_api/mcp", "/gradio_api/mcp/")
MAX_ANSWER = 10_000
"""Maximum size of an answer in bytes, because an answer takes room in the context of a language model."""
CLIENT: ContextVar[tuple[str, int] | None] = ContextVar("client")
"""The address and the port of the client of the current request. The SDK does not pass them to the tools."""


class AnswerTooLong(Exception):
    """An answer does not fit into MAX_ANSWER."""


def mcp_routes(api: Api, guard: CorrectionGuard) -> list[Route]:
    """Return the routes of the MCP server. guard: limits how many corrections a client can store."""
    app = McpApp(api, guard)
    return [Route(path, app) for path in PATHS]


class McpApp:
    """ASGI application that answers MCP requests. It keeps no sessions."""

    def __init__(self, api: Api, guard: CorrectionGuard):
        self._api, self._guard = api, guard

    async def __call__(self, scope, receive, send) -> None:
        if scope["method"] != "POST":  # GET would open a stream for messages of the server, which has none.
            response = JSONResponse({"detail": "This address speaks MCP; send POST."}, 405, {"Allow": "POST"})
            return await response(scope, receive, send)
        # Importing the SDK takes half a second. Do it at the first request.
        server = await run_in_threadpool(lambda: self._server)
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        CLIENT.set(scope.get("client"))
        manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        async with manager.run():
            await manager.handle_request(scope, receive, send)

    @functools.cached_property
    def _server(self) -> "Server":
        from mcp.server.lowlevel import Server
        from mcp.types import Tool

        # The SDK would log invalid requests with their content. The caller already gets the reason.
        logging.getLogger("mcp").setLevel(logging.CRITICAL)
        logging.getLogger().addFilter(lambda record: record.module != "session")
        server = Server(ENGLISH["title"])
        endpoints = {endpoint.name: endpoint for endpoint in self._api.endpoints}

        @server.list_tools()
        async def list_tools() -> list[Tool]:
            return [
                Tool(
                    name=endpoint.name,
                    description=endpoint.description,
                    inputSchema=endpoint.request.model_json_schema(),
                    outputSchema=endpoint.response.model_json_schema(mode="serialization"),
                )
                for endpoint in endpoints.values()
            ]

        # The SDK's own validation would repeat the input in its message. It turns every exception into a tool error.
        @server.call_tool(validate_input=False)
        async def call_tool(name: str, arguments: dict) -> "CallToolResult":
            if name not in endpoints:
                raise LookupError(f"There is no such tool; expected one of {', '.join(endpoints)}.")
            endpoint = endpoints[name]
            self._guard.count(endpoint, CLIENT.get())
            return _result(await self._api.call(endpoint, errors.parse(endpoint.request, arguments)))

        return server


def _result(response: BaseModel) -> "CallToolResult":
    """Return a tool's result with the JSON as structured content and, for older clients, as text."""
    from mcp.types import CallToolResult, TextContent

    for answer in (response, response.brief()):
        content = answer.model_dump(mode="json")
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        result = CallToolResult(content=[TextContent(type="text", text=text)], structuredContent=content)
        size = len(result.model_dump_json().encode())
        if size <= MAX_ANSWER:
            return result
    raise AnswerTooLong(
        f"The answer takes {size:,} bytes, and a tool's answer at most {MAX_ANSWER:,}; send fewer strokes, or use the "
        "HTTP API."
    )
