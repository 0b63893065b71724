"""Invalid and unusual requests for `fuzz`: calls with wrong JSON, unknown routes, strange headers and uploads."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from tests.helpers.drawings import SEVEN
from web.api import ENDPOINTS as REGISTERED
from web.gradio_endpoints import parameters_of

# Maps the name of each endpoint to the names of its parameters.
ENDPOINTS = {name: list(parameters_of(endpoint)) for name, endpoint in REGISTERED.items()}
DRAWING_ENDPOINTS = [name for name, parameters in ENDPOINTS.items() if "drawing" in parameters]


@dataclass(frozen=True)
class Request:
    """An HTTP request.

    picture: the content of a file to upload before the request, or None. name: the name of this file. After the upload,
    the word PATH in `content` is replaced by the path that the server has given to the file.
    """

    path: str
    content: bytes = b""
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=lambda: {"content-type": "application/json"})
    picture: bytes | None = None
    name: str = "picture.png"


PATH = b"PATH"


def call(rng: Random, endpoint: str, *data: object) -> Request:
    """Return a call of an endpoint through a random route. data: the arguments of the call."""
    # `data` may contain NaN or Infinity. The json module writes them, so that the server gets invalid JSON on purpose.
    route = rng.choice(("api", "api", "mcp", "run", "call", "queue"))
    if route in ("run", "call"):
        return Request(f"/gradio_api/{route}/{endpoint}", json.dumps({"data": data}).encode())
    if route == "queue":
        body = {"data": data, "fn_index": rng.randrange(-1, 14), "session_hash": str(rng.random())}
        return Request("/gradio_api/queue/join", json.dumps(body).encode())
    fields = dict(zip(ENDPOINTS[endpoint], data, strict=False))
    drawing = fields.pop("drawing", {})
    fields |= drawing if isinstance(drawing, dict) else {"strokes": drawing}
    if route == "mcp":
        return mcp_call(endpoint, fields)
    registered = REGISTERED[endpoint]
    return Request(registered.path, json.dumps(fields).encode(), registered.method)


def mcp_call(tool: object, arguments: object) -> Request:
    """Return a call of an MCP tool."""
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": arguments}}
    headers = {"content-type": "application/json", "accept": "application/json, text/event-stream"}
    return Request("/mcp", json.dumps(body).encode(), headers=headers)


def any_json(rng: Random, depth: int = 3) -> object:
    simple = (None, True, 0, -1, 7, 1e308, float("nan"), float("-inf"), 10**30, "", "7", "\x00", "\ud800", "٣", [], {})
    if depth == 0 or rng.random() < 0.4:
        return rng.choice(simple)
    parts = [any_json(rng, depth - 1) for _ in range(rng.randrange(4))]
    keys = ("strokes", "path", "url", "data", "meta", "__type__", "constructor")
    return parts if rng.random() < 0.5 else {rng.choice(keys): part for part in parts}


def wrong_types(rng: Random) -> Request:
    endpoint = rng.choice(list(ENDPOINTS))
    return call(rng, endpoint, *(any_json(rng) for _ in ENDPOINTS[endpoint]))


def wrong_envelope(rng: Random) -> Request:
    endpoint = rng.choice([*ENDPOINTS, "js_fn", "lambda", "", "predict/../predict"])
    body = {rng.choice(("data", "data", "Data", "fn_index", "session_hash", "event_id")): any_json(rng)}
    body |= rng.choice(({}, {}, {"data": []}, {"data": [SEVEN] * 5}, {"batched": True}, {"trigger_id": 10**9}))
    if rng.random() < 0.2:
        return mcp_call(*rng.choice(((any_json(rng), {}), (endpoint, any_json(rng)))))
    route = rng.choice(("run", "call", "call/v2", "api", "queue/join"))
    return Request(f"/gradio_api/{route}/{endpoint}".removesuffix("/"), json.dumps(body).encode())


def not_json(rng: Random) -> Request:
    whole = json.dumps({"data": [SEVEN]}).encode()
    cut = whole[: rng.randrange(len(whole))]
    content = rng.choice((cut, cut + rng.randbytes(9), rng.randbytes(50), b"\xff\xfe{", b'{"data": 1' + b"0" * 5000))
    kind = rng.choice(("application/json", "text/plain", "multipart/form-data", "application/json; charset=utf-7", ""))
    path = rng.choice(("/api", "/gradio_api/run", "/mcp"))
    return Request(
        f"{path}/{rng.choice(list(ENDPOINTS))}".replace("/mcp/", "/mcp?"), content, headers={"content-type": kind}
    )


def almost_a_drawing(rng: Random) -> Request:
    """Return a call with a drawing that contains a random JSON value.

    The random value replaces a number or a point, or is added as a stroke.
    """
    strokes = json.loads(json.dumps(SEVEN["strokes"]))
    other = any_json(rng, 1)
    match rng.randrange(3):
        case 0:
            rng.choice(strokes[0])[rng.randrange(2)] = other
        case 1:
            strokes[0][rng.randrange(len(strokes[0]))] = other
        case 2:
            strokes.insert(0, other)
    drawing = {"strokes": strokes}
    as_text = json.dumps(drawing) if rng.random() < 0.2 else drawing
    endpoint = rng.choice(DRAWING_ENDPOINTS)
    return call(
        rng,
        endpoint,
        as_text,
        *[rng.choice((7, None, any_json(rng, 1))) for _ in ENDPOINTS[endpoint][1:]],
    )


def nested(rng: Random) -> Request:
    depth = rng.choice((12, 20, 100, 900, 3_000, 100_000))
    opens, closes = rng.choice((("[", "]"), ('{"strokes":', "}"), ('[{"a":', "}]")))
    bomb = opens * depth + "1" + closes * depth
    data = json.dumps(bomb) if rng.random() < 0.3 else bomb
    if rng.random() < 0.5:
        return Request(f"/api/{rng.choice(list(ENDPOINTS))}", f'{{"strokes": {data}}}'.encode())
    return Request(f"/gradio_api/run/{rng.choice(list(ENDPOINTS))}", f'{{"data": [{data}]}}'.encode())


def too_many(rng: Random) -> Request:
    """Return a call with up to a million points, or with up to a million strokes. Points and strokes may be invalid."""
    point = rng.choice(("[0.5,0.5]", "[0.123456789,0.987654321]", "[]", "0"))
    count = rng.choice((11_000, 13_000, 60_000, 1_000_000))
    stroke = "[" + ",".join([point] * count) + "]"
    strokes = stroke if rng.random() < 0.5 else f"[{stroke}]"
    return Request("/api/predict", f'{{"strokes": {strokes}}}'.encode())


def large_drawing(rng: Random) -> Request:
    """Return a call with a large drawing that the server must accept and answer."""
    count = rng.choice((2_000, 11_999))
    points = [[round(rng.random(), 4), round(rng.random(), 4)] for _ in range(count)]
    size = rng.choice((count, count // 450 + 1))
    drawing = {"strokes": [points[at : at + size] for at in range(0, count, size)]}
    return Request("/api/predict", json.dumps(drawing).encode())


def picture(make: Callable[[Random], bytes]) -> Callable[[Random], Request]:
    """Return a function that creates a request with an uploaded picture. make: creates the content of the picture."""

    def upload(rng: Random) -> Request:
        content = b'{"data": [{"path": "PATH", "meta": {"_type": "gradio.FileData"}}]}'
        name = rng.choice(
            ("picture.png", "picture.jpg", "a", "../../x.png", "ü\u202e.png", "x" * 300 + ".png", ".png", "a.svg")
        )
        if rng.random() < 0.5:
            return Request("/gradio_api/run/predict_image", content, picture=make(rng), name=name)
        head = f'--b\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\n\r\n'.encode()
        form = {"content-type": "multipart/form-data; boundary=b"}
        return Request("/api/predict_image", head + make(rng) + b"\r\n--b--\r\n", headers=form)

    return upload


PATHS = (
    "/etc/passwd", "../../../../etc/passwd", "/proc/self/environ", "file:///etc/passwd", "demo.py", "./demo.py", ".",
    "/", "/tmp", "\\etc\\passwd", "%2fetc%2fpasswd", "..%2f..%2fetc/passwd", "%2e%2e/%2e%2e/etc/passwd",
    "..;/etc/passwd", "//etc/passwd", "x%00.png", "/dev/zero", "http://127.0.0.1:9/x.png", "http://169.254.169.254/",
    "https://localhost/", "ftp://127.0.0.1/", "data:image/png;base64,AAAA", "", "x\x00.png", "x" * 5_000
)  # fmt: skip


def foreign_file(rng: Random) -> Request:
    """Return a call with the path or the URL of a file that the caller has not uploaded."""
    path = rng.choice(PATHS)
    value = rng.choice(
        ({"path": path}, {"path": path, "url": path}, {"url": path}, {"path": None, "url": path}, path, [path])
    )
    if isinstance(value, dict):
        value["meta"] = {"_type": "gradio.FileData"}
    return call(rng, "predict_image", value)


FILE_ROUTES = (
    "/gradio_api/file={}", "/gradio_api/file/{}", "/file={}", "/gradio_api/proxy={}", "/assets/{}", "/assets/../{}",
    "/static/{}", "/static/..%2f..%2f{}", "/svelte/{}", "/gradio_api/stream/a/b/1/{}",
    "/gradio_api/custom_component/a/client/{}/b", "//{}"
)  # fmt: skip


def file_route(rng: Random) -> Request:
    path = rng.choice(PATHS).replace("\x00", "%00")
    return Request(rng.choice(FILE_ROUTES).format(path), method=rng.choice(("GET", "GET", "HEAD")))


ROUTES = (
    "/", "/config", "/login", "/logout", "/openapi.json", "/docs", "/monitoring", "/monitoring/summary",
    "/monitoring/x", "/pwa_icon", "/pwa_icon/99999", "/manifest.json", "/robots.txt", "/theme.css", "/favicon.ico",
    "/nothing", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/token", "/gradio_api/user",
    "/gradio_api/app_id", "/gradio_api/dev/reload", "/gradio_api/runs", "/gradio_api/deep_link",
    "/gradio_api/deep_link?session_hash=a", "/gradio_api/component_server", "/gradio_api/process_recording",
    "/gradio_api/vibe-edit", "/gradio_api/vibe-code", "/gradio_api/queue/status", "/gradio_api/startup-events",
    "/gradio_api/cancel", "/gradio_api/reset", "/gradio_api/stream/a", "/gradio_api/stream/a/close",
    "/gradio_api/upload_progress?upload_id=a", "/gradio_api/queue/data", "/gradio_api/queue/data?session_hash=a",
    "/gradio_api/call/predict/a", "/gradio_api/call/predict", "/gradio_api/run/predict", "/api/predict", "/api/nothing",
    "/api/corrections?token=a", "/api/about", "/health", "/mcp", "/static/swagger-ui-0/x", "/?view=api",
    "/gradio_api/info?all_endpoints=True&page=x", "/gradio_api/heartbeat/a", "/config?deep_link=../../x",
    "/?deep_link=../../etc", "/?__theme=%00"
)  # fmt: skip


def any_route(rng: Random) -> Request:
    """Return a request to any route of Gradio or to an unknown route, with any method and an unexpected body."""
    method = rng.choice(("GET", "GET", "POST", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "TRACE", "X"))
    content = json.dumps(any_json(rng)).encode() if method != "GET" else b""
    return Request(rng.choice(ROUTES), content, method)


HEADERS = (
    "cookie", "host", "origin", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "range",
    "accept-encoding", "expect", "content-encoding", "accept-language", "if-none-match", "authorization",
    "x-gradio-user", "transfer-encoding"
)  # fmt: skip
VALUES = (
    "x", "é", "'", "0", "chunked", "bytes=0-0,1-1,-5", "gzip,br;q=nan", "http://evil.example", "a:99999",
    "[::1]", "xn--0", "a" * 4_000, "a" * 200_000
)  # fmt: skip


def strange_headers(rng: Random) -> Request:
    headers = {rng.choice(HEADERS): rng.choice(VALUES) for _ in range(rng.randrange(1, 4))}
    if rng.random() < 0.5:
        return Request(rng.choice(("/", "/config")), method="GET", headers=headers)
    headers["content-type"] = "application/json"
    return Request("/api/predict", json.dumps(SEVEN).encode(), headers=headers)


def strange_upload(rng: Random) -> Request:
    head = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%%s"\r\n\r\n' % rng.choice(
        (b"files", b"picture")
    )
    name = rng.choice((b"a.png", b"../../../tmp/a.png", b"", b"\x00", b"a" * 5_000, b"/etc/passwd", b"a\\b.png"))
    content = rng.choice(
        (
            head % name + b"x\r\n--b--\r\n",
            head % name + b"x",
            head % name,
            (head % name + b"x\r\n") * 50 + b"--b--\r\n",
            b"--b\r\n" * 300,
            b"--c--",
            b"",
            rng.randbytes(400),
            head % name + bytes(23_000_000),
        )
    )
    kind = rng.choice(
        ("multipart/form-data; boundary=b",) * 4 + ("multipart/form-data", "text/plain", "application/json")
    )
    path = rng.choice(("/gradio_api/upload", "/api/predict_image"))
    return Request(path, content, headers={"content-type": kind})
