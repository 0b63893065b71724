"""Measure the endpoints about the inside of a network: their time and size, and what they cost those who draw.

    python -m tests.tools.inside
    python -m tests.tools.inside --address http://127.0.0.1:7860 --visitors 50

Prints the median and the 95th percentile of the times of `/api/activations` and `/api/occlusion` for one client, and
the sizes of the answers. Then prints the times of `/api/predict` for visitors who draw, first alone, and then while
each of them also requests activations ten times a second. Under load, the server refuses these requests first (503),
and the client waits as long as `Retry-After` says.
"""

import argparse
import contextlib
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.helpers.drawings import DIGIT_DRAWINGS, SEVEN, payload
from tests.helpers.server import serving
from tests.tools.latency import report

WARM_UP, ROUNDS = 5, 100
SECONDS = 10
"""Duration of the measurement of visitors."""
DRAWING_PAUSE, INSIDE_PAUSE = 0.05, 0.1
"""Seconds between two requests of a visitor for an answer, and for activations."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the endpoints about the inside of a network.")
    parser.add_argument("--address", help="address of a running page (default: start one)")
    parser.add_argument("--visitors", type=int, default=16, help="default: 16")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        address = options.address or stack.enter_context(serving()).address
        client = stack.enter_context(httpx.Client(base_url=address, timeout=60))
        image = {"image": client.post("/api/predict", json=SEVEN).json()["readings"][0]["image"]}
        for name, fields in (
            ("activations", {}),
            ("activations", {"ledger": True}),
            ("activations", {"silenced": [[5, 3]]}),
            ("occlusion", {"digit": 7}),
            ("occlusion", {"digit": 7, "dots": True}),
        ):
            one_client(client, name, image | fields, f"{name} {fields or ''}")
        several_clients(address, options.visitors, inside=None)
        several_clients(address, options.visitors, inside=image)


def one_client(client: httpx.Client, name: str, fields: dict, title: str) -> None:
    """Print the time and the size of the answers to one client."""
    milliseconds = []
    for _ in range(WARM_UP + ROUNDS):
        start = time.perf_counter()
        answer = client.post(f"/api/{name}", json=fields).raise_for_status()
        milliseconds.append((time.perf_counter() - start) * 1000)
    report(title.strip(), milliseconds[WARM_UP:], "calls", digits=1)
    print(f"  {len(answer.content):,} bytes, {answer.num_bytes_downloaded:,} bytes compressed")


def several_clients(address: str, visitors: int, inside: dict | None) -> None:
    """Print the times of answers to visitors who draw. inside: the fields of a request for activations, or None."""
    end, milliseconds, statuses = time.monotonic() + SECONDS, [], Counter()
    lock = threading.Lock()

    def visit(path: str, bodies: list[dict], pause: float) -> None:
        with httpx.Client(base_url=address, timeout=60) as client:
            for number in range(10**9):
                if time.monotonic() > end:
                    return
                start = time.perf_counter()
                answer = client.post(path, json=bodies[number % len(bodies)])
                with lock:
                    statuses[path, answer.status_code] += 1
                    if path == "/api/predict":
                        milliseconds.append((time.perf_counter() - start) * 1000)
                time.sleep(float(answer.headers.get("retry-after", pause)))

    drawings = [payload(strokes) for strokes in DIGIT_DRAWINGS]
    with ThreadPoolExecutor(2 * visitors) as pool:
        for _ in range(visitors):
            pool.submit(visit, "/api/predict", drawings, DRAWING_PAUSE)
            if inside:
                pool.submit(visit, "/api/activations", [inside], INSIDE_PAUSE)
    report(f"predict, {visitors} visitors{', with activations' if inside else ''}", milliseconds, "answers", digits=1)
    counts = ", ".join(f"{count} × {path} {status}" for (path, status), count in sorted(statuses.items()))
    print(f"  {len(milliseconds) / SECONDS:.0f} answers per second; {counts}", flush=True)


if __name__ == "__main__":
    main()
