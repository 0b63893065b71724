"""Call the endpoints as an assistant does, with the official SDK of MCP (Model Context Protocol)."""

import contextlib
from collections.abc import AsyncIterator

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult


@contextlib.asynccontextmanager
async def session(address: str) -> AsyncIterator[ClientSession]:
    """Yield a session with a running server."""
    async with streamable_http_client(f"{address}/mcp") as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()
        yield session


async def call_tool(address: str, name: str, arguments: dict) -> CallToolResult:
    """Return the result of one call in a session of its own."""
    async with session(address) as client:
        return await client.call_tool(name, arguments)
