"""Attack 6: call every route, and never fetch the answer. The server must not keep what nobody fetches."""

import asyncio
import functools
import itertools
import json
import time
import uuid
from collections.abc import Callable

from tests.helpers.drawings import SEVEN
from tests.helpers.server import Server, get
from tests.tools.attacks.attack import Outcome, attack

ROUNDS = 3
CALLS, DRAWINGS = 1_000, 10_000  # calls of each route, and of /api/predict, in one round
TOGETHER = 8  # calls at the same time
ATTEMPTS = 6  # attempts to send a call that is refused with 503
MAX_GROWTH = 0.05
"""Fraction by which memory may grow after the first round. Without limits, each further round adds 400 MB."""
REST = ("predict", "steps", "compare")  # routes of /api
SETTLE = 20  # seconds until Gradio has noticed that its clients are gone

Call = tuple[str, str, object]
"""Method, path and JSON body of a call."""


def calls(functions: dict[str, int]) -> dict[str, Callable[[], Call]]:
    """Return a function that makes a call for each public route. functions: the numbers of Gradio's functions."""
    session = lambda: uuid.uuid4().hex  # noqa: E731
    about = {"fn_index": functions["about"], "data": []}
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "predict", "arguments": SEVEN}}
    return {
        "run": lambda: ("POST", "/gradio_api/run/predict", {"data": [SEVEN], "session_hash": session()}),
        "call": lambda: ("POST", "/gradio_api/call/about", {"data": []}),
        "call/v2": lambda: ("POST", "/gradio_api/call/v2/about", {}),
        "call of a session": lambda: ("POST", "/gradio_api/queue/join", about | {"session_hash": session()}),
        "call of the same session": lambda: ("POST", "/gradio_api/queue/join", about | {"session_hash": "same"}),
        "queue/data": lambda: ("GET", f"/gradio_api/queue/data?session_hash={session()}", None),
        "queue/data of the same session": lambda: ("GET", "/gradio_api/queue/data?session_hash=same", None),
        "heartbeat": lambda: ("GET", f"/gradio_api/heartbeat/{session()}", None),
        "upload_progress": lambda: ("GET", f"/gradio_api/upload_progress?upload_id={session()}", None),
        "cancel": lambda: (
            "POST",
            "/gradio_api/cancel",
            {"session_hash": session(), "fn_index": 0, "event_id": session()},
        ),
        "mcp": lambda: ("POST", "/mcp", tool),
        "config": lambda: ("GET", "/config", None),
        "page": lambda: ("GET", "/", None),
    } | {name: functools.partial(lambda name: ("POST", f"/api/{name}", SEVEN), name) for name in REST}


@attack(6, "abandoned calls of every route")
def abandon_calls(server: Server) -> Outcome:
    """Call every route in several rounds, and close the connection when the answer starts or before."""
    config = get(f"{server.address}/config").json()
    functions = {each["api_name"]: each["id"] for each in config["dependencies"] if each["api_name"]}
    before, measured = server.megabytes, []
    for _ in range(ROUNDS):
        asyncio.run(one_round(server, calls(functions)))
        time.sleep(SETTLE)
        measured.append(server.megabytes)
    after = ", ".join(f"{each:.0f}" for each in measured)
    growth = max(measured) / measured[0] - 1
    return Outcome(
        f"{before:.0f} MB",
        f"{after} MB after {ROUNDS} rounds of {CALLS:,} calls of each route and {DRAWINGS:,} drawings; {growth:+.1%}",
        growth <= MAX_GROWTH,
    )


async def one_round(server: Server, calls: dict[str, Callable[[], Call]]) -> None:
    for name, call in calls.items():
        count = DRAWINGS if name == "predict" else CALLS
        numbers = itertools.count()
        await asyncio.gather(*(abandon(server, call, numbers, count) for _ in range(TOGETHER)))


async def abandon(server: Server, call: Callable[[], Call], numbers: itertools.count, count: int) -> None:
    """Send calls until `numbers` reaches `count`. A call that is refused with 503 is sent again, several times."""
    while next(numbers) < count:
        for _ in range(ATTEMPTS):
            if await send(server.port, *call()) != 503:
                break
            await asyncio.sleep(0.01)


async def send(port: int, method: str, path: str, body: object) -> int:
    """Send a call, and close the connection after the first line of the answer. Return the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    content = json.dumps(body).encode() if body is not None else b""
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: page\r\nContent-Type: application/json\r\n"
        f"Accept: application/json, text/event-stream\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        + content
    )
    try:
        line = await asyncio.wait_for(reader.readline(), 1)
        return int(line.split()[1])
    except (TimeoutError, IndexError, OSError):
        return 0
    finally:
        writer.close()
