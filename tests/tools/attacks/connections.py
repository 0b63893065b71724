"""Attacks with connections and headers: other sites, half-open connections, several processes, false proxies."""

import contextlib
import resource
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from gradio_client import Client

from model.corrections.store import CorrectionStore
from tests.helpers.drawings import SEVEN
from tests.helpers.paths import ROOT
from tests.helpers.server import Server, call, serving, serving_with_uvicorn, wait_until_ready
from tests.tools.attacks.attack import Outcome, attack

EVIL = "evil.example"
HALF_OPEN = 2_000
CALLS = 12
RECEIVE_SECONDS = 20
PARTS = (
    b"",
    b"POST /api/predict HTTP/1.1\r\nHost: x\r\nA",
    b"POST /api/predict HTTP/1.1\r\nContent-Length: 9\r\n\r\n{",
)


def sevens(count: int) -> list[dict]:
    """Return the strokes of different drawings of a 7."""
    shifts = [number / 1000 for number in range(count)]
    return [{"strokes": [[[x + shift, y] for x, y in stroke] for stroke in SEVEN["strokes"]]} for shift in shifts]


@attack(8, "another site posts corrections; one client posts 100; one drawing is posted 5 times")
def corrections(_: Server) -> Outcome:
    """Needs a server that stores corrections."""
    with tempfile.TemporaryDirectory() as folder:
        store = CorrectionStore(Path(folder) / "corrections.sqlite")
        with serving(environment={"CORRECTIONS": str(store.path)}) as server:
            stored = call(server.address, "corrections", **SEVEN, label="7")
            refused = foreign_requests(server.address, stored.json()["token"])
            after_foreign = sum(store.count().values())
            repeated = [call(server.address, "corrections", **SEVEN, label="7").status_code for _ in range(4)]
            after_repeated = sum(store.count().values())
            statuses = [call(server.address, "corrections", **each, label="1").status_code for each in sevens(100)]
            kept = sum(store.count().values())
    holds = all(refused) and (after_foreign, after_repeated, repeated) == (1, 1, [200] * 4)
    return Outcome(
        f"{stored.status_code} for a program; 1 correction stored",
        f"{sum(refused)} of {len(refused)} requests of another site refused; "
        f"{after_repeated} correction after 4 repetitions; {kept} after 100 others; {statuses.count(429)} answers 429",
        holds and kept <= 10 and set(statuses) <= {200, 429},
    )


def foreign_requests(address: str, token: str) -> list[bool]:
    """Send requests as a page of another site; return whether each was refused with a sentence."""
    data = {"data": [SEVEN, "1"]}
    tool = {"method": "tools/call", "params": {"name": "correct", "arguments": {**SEVEN, "label": "1"}}}
    requests = [
        ("POST", "api/corrections", {"json": {**SEVEN, "label": "1"}}, (403,)),
        ("DELETE", f"api/corrections?token={token}", {}, (403,)),
        ("POST", "gradio_api/run/correct", {"json": data}, (403,)),
        ("POST", "gradio_api/call/correct", {"json": data}, (403, 422)),
        ("POST", "gradio_api/call/v2/correct", {"json": {"drawing": SEVEN, "label": "1"}}, (403, 422)),
        ("POST", "mcp", {"json": {"jsonrpc": "2.0", "id": 1, **tool}}, (403,)),
    ]
    refused = []
    for origin in (f"https://{EVIL}", "null"):
        headers = {"Origin": origin, "X-Forwarded-Host": EVIL}
        for method, path, body, statuses in requests:
            response = httpx.request(method, f"{address}/{path}", headers=headers, timeout=60, **body)
            refused.append(response.status_code in statuses and "other sites" in response.text)
    return refused


@attack(9, f"{HALF_OPEN:,} connections send a part of a request, and some go on byte by byte")
def half_open(server: Server) -> Outcome:
    """Visitors come while the connections are open. After the time limit, all connections have to be closed."""
    wait_until_ready(server.address)
    files, before = server.open_files, max(visit(server) for _ in range(5))
    with half_open_connections(server, HALF_OPEN):
        started, during = time.monotonic(), [visit(server)]
        opened = server.open_files - files
        while time.monotonic() < started + RECEIVE_SECONDS - 5:
            during.append(visit(server))
            time.sleep(0.2)
        time.sleep(started + RECEIVE_SECONDS + 3 - time.monotonic())
        left = server.open_files - files
    return Outcome(
        f"a visitor is answered within {before:.2f} s",
        f"{opened:,} connections open; {len(during)} visitors answered within {max(during):.2f} s; "
        f"{max(left, 0)} connections left after {RECEIVE_SECONDS + 3} s",
        max(during) < 1 and opened > 0.9 * HALF_OPEN and left < 10,
    )


def visit(server: Server) -> float:
    """Load the page's health and an answer with new connections. Return the longer time, in seconds."""
    seconds = []
    for request in (lambda: httpx.get(f"{server.address}/health"), lambda: call(server.address, "predict", **SEVEN)):
        started = time.perf_counter()
        try:
            response = request()
            seconds.append(time.perf_counter() - started if response.status_code == 200 else float("inf"))
        except httpx.TransportError:
            seconds.append(float("inf"))
    return max(seconds)


@contextlib.contextmanager
def half_open_connections(server: Server, count: int) -> Iterator[None]:
    """Open connections that send a part of a request. One connection of ten sends a further byte each second."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, count + 500)), hard))
    opened, stop = [], threading.Event()

    def trickle() -> None:
        while not stop.wait(1):
            for connection in opened[::10]:
                with contextlib.suppress(OSError):
                    connection.send(b"a")

    threading.Thread(target=trickle, daemon=True).start()
    try:
        for number in range(count):
            connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
            opened.append(connection)
            connection.sendall(PARTS[number % len(PARTS)])
        yield
    finally:
        stop.set()
        for connection in opened:
            connection.close()


@attack(10, f"{CALLS} calls meet two processes, and {CALLS} calls of gradio_client meet one process")
def two_processes(server: Server) -> Outcome:
    """The documentation promises the HTTP API for several processes, and `gradio_client` for one process."""
    client = Client(server.address, verbose=False)
    lost = CALLS - sum(client.predict(SEVEN, api_name="/predict")["number"] == "7" for _ in range(CALLS))
    with serving_with_uvicorn("--workers", "2") as several:
        lost_http = CALLS - sum(call(several.address, "predict", **SEVEN).status_code == 200 for _ in range(CALLS))
    documents = [(ROOT / "docs" / name).read_text() for name in ("deployment.md", "api.md")]
    documented = all("`gradio_client` needs one process" in text for text in documents)
    return Outcome(
        f"one process: gradio_client loses {lost} of {CALLS} calls",
        f"two processes: the HTTP API loses {lost_http} of {CALLS} calls; the documentation "
        f"{'says' if documented else 'does not say'} that gradio_client needs one process",
        (lost, lost_http) == (0, 0) and documented,
    )


@attack(14, "a client pretends to be a proxy")
def false_proxy(server: Server) -> Outcome:
    """Send the headers of a proxy; then do the same as a trusted proxy, which has to work."""
    untrusted = reflected(server.address)
    with serving(environment={"FORWARDED_ALLOW_IPS": "127.0.0.1"}) as behind_proxy:
        trusted = reflected(behind_proxy.address)
        page = httpx.get(behind_proxy.address, headers=proxy_headers()).text
    https = f'content="https://{EVIL}/' in page
    return Outcome(
        f"as a trusted proxy: {len(trusted)} responses name the host; the preview has {'https' if https else 'http'}",
        f"as any other client: {len(untrusted)} responses name the host",
        bool(trusted) and https and not untrusted,
    )


def proxy_headers() -> dict[str, str]:
    forwarded = {"X-Forwarded-Host": EVIL, "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": f"/{EVIL}"}
    return forwarded | {"Forwarded": f"host={EVIL}", "X-Gradio-Server": f"http://{EVIL}"}


def reflected(address: str) -> list[str]:
    """Return the paths whose responses contain the host of the headers."""
    found = []
    for path in ("/", "/config", "/gradio_api/info", "/?view=api", "/docs", "/manifest.json", "/nothing", "/assets/"):
        response = httpx.get(address + path, headers=proxy_headers(), timeout=60)
        if EVIL in response.text or EVIL in str(response.headers) or EVIL in str(response.next_request):
            found.append(path)
    return found
