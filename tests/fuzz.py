"""Throw what no visitor would send at every public route, and see that each gets a sentence or an answer, soon.

    python tests/fuzz.py                  # 20,000 inputs, ten minutes
    python tests/fuzz.py --inputs 2000

Prints each class of inputs, how often it was tried, how it was answered, and what the server then holds. Exits 1 when
anything was answered by a 5xx, not within PATIENCE, with a file of the server's, or by its end; and when the server
does not return to the open files, or to the memory but for MAX_GROWTH, that it had after the first WARM_UP of them.
"""

import argparse
import io
import json
import random
import struct
import sys
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random

import httpx
from browser import Server, serving
from hand import DIGITS
from PIL import Image, ImageDraw

PATIENCE = 20.0  # Seconds, on a machine that does other things as well.
# By then a picture of 25 megapixels was in hand, and Gradio has all 2,000 answers that it keeps for who does not come.
WARM_UP = 0.5
MAX_GROWTH = 0.05
SETTLES_WITHIN = 60  # Seconds: streams of events that nobody listens to any more are noticed by their next heartbeat.
SEVEN = {"strokes": [[list(point) for point in stroke] for stroke in DIGITS[7]]}
ENDPOINTS = {"predict": 1, "predict_image": 1, "explain": 3, "compare": 1, "steps": 1, "about": 0, "correct": 2}
OF_DRAWINGS = ("predict", "compare", "explain", "steps", "correct")
# In no answer: a password file's first word, and this project's own source.
SECRETS = ("root:x:0", "import gradio")


@dataclass(frozen=True)
class Input:
    """A request. picture: a file that is uploaded first; its path takes the place of PATH in the content."""

    path: str
    content: bytes = b""
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    picture: bytes | None = None
    name: str = "picture.png"


PATH = b"PATH"


# --- JSON


def call(chance: Random, endpoint: str, *data: object) -> Input:
    """An endpoint called by one of the ways that there are."""
    ways = ("run/{}", "run/{}", "call/{}", "queue/join")
    way, body = chance.choice(ways).format(endpoint), {"data": data}
    if way == "queue/join":
        body |= {"fn_index": chance.randrange(-1, 14), "session_hash": str(chance.random())}
    # Written by Python, so that NaN and Infinity go as they are.
    return Input(f"/gradio_api/{way}", json.dumps(body).encode())


def any_json(chance: Random, depth: int = 3) -> object:
    simple = (None, True, 0, -1, 7, 1e308, float("nan"), float("-inf"), 10**30, "", "7", "\x00", "\ud800", "٣", [], {})
    if depth == 0 or chance.random() < 0.4:
        return chance.choice(simple)
    parts = [any_json(chance, depth - 1) for _ in range(chance.randrange(4))]
    keys = ("strokes", "path", "url", "data", "meta", "__type__", "constructor")
    return parts if chance.random() < 0.5 else {chance.choice(keys): part for part in parts}


def wrong_types(chance: Random) -> Input:
    endpoint = chance.choice(list(ENDPOINTS))
    return call(chance, endpoint, *(any_json(chance) for _ in range(ENDPOINTS[endpoint])))


def wrong_envelope(chance: Random) -> Input:
    endpoint = chance.choice([*ENDPOINTS, "js_fn", "lambda", "", "predict/../predict"])
    body = {chance.choice(("data", "data", "Data", "fn_index", "session_hash", "event_id")): any_json(chance)}
    body |= chance.choice(({}, {}, {"data": []}, {"data": [SEVEN] * 5}, {"batched": True}, {"trigger_id": 10**9}))
    way = chance.choice(("run", "call", "call/v2", "api", "queue/join"))
    return Input(f"/gradio_api/{way}/{endpoint}".removesuffix("/"), json.dumps(body).encode())


def not_json(chance: Random) -> Input:
    whole = json.dumps({"data": [SEVEN]}).encode()
    cut = whole[: chance.randrange(len(whole))]
    content = chance.choice(
        (cut, cut + chance.randbytes(9), chance.randbytes(50), b"\xff\xfe{", b'{"data": 1' + b"0" * 5000)
    )
    kind = chance.choice(
        ("application/json", "text/plain", "multipart/form-data", "application/json; charset=utf-7", "")
    )
    return Input(f"/gradio_api/run/{chance.choice(list(ENDPOINTS))}", content, headers={"content-type": kind})


def almost_a_drawing(chance: Random) -> Input:
    """One number, point or stroke is something else."""
    strokes = json.loads(json.dumps(SEVEN["strokes"]))
    other = any_json(chance, 1)
    match chance.randrange(3):
        case 0:
            chance.choice(strokes[0])[chance.randrange(2)] = other
        case 1:
            strokes[0][chance.randrange(len(strokes[0]))] = other
        case 2:
            strokes.insert(0, other)
    drawing = {"strokes": strokes}
    as_text = json.dumps(drawing) if chance.random() < 0.2 else drawing
    endpoint = chance.choice(OF_DRAWINGS)
    return call(
        chance,
        endpoint,
        as_text,
        *[chance.choice((7, None, any_json(chance, 1))) for _ in range(ENDPOINTS[endpoint] - 1)],
    )


def nested(chance: Random) -> Input:
    depth = chance.choice((12, 20, 100, 900, 3_000, 100_000))
    opens, closes = chance.choice((("[", "]"), ('{"strokes":', "}"), ('[{"a":', "}]")))
    bomb = opens * depth + "1" + closes * depth
    data = json.dumps(bomb) if chance.random() < 0.3 else bomb
    return Input(f"/gradio_api/run/{chance.choice(list(ENDPOINTS))}", f'{{"data": [{data}]}}'.encode())


def too_many(chance: Random) -> Input:
    """Points or strokes past any drawing's number, up to a million."""
    point = chance.choice(("[0.5,0.5]", "[0.123456789,0.987654321]", "[]", "0"))
    count = chance.choice((19_000, 21_000, 60_000, 1_000_000))
    stroke = "[" + ",".join([point] * count) + "]"
    strokes = stroke if chance.random() < 0.5 else f"[{stroke}]"
    return Input("/gradio_api/run/predict", f'{{"data": [{{"strokes": {strokes}}}]}}'.encode())


def large_drawing(chance: Random) -> Input:
    """Within the bounds, and as much work as can be: it must be answered."""
    count = chance.choice((2_000, 19_999))
    points = [[round(chance.random(), 4), round(chance.random(), 4)] for _ in range(count)]
    size = chance.choice((count, count // 900 + 1))
    drawing = {"strokes": [points[at : at + size] for at in range(0, count, size)]}
    return Input("/gradio_api/run/predict", json.dumps({"data": [drawing]}).encode())


# --- pictures


def png(width: int, height: int, rows: bytes) -> bytes:
    """A black-and-white PNG with this header, whatever its rows hold."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def chunk(name: bytes, part: bytes) -> bytes:
    return struct.pack(">I", len(part)) + name + part + struct.pack(">I", zlib.crc32(name + part))


def seven(mode: str = "L", size: tuple[int, int] = (64, 48)) -> Image.Image:
    image = Image.new("L", size, 255)
    width, height = size
    ImageDraw.Draw(image).line(
        [(0.3 * width, 0.2 * height), (0.7 * width, 0.2 * height), (0.45 * width, 0.8 * height)], 0, 5
    )
    return (
        image.convert("I").point(lambda value: value * 257).convert("I;16") if mode == "I;16" else image.convert(mode)
    )


def saved(image: Image.Image, kind: str, **settings) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **settings)
    return file.getvalue()


def good_picture(chance: Random) -> bytes:
    """A picture that a program, a camera or a scanner might well make."""
    turned = Image.Exif()
    turned[0x0112] = chance.randrange(0, 10)
    size = chance.choice(((64, 48), (1, 1), (1, 900), (900, 2), (640, 480)))
    return chance.choice(
        (
            lambda: saved(seven("L", size), chance.choice(("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF"))),
            lambda: saved(seven("RGB"), "JPEG", exif=turned),
            lambda: saved(seven("I;16"), chance.choice(("PNG", "TIFF"))),
            lambda: saved(seven(chance.choice(("1", "P", "LA", "RGBA"))), "PNG"),
            lambda: saved(seven("P"), "PNG", transparency=0),
            lambda: saved(seven("CMYK"), chance.choice(("JPEG", "TIFF"))),
            lambda: saved(seven("F"), "TIFF"),
            lambda: saved(
                seven(), chance.choice(("GIF", "WEBP", "TIFF", "PNG")), save_all=True, append_images=[seven()] * 3
            ),
        )
    )()


def bad_picture(chance: Random) -> bytes:
    """What is cut off, broken, far too large, or no picture."""
    whole = good_picture(chance)
    broken = bytearray(whole)
    for _ in range(chance.randrange(1, 9)):
        broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
    zeros = bytes(chance.choice((0, 10, 1_000_000)))
    side = chance.choice((5_001, 20_000, 65_000, 2**31 - 1))
    return chance.choice(
        (
            whole[: chance.randrange(len(whole))],
            bytes(broken),
            png(side, chance.choice((1, side)), zeros),
            png(5_000, 5_000, bytes(5_000 * 626)),
            png(0, 0, zeros),
            b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
            b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + chance.randbytes(30),
            b"BM" + chance.randbytes(60),
            b"%PDF-1.7\n%!PS\n",
            b"PK\x03\x04" + chance.randbytes(40),
            chance.randbytes(chance.randrange(200)),
        )
    )


def picture(make: Callable[[Random], bytes]) -> Callable[[Random], Input]:
    def asked(chance: Random) -> Input:
        content = b'{"data": [{"path": "PATH", "meta": {"_type": "gradio.FileData"}}]}'
        name = chance.choice(
            ("picture.png", "picture.jpg", "a", "../../x.png", "ü\u202e.png", "x" * 300 + ".png", ".png", "a.svg")
        )
        return Input("/gradio_api/run/predict_image", content, picture=make(chance), name=name)

    return asked


PLACES = (
    "/etc/passwd", "../../../../etc/passwd", "/proc/self/environ", "file:///etc/passwd", "demo.py", "./demo.py", ".",
    "/", "/tmp", "\\etc\\passwd", "%2fetc%2fpasswd", "..%2f..%2fetc/passwd", "%2e%2e/%2e%2e/etc/passwd",
    "..;/etc/passwd", "//etc/passwd", "x%00.png", "/dev/zero", "http://127.0.0.1:9/x.png", "http://169.254.169.254/",
    "https://localhost/", "ftp://127.0.0.1/", "data:image/png;base64,AAAA", "", "x\x00.png", "x" * 5_000
)  # fmt: skip


def others_file(chance: Random) -> Input:
    """A picture that lies where the caller has put nothing."""
    place = chance.choice(PLACES)
    value = chance.choice(
        ({"path": place}, {"path": place, "url": place}, {"url": place}, {"path": None, "url": place}, place, [place])
    )
    if isinstance(value, dict):
        value["meta"] = {"_type": "gradio.FileData"}
    return call(chance, "predict_image", value)


# --- routes


FILE_ROUTES = (
    "/gradio_api/file={}", "/gradio_api/file/{}", "/file={}", "/gradio_api/proxy={}", "/assets/{}", "/assets/../{}",
    "/static/{}", "/static/..%2f..%2f{}", "/svelte/{}", "/gradio_api/stream/a/b/1/{}",
    "/gradio_api/custom_component/a/client/{}/b", "//{}"
)  # fmt: skip


def file_route(chance: Random) -> Input:
    place = chance.choice(PLACES).replace("\x00", "%00")
    return Input(chance.choice(FILE_ROUTES).format(place), method=chance.choice(("GET", "GET", "HEAD")))


ROUTES = (
    "/", "/config", "/login", "/logout", "/openapi.json", "/docs", "/monitoring", "/monitoring/summary",
    "/monitoring/x", "/pwa_icon", "/pwa_icon/99999", "/manifest.json", "/robots.txt", "/theme.css", "/favicon.ico",
    "/nothing", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/token", "/gradio_api/user",
    "/gradio_api/app_id", "/gradio_api/dev/reload", "/gradio_api/runs", "/gradio_api/deep_link",
    "/gradio_api/deep_link?session_hash=a", "/gradio_api/component_server", "/gradio_api/process_recording",
    "/gradio_api/vibe-edit", "/gradio_api/vibe-code", "/gradio_api/queue/status", "/gradio_api/startup-events",
    "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/stream/a", "/gradio_api/stream/a/close",
    "/gradio_api/upload_progress?upload_id=a", "/gradio_api/queue/data", "/gradio_api/queue/data?session_hash=a",
    "/gradio_api/call/predict/a", "/gradio_api/call/predict", "/gradio_api/run/predict",
    "/gradio_api/info?all_endpoints=True&page=x", "/gradio_api/heartbeat/a", "/config?deep_link=../../x",
    "/?deep_link=../../etc", "/?__theme=%00"
)  # fmt: skip


def any_route(chance: Random) -> Input:
    """Every route that Gradio has, and some that it has not, by every method, with a body that it does not expect."""
    method = chance.choice(("GET", "GET", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "X"))
    content = json.dumps(any_json(chance)).encode() if method != "GET" else b""
    return Input(chance.choice(ROUTES), content, method)


HEADERS = (
    "cookie", "host", "origin", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "range",
    "accept-encoding", "expect", "content-encoding", "accept-language", "if-none-match", "authorization",
    "x-gradio-user", "transfer-encoding"
)  # fmt: skip
VALUES = (
    "x", "é", "'", "0", "chunked", "bytes=0-0,1-1,-5", "gzip,br;q=nan", "http://evil.example", "a:99999",
    "[::1]", "xn--0", "a" * 4_000, "a" * 200_000
)  # fmt: skip


def strange_headers(chance: Random) -> Input:
    headers = {chance.choice(HEADERS): chance.choice(VALUES) for _ in range(chance.randrange(1, 4))}
    if chance.random() < 0.5:
        return Input(chance.choice(("/", "/config")), method="GET", headers=headers)
    headers["content-type"] = "application/json"
    return Input("/gradio_api/run/predict", json.dumps({"data": [SEVEN]}).encode(), headers=headers)


def strange_upload(chance: Random) -> Input:
    head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="%s"\r\n\r\n'
    name = chance.choice((b"a.png", b"../../../tmp/a.png", b"", b"\x00", b"a" * 5_000, b"/etc/passwd", b"a\\b.png"))
    content = chance.choice(
        (
            head % name + b"x\r\n--b--\r\n",
            head % name + b"x",
            head % name,
            (head % name + b"x\r\n") * 50 + b"--b--\r\n",
            b"--b\r\n" * 300,
            b"--c--",
            b"",
            chance.randbytes(400),
            head % name + bytes(23_000_000),
        )
    )
    kind = chance.choice(
        ("multipart/form-data; boundary=b",) * 4 + ("multipart/form-data", "text/plain", "application/json")
    )
    return Input("/gradio_api/upload", content, headers={"content-type": kind})


CLASSES: dict[str, tuple[int, Callable[[Random], Input]]] = {
    "JSON: not JSON, or cut off": (3, not_json),
    "JSON: another envelope, endpoint or number of values": (4, wrong_envelope),
    "JSON: other types than a drawing": (4, wrong_types),
    "JSON: a drawing with one thing wrong, NaN, Infinity": (4, almost_a_drawing),
    "JSON: brackets in brackets, to 100,000": (2, nested),
    "JSON: too many points or strokes, to a million": (0.2, too_many),
    "JSON: as large a drawing as is read": (0.1, large_drawing),
    "picture: turned, 16 bits, palette, animated, CMYK": (3, picture(good_picture)),
    "picture: cut off, broken, bomb, SVG, no picture": (3, picture(bad_picture)),
    "picture: another's file or address": (2, others_file),
    "route: files, traversal": (3, file_route),
    "route: every route, any method and body": (3, any_route),
    "route: headers, huge and contradictory": (1, strange_headers),
    "route: uploads": (0.3, strange_upload),
}
"""Classes of inputs: how often one is tried beside the others, and what makes one."""


# --- asking


class Asker:
    """Sends inputs to a running page, and counts."""

    def __init__(self, address: str):
        self.client = httpx.Client(base_url=address, timeout=PATIENCE, headers={"accept-encoding": "identity"})
        self.counts: dict[str, Counter] = {name: Counter() for name in CLASSES}
        self.failures: list[str] = []
        self._lock = threading.Lock()

    def ask(self, name: str, chance: Random) -> None:
        """Try one input of a class; what must not be is noted in `failures`."""
        asked = CLASSES[name][1](chance)
        outcome = self.answer(asked)
        with self._lock:
            self.counts[name][outcome] += 1
            if not outcome.startswith(("2", "3", "4", "closed")):
                shown = f"{asked.method} {asked.path[:80]} {asked.headers} {asked.content[:300]!r}"
                self.failures.append(f"{name}: {outcome}: {shown}")

    def answer(self, asked: Input) -> str:
        """How one input was answered: its status, or in a word what else became of it."""
        try:
            content = asked.content
            if asked.picture is not None:
                uploaded = self.client.post("/gradio_api/upload", files={"files": (asked.name, asked.picture)})
                if uploaded.status_code != 200:
                    return str(uploaded.status_code)
                content = content.replace(PATH, json.dumps(uploaded.json()[0])[1:-1].encode())
            return self._status(asked, content)
        except httpx.TimeoutException:
            return "hang"
        except httpx.TransportError:
            # What is not HTTP, or too large, may find a closed door; a server that is gone is noticed by `lives`.
            return "closed"

    def _status(self, asked: Input, content: bytes) -> str:
        headers = {name: value.encode("utf-8") for name, value in asked.headers.items()}
        # The path goes as it is: by itself, httpx would take dots out of it.
        target = {"target": asked.path.encode()}
        with self.client.stream(asked.method, "/", content=content, headers=headers, extensions=target) as response:
            # A stream of events may stay open for good: its first part is enough.
            text = next(response.iter_raw(), b"").decode("utf-8", "replace")
        if any(secret in text for secret in SECRETS):
            return "leak"
        if response.status_code == 500 and '"error":' in text:
            return "500 with a sentence"
        return str(response.status_code)

    def lives(self) -> bool:
        """The page still reads a 7."""
        try:
            answer = self.client.post("/gradio_api/run/predict", json={"data": [SEVEN]}).json()
            return answer["data"][0]["digit"] == 7
        except (httpx.HTTPError, ValueError, LookupError):
            return False


def held(server: Server, most: tuple[float, int]) -> tuple[float, int]:
    """Megabytes and open files of the server, once they are no more than `most`, or else after SETTLES_WITHIN."""
    end = time.monotonic() + SETTLES_WITHIN
    while True:
        now = server.megabytes, server.open_files
        if time.monotonic() > end or (now[0] <= most[0] and now[1] <= most[1]):
            return now
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser(description="Throw strange inputs at the page's server.")
    parser.add_argument("--inputs", type=int, default=20_000, help="default: 20000")
    parser.add_argument("--seed", type=int, default=1, help="default: 1")
    options = parser.parse_args()
    chance = random.Random(options.seed)
    names = chance.choices(list(CLASSES), [share for share, _ in CLASSES.values()], k=options.inputs)
    with serving() as server:
        asker = Asker(server.address)

        def ask_all(numbers: range) -> None:
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda i: asker.ask(names[i], Random(f"{options.seed} {i}")), numbers))

        warm = round(WARM_UP * options.inputs)
        ask_all(range(warm))
        memory, files = held(server, (0, 0))
        ask_all(range(warm, options.inputs))
        if not asker.lives():
            asker.failures.append("The server no longer reads a 7.")
        memory_after, files_after = held(server, (memory * (1 + MAX_GROWTH), files))
        if memory_after > memory * (1 + MAX_GROWTH) or files_after > files:
            asker.failures.append("The server holds more than before.")
        log = server.log.read_text().splitlines()
    for name, counts in asker.counts.items():
        print(f"{counts.total():>6} {name}: {', '.join(f'{many} × {what}' for what, many in counts.most_common())}")
    print(f"after the first {warm:,}: {memory:.0f} MB, {files} open files")
    print(f"in the end: {memory_after:.0f} MB, {files_after} open files")
    print(f"the server's log has {len(log)} lines; the first 20:", *log[:20], sep="\n  ")
    print(f"{len(asker.failures)} failures", *asker.failures[:20], sep="\n  ")
    sys.exit(1 if asker.failures else 0)


if __name__ == "__main__":
    main()
