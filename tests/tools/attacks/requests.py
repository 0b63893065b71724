"""Attacks 3 and 5: JSON that is slow to parse, and too many calls at the same time."""

import asyncio
import contextlib
import json
import time
from collections import Counter

from PIL import Image

from tests.helpers.drawings import SEVEN
from tests.helpers.pictures import saved
from tests.helpers.server import Server, call, get
from tests.tools.attacks.attack import Outcome, attack

MAX_BLOCKED = 0.02  # seconds for which a request may keep others waiting
MAX_BODY = 256_000
MAX_MEGABYTES = 300  # memory that many calls together may take
CALLS = 200  # calls of each kind at the same time
REPEATS = 5
CHUNK = 1 << 16


@attack(3, "JSON with as many lists as possible")
def send_lists(server: Server) -> Outcome:
    """Send bodies of the maximum size and of a million bytes to each kind of route, and measure the time to answer."""
    call(server.address, "predict", **SEVEN)
    usual, slowest, name, accepted = asyncio.run(slowest_body(server))
    return Outcome(
        f"a visitor waits {1000 * usual:.1f} ms for /health/live",
        f"refused after at most {1000 * slowest:.1f} ms ({name}); accepted: {', '.join(accepted) or 'none'}",
        slowest <= MAX_BLOCKED + usual and not accepted,
    )


async def slowest_body(server: Server) -> tuple[float, float, str, list[str]]:
    """Return the time of a small request, the longest time until a body was refused, this body, and accepted bodies.

    The event loop is blocked for at most the time until a body is refused.
    """
    usual = min([await seconds_until_answer(server, "GET", "/health/live", b"") for _ in range(REPEATS)])[0]
    slowest, name, accepted = 0.0, "", []
    for path, body in bodies(functions(server)):
        measured = [await seconds_until_answer(server, "POST", path, body) for _ in range(REPEATS)]
        seconds, status = min(measured)
        title = f"{path}, {len(body):,} bytes"
        if seconds > slowest:
            slowest, name = seconds, title
        if status not in (413, 422):
            accepted.append(f"{title}: {status}")
    return usual, slowest, name, accepted


def functions(server: Server) -> dict[str, int]:
    """Return the number of each of Gradio's functions, by name."""
    config = get(f"{server.address}/config").json()
    return {each["api_name"]: each["id"] for each in config["dependencies"] if each["api_name"]}


def bodies(functions: dict[str, int]) -> list[tuple[str, bytes]]:
    """Return paths and bodies that are full of empty lists: of the maximum size, and of a million bytes."""
    join = {"fn_index": functions["predict"], "session_hash": "lists"}
    tool = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    envelopes = {
        "/gradio_api/run/predict": ('{"data":[', "]}"),
        "/gradio_api/call/predict": ('{"data":[', "]}"),
        "/gradio_api/call/v2/predict": ('{"drawing":', "}"),
        "/gradio_api/queue/join": (json.dumps(join)[:-1] + ',"data":[', "]}"),
        "/mcp": (json.dumps(tool)[:-1] + ',"params":{"name":"predict","arguments":', "}}"),
    } | {f"/api/{name}": ("", "") for name in ("predict", "explain", "compare", "steps", "corrections")}
    result = []
    for path, (start, end) in envelopes.items():
        for inner, close in (('{"strokes":[', "]}"), ('{"strokes":[[', "]]}"), ('{"other":[', "]}")):
            for size in (MAX_BODY, 1_000_000):
                head, tail = start + inner, close + end
                count = (size - len(head) - len(tail) + 1) // 3
                result.append((path, (head + ",".join(["[]"] * count) + tail).encode()))
    return result


async def seconds_until_answer(server: Server, method: str, path: str, body: bytes) -> tuple[float, int]:
    """Send a request, and return the time from the end of the body to the answer, and the status."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: page\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    head += "Accept: application/json, text/event-stream\r\nConnection: close\r\n\r\n"
    start = time.perf_counter()
    writer.write(head.encode() + body)
    status = int((await reader.readline()).split()[1])
    writer.close()
    return time.perf_counter() - start, status


@attack(5, "many calls at the same time")
def send_many(server: Server) -> Outcome:
    """Send many costly calls at the same time to each route. Memory must stay low, and drawings must be answered."""
    for name in ("compare", "steps", "predict"):
        call(server.address, name, **SEVEN)
    before = server.megabytes
    statuses, peak, drawn = asyncio.run(flood(server))
    grown = peak - before
    counts = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
    return Outcome(
        f"{before:.0f} MB",
        f"at most {peak:.0f} MB ({grown:+.0f}); answers by status: {counts}; of the drawings of visitors, {drawn:.0%}",
        grown <= MAX_MEGABYTES and set(statuses) <= {200, 503} and statuses[503] > 0 and drawn > 0.5,
    )


async def flood(server: Server) -> tuple[Counter, float, float]:
    """Return the number of answers with each status, the peak of memory in MB, and the fraction of drawings that were
    answered during the flood."""
    scribble = encoded({"strokes": [[[i % 2, i * 7919 % 10_000 / 10_000] for i in range(12_000)]]})
    about = {"fn_index": functions(server)["about"], "data": []}
    picture = form(saved(Image.new("L", (5_000, 4_000), 255), "BMP").getvalue())
    kinds = [
        ("/api/steps", "application/json", scribble),
        ("/api/compare", "application/json", scribble),
        ("/api/predict_image", "multipart/form-data; boundary=edge", picture),
    ]
    calls = [send(server, *kind) for kind in kinds for _ in range(CALLS // len(kinds))]
    calls += [
        send(server, "/gradio_api/queue/join", "application/json", encoded(about | {"session_hash": f"flood{i}"}))
        for i in range(CALLS)
    ]
    flooding = asyncio.gather(*calls)
    peak, drawings = 0.0, []
    while not flooding.done():
        peak = max(peak, server.megabytes)
        drawings.append(await send(server, "/api/predict", "application/json", encoded(SEVEN)))
        await asyncio.sleep(0.02)
    return Counter(await flooding), peak, drawings.count(200) / len(drawings)


async def send(server: Server, path: str, kind: str, body: bytes) -> int:
    """Send a POST request, and return the status of the answer; 0 if there is none. kind: the type of the content."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"POST {path} HTTP/1.1\r\nHost: page\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    answer = asyncio.ensure_future(reader.readline())
    with contextlib.suppress(OSError):  # The server may answer and close the connection before the end of the body.
        writer.write(head.encode())
        for start in range(0, len(body), CHUNK):
            if answer.done():
                break
            writer.write(body[start : start + CHUNK])
            await writer.drain()
    try:
        return int((await answer).split()[1])
    except (OSError, IndexError):
        return 0
    finally:
        writer.close()


def encoded(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def form(picture: bytes) -> bytes:
    """Return the body of a form with a picture. The boundary is "edge"."""
    head = b'--edge\r\nContent-Disposition: form-data; name="picture"; filename="picture"\r\n\r\n'
    return head + picture + b"\r\n--edge--\r\n"
