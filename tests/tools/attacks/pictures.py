"""Pictures that take much memory or a long time to decode."""

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from PIL import Image, PngImagePlugin

from tests.helpers.drawings import SEVEN
from tests.helpers.pictures import BLACK, DRAWN, WHITE, colored, saved
from tests.helpers.server import SSL_CONTEXT, Server
from tests.helpers.slow_pictures import (
    exif_with_overlapping_tags,
    gif_with_comments,
    progressive_jpeg,
    tiff_with_a_large_tag,
)
from tests.tools.attacks.attack import Outcome, attack

MAX_GROWTH = 300  # MB, at any time.
MAX_KEPT = 50  # MB, after the attack.
MAX_SECONDS = 6  # 5 s, and a margin for the connection and for a busy machine.
# Seconds until other visitors are answered during the attack.
MAX_PREDICT, MAX_PICTURE = 1, 2
TIMEOUT = 120
PICTURE = saved(colored(BLACK, WHITE, DRAWN)).getvalue()


def memory_of(server: Server) -> float:
    """Return the resident memory of the server and its child processes, in MB."""
    return sum(map(_megabytes, [server.process.pid, *_children(server.process.pid)]))


def _children(pid: int) -> Iterator[int]:
    """Yield the child processes. A process that has just been created still shares the memory of its parent."""
    own = Path(f"/proc/{pid}/cmdline").read_bytes()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # The thread or the process has ended.
            for child in children.read_text().split():
                if Path(f"/proc/{child}/cmdline").read_bytes() not in (own, b""):
                    yield int(child)


def _megabytes(pid: int) -> float:
    try:
        [kilobytes] = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(kilobytes) / 1024
    except (OSError, ValueError):  # The process has ended.
        return 0


class PeakMemory:
    """A context manager that measures the largest memory of the server and its child processes. peak: in MB."""

    def __init__(self, server: Server):
        self.peak, self._server, self._stop = 0.0, server, threading.Event()
        self._thread = threading.Thread(target=self._measure)

    def __enter__(self) -> "PeakMemory":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._stop.set()
        self._thread.join()

    def _measure(self) -> None:
        while not self._stop.wait(0.005):
            self.peak = max(self.peak, memory_of(self._server))


def send(server: Server, picture: bytes) -> tuple[int, float, str]:
    """Send a picture. Return the status, the seconds until the answer, and the error message."""
    return _timed(lambda: _post(server, "predict_image", files={"picture": picture}))


def draw(server: Server) -> tuple[int, float, str]:
    """Send a drawing. Return the same as `send`."""
    return _timed(lambda: _post(server, "predict", json=SEVEN))


def _post(server: Server, endpoint: str, **body) -> httpx.Response:
    return httpx.post(f"{server.address}/api/{endpoint}", timeout=TIMEOUT, verify=SSL_CONTEXT, **body)


def _timed(request: Callable[[], httpx.Response]) -> tuple[int, float, str]:
    start = time.monotonic()
    response = request()
    return response.status_code, time.monotonic() - start, response.json().get("detail", "")


def hungry_pictures() -> dict[str, bytes]:
    """Return pictures of about 1 MB that take much memory to decode, by name."""
    small = Image.new("L", (64, 64), 255)
    exif = exif_with_overlapping_tags(600_000, 30_000)
    text = PngImagePlugin.PngInfo()
    for i in range(64):
        text.add_text(f"text{i}", "x" * 1_000_000, zip=True)
    large = Image.new("RGBA", (5_000, 5_000), (255, 255, 255, 255))
    return {
        "TIFF with a large tag": tiff_with_a_large_tag(1_000_000),
        "PNG with EXIF": saved(small, "PNG", exif=exif).getvalue(),
        "WebP with EXIF": saved(small, "WEBP", exif=exif).getvalue(),
        "JPEG with EXIF": saved(small, "JPEG", exif=exif_with_overlapping_tags(1_000, 5_000)).getvalue(),
        "JPEG with EXIF in 16 parts": jpeg_with_long_exif(exif),
        "PNG with 64 MB of text": saved(small, "PNG", pnginfo=text).getvalue(),
        "PNG with 100 MB in a color profile": saved(small, "PNG", icc_profile=bytes(100_000_000)).getvalue(),
        "PNG, 25 megapixels": saved(large, "PNG").getvalue(),
        "WebP, 25 megapixels": saved(large, "WEBP", lossless=True, method=0).getvalue(),
        "GIF, 25 megapixels": saved(large.convert("P"), "GIF").getvalue(),
        "progressive JPEG, 100 megapixels": saved(
            Image.new("L", (10_000, 10_000)), "JPEG", progressive=True
        ).getvalue(),
    }


def jpeg_with_long_exif(exif: bytes) -> bytes:
    """Return a JPEG whose EXIF data is divided into segments, because a segment has at most 64 kB."""
    content = saved(Image.new("L", (64, 64), 255), "JPEG").getvalue()
    head, parts = exif[:6], [exif[at : at + 65_000] for at in range(6, len(exif), 65_000)]
    segments = [b"\xff\xe1" + (len(head + part) + 2).to_bytes(2, "big") + head + part for part in parts]
    return content[:2] + b"".join(segments) + content[2:]


@attack(1, "send pictures of 1 MB that take much memory to decode")
def fill_memory(server: Server) -> Outcome:
    for _ in range(6):
        send(server, PICTURE)
        draw(server)
    before = memory_of(server)
    pictures = hungry_pictures()
    failures, largest = [], ("", 0.0)
    for name, picture in [*pictures.items(), *pictures.items()]:
        with PeakMemory(server) as memory:
            status, _, message = send(server, picture)
        largest = max(largest, (name, memory.peak - before), key=lambda each: each[1])
        if status not in (200, 422) or (status == 422 and not is_sentence(message)):
            failures.append(f"{name}: {status} {message}")
    with PeakMemory(server) as memory, ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda picture: send(server, picture), pictures.values()))
    time.sleep(3)  # Until the workers that replace others have started.
    kept = memory_of(server) - before
    together = memory.peak - before
    return Outcome(
        f"{before:.0f} MB (server and workers)",
        f"peak +{largest[1]:.0f} MB ({largest[0]}), +{together:.0f} MB for four at once, kept +{kept:.0f} MB"
        + "".join(f"; {failure}" for failure in failures),
        max(largest[1], together) <= MAX_GROWTH and kept <= MAX_KEPT and not failures,
    )


@attack(2, "send pictures that take long to decode")
def take_long(server: Server) -> Outcome:
    slow = {"progressive JPEG": progressive_jpeg(4_000, 1_800), "GIF with comments": gif_with_comments(3_000_000)}
    for _ in range(3):
        send(server, PICTURE)
        draw(server)
    before = [request(server)[1] for request in (draw, lambda server: send(server, PICTURE))]
    texts, holds = [], True
    for name, picture in slow.items():
        for count in (1, 3):
            results, drawings, pictures = during(server, [picture] * count)
            slowest = max(seconds for _, seconds, _ in results)
            statuses = sorted({status for status, _, _ in results})
            texts.append(
                f"{count} × {name} ({len(picture) // 1000} kB): {statuses} after {slowest:.1f} s; meanwhile "
                f"{len(drawings)} drawings in at most {max(each[1] for each in drawings):.2f} s, "
                f"{len(pictures)} pictures in at most {max(each[1] for each in pictures):.2f} s"
            )
            holds &= slowest <= MAX_SECONDS and all(is_sentence(message) for _, _, message in results)
            holds &= set(statuses) <= ({422} if count == 1 else {422, 503})
            holds &= all(status == 200 for status, _, _ in drawings + pictures)
            holds &= max(each[1] for each in drawings) <= MAX_PREDICT
            holds &= max(each[1] for each in pictures) <= (MAX_PICTURE if count == 1 else MAX_SECONDS)
    return Outcome(
        f"a drawing takes {before[0]:.2f} s, a picture {before[1]:.2f} s", "\n           ".join(texts), bool(holds)
    )


def during(server: Server, pictures: list[bytes]) -> tuple[list, list, list]:
    """Send pictures at once, and meanwhile drawings and an ordinary picture, again and again. Return their results."""
    drawings, ordinary = [], []
    with ThreadPoolExecutor(len(pictures) + 2) as pool:
        attacks = [pool.submit(send, server, picture) for picture in pictures]
        time.sleep(0.1)

        def repeat(request: Callable[[], tuple], results: list) -> None:
            while not results or not all(attack.done() for attack in attacks):
                results.append(request())
                time.sleep(0.05)

        others = [
            pool.submit(repeat, lambda: draw(server), drawings),
            pool.submit(repeat, lambda: send(server, PICTURE), ordinary),
        ]
        for other in others:
            other.result()
        return [attack.result() for attack in attacks], drawings, ordinary


def is_sentence(message: str) -> bool:
    return message.endswith(".") and len(message) < 300
