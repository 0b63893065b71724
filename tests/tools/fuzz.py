"""Send invalid and unusual requests to the server. Each request must get an answer or an error message within TIMEOUT.

    python -m tests.tools.fuzz                  # 20,000 requests, ten minutes
    python -m tests.tools.fuzz --inputs 2000

Prints the number of answers with each status, for each class of requests. Also prints the memory and the number of open
files of the server, after half of the requests and at the end. Exits with 1 in each of these cases:
- A request gets a 5xx, or no answer within TIMEOUT seconds.
- An answer contains a file of the server.
- The server does not answer at the end.
- The server leaks: during the second half of the requests, its memory grows by more than the fraction MAX_GROWTH, or
  the number of its open files grows.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import httpx

from tests.helpers.drawings import SEVEN
from tests.helpers.server import Server, serving
from tests.tools.fuzz_pictures import bad_picture, good_picture
from tests.tools.fuzz_requests import (
    PATH,
    Request,
    almost_a_drawing,
    any_route,
    file_route,
    foreign_file,
    large_drawing,
    nested,
    not_json,
    picture,
    strange_headers,
    strange_upload,
    too_many,
    wrong_envelope,
    wrong_types,
)

TIMEOUT = 20.0  # Seconds. The limit is high because the machine may be busy.
# Fraction of the requests that are sent before memory is measured for the first time. After these requests, memory
# should no longer grow: the server has read a picture of 25 megapixels, and Gradio's cache is full. The cache holds up
# to 100 answers that no client has fetched.
WARM_UP = 0.5
MAX_GROWTH = 0.05
# Maximum number of seconds to wait until the server has released its resources. Gradio needs time, because it closes an
# abandoned event stream only at the next heartbeat of the stream.
SETTLE_SECONDS = 60
# Texts that no answer may contain: the start of /etc/passwd, and a line of this project's source code.
SECRETS = ("root:x:0", "import gradio")


CLASSES: dict[str, tuple[int, Callable[[Random], Request]]] = {
    "JSON: not JSON, or cut off": (3, not_json),
    "JSON: wrong envelope, endpoint or number of arguments": (4, wrong_envelope),
    "JSON: wrong types": (4, wrong_types),
    "JSON: a drawing with one wrong value, NaN, Infinity": (4, almost_a_drawing),
    "JSON: up to 100,000 nested brackets": (2, nested),
    "JSON: up to a million points or strokes": (0.2, too_many),
    "JSON: the largest accepted drawing": (0.1, large_drawing),
    "picture: rotated, 16 bits, palette, animated, CMYK": (3, picture(good_picture)),
    "picture: cut off, corrupted, bomb, SVG, not a picture": (3, picture(bad_picture)),
    "picture: a file or URL that was not uploaded": (2, foreign_file),
    "route: files, traversal": (3, file_route),
    "route: any route, method and body": (3, any_route),
    "route: headers, huge and contradictory": (1, strange_headers),
    "route: uploads": (0.3, strange_upload),
}
"""Maps the name of a class of requests to its relative frequency, and to the function that creates a request."""


class Fuzzer:
    """Sends requests to a running page, and counts the answers."""

    def __init__(self, address: str):
        self.client = httpx.Client(base_url=address, timeout=TIMEOUT, headers={"accept-encoding": "identity"})
        self.counts: dict[str, Counter] = {name: Counter() for name in CLASSES}
        self.failures: list[str] = []
        self._lock = threading.Lock()

    def send(self, name: str, rng: Random) -> None:
        """Send one request of the class `name`. If the request fails, add the failure to `failures`."""
        request = CLASSES[name][1](rng)
        outcome = self.answer(request)
        with self._lock:
            self.counts[name][outcome] += 1
            if not outcome.startswith(("2", "3", "4", "closed")):
                shown = f"{request.method} {request.path[:80]} {request.headers} {request.content[:300]!r}"
                self.failures.append(f"{name}: {outcome}: {shown}")

    def answer(self, request: Request) -> str:
        """Send a request. Return the status of the answer, or another outcome, such as "hang" or "leak"."""
        try:
            content = request.content
            if request.picture is not None:
                uploaded = self.client.post("/gradio_api/upload", files={"files": (request.name, request.picture)})
                if uploaded.status_code != 200:
                    return str(uploaded.status_code)
                content = content.replace(PATH, json.dumps(uploaded.json()[0])[1:-1].encode())
            return self._status(request, content)
        except httpx.TimeoutException:
            return "hang"
        except httpx.TransportError:
            # This is not a failure: the server may close the connection if a request is too large or is not HTTP.
            return "closed"

    def _status(self, request: Request, content: bytes) -> str:
        headers = {name: value.encode("utf-8") for name, value in request.headers.items()}
        # Pass the path as `target`, so that httpx sends it unchanged. In a URL, httpx would resolve "..".
        target = {"target": request.path.encode()}
        with self.client.stream(request.method, "/", content=content, headers=headers, extensions=target) as response:
            # Read only the first part of the answer, because an event stream may stay open forever.
            text = next(response.iter_raw(), b"").decode("utf-8", "replace")
        if any(secret in text for secret in SECRETS):
            return "leak"
        if response.status_code == 500 and '"error":' in text:
            return "500 with an error message"
        return str(response.status_code)

    def is_alive(self) -> bool:
        """Return whether the server still answers a valid call: it reads a 7."""
        try:
            answer = self.client.post("/api/predict", json=SEVEN).json()
            return answer["number"] == "7"
        except (httpx.HTTPError, ValueError, LookupError):
            return False


def settled_resources(server: Server, limit: tuple[float, int]) -> tuple[float, int]:
    """Return the server's memory in MB, and the number of its open files.

    limit: the largest expected memory, and the largest expected number of open files. The function waits until both
    numbers are within these limits, but at most for SETTLE_SECONDS.
    """
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        now = server.megabytes, server.open_files
        if time.monotonic() > end or (now[0] <= limit[0] and now[1] <= limit[1]):
            return now
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Fuzz the page's server.")
    parser.add_argument("--inputs", type=int, default=20_000, help="default: 20000")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    names = rng.choices(list(CLASSES), [share for share, _ in CLASSES.values()], k=options.inputs)
    with serving() as server:
        fuzzer = Fuzzer(server.address)

        def send_all(numbers: range) -> None:
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda i: fuzzer.send(names[i], Random(f"{options.seed} {i}")), numbers))

        warm = round(WARM_UP * options.inputs)
        send_all(range(warm))
        memory, files = settled_resources(server, (0, 0))
        send_all(range(warm, options.inputs))
        if not fuzzer.is_alive():
            fuzzer.failures.append("The server no longer reads a 7.")
        memory_after, files_after = settled_resources(server, (memory * (1 + MAX_GROWTH), files))
        if memory_after > memory * (1 + MAX_GROWTH) or files_after > files:
            fuzzer.failures.append("The server holds more memory or files than after the warm-up.")
        log = server.log.read_text().splitlines()
    for name, counts in fuzzer.counts.items():
        outcomes = ", ".join(f"{count} × {outcome}" for outcome, count in counts.most_common())
        print(f"{counts.total():>6} {name}: {outcomes}")
    print(f"after the first {warm:,} requests: {memory:.0f} MB, {files} open files")
    print(f"at the end: {memory_after:.0f} MB, {files_after} open files")
    print(f"the server's log has {len(log)} lines; the first 20:", *log[:20], sep="\n  ")
    print(f"{len(fuzzer.failures)} failures", *fuzzer.failures[:20], sep="\n  ")
    sys.exit(1 if fuzzer.failures else 0)


if __name__ == "__main__":
    main()
