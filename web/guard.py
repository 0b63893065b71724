"""What stands between strangers and Gradio's server: few open doors, bounded bodies, well-formed calls.

An ASGI middleware that knows nothing of digits. Without it Gradio reads a body of any size before it looks at it,
answers many a malformed one with a 500 that says nothing, and serves routes that the page has no use for.
"""

import json
import re

import gradio as gr
from starlette.datastructures import Headers
from starlette.middleware import Middleware

from web.reply import Refusal, Reply

# Bytes. 20,000 points, the largest drawing that is read, take 400,000. Gradio bounds each uploaded file (20 MB), not
# their number; each is sent alone, with a few hundred bytes around it.
MAX_JSON, MAX_UPLOAD = 1_000_000, 21_000_000
# A drawing lies six brackets deep, and Gradio walks through what it gets by recursion.
MAX_DEPTH = 16

# All that the page, its API page and Gradio's clients ask for. Above all not the routes that read files (file=, proxy=,
# stream, deep_link, custom_component): nothing can be read but what Gradio's own page consists of.
OPEN = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/(assets|static)/[\w./-]+"
    r"|/gradio_api/(info|startup-events|app_id|theme\.css|upload|upload_progress|cancel|reset|heartbeat/\w+"
    r"|queue/(join|data|status)|run/\w+|call/(v2/)?\w+(/\w+)?)"
)
UPLOAD = "/gradio_api/upload"
CALL = re.compile(r"/gradio_api/(run|call|call/v2|queue)/(\w+)")


def middleware(page: gr.Blocks) -> Middleware:
    """For launch(app_kwargs={"middleware": [middleware(page)]}): Gradio makes its app and serves it in one step."""
    takes = {
        name.strip("/"): [parameter["parameter_name"] for parameter in endpoint["parameters"]]
        for name, endpoint in page.get_api_info()["named_endpoints"].items()
    }
    return Middleware(Guard, takes, {i: fn.api_name for i, fn in page.fns.items() if fn.api_name in takes})


class Guard:
    """Wraps an ASGI application. takes: what each endpoint's values are called; names: the endpoints by fn_index."""

    def __init__(self, app, takes: dict[str, list[str]], names: dict[int, str]):
        self.app, self.takes, self.names = app, takes, names

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        reply = Reply(send)
        try:
            await self.app(scope, await self._admitted(scope, receive), reply.send)
        except Refusal as refusal:
            await reply.refuse(*refusal.args)
        except Exception as error:
            await reply.fail(error, scope["path"])

    async def _admitted(self, scope, receive):
        """What is asked for is open and well-formed → where the application gets the body from. Raises Refusal."""
        path = scope["path"].rstrip("/") or "/"
        if not OPEN.fullmatch(path) or ".." in path:
            raise Refusal(404, "There is nothing here.")
        limit = MAX_UPLOAD if path == UPLOAD else MAX_JSON
        receive = bounded(receive, limit, told=int(Headers(scope=scope).get("content-length", 0)))
        if path == UPLOAD or scope["method"] != "POST":
            return receive
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        self._check(path, parse(body))
        waiting = [{"type": "http.request", "body": body}]

        async def again():
            return waiting.pop() if waiting else await receive()

        return again

    def _check(self, path: str, value: object) -> None:
        """Raise Refusal for a call of an endpoint that is not there, or with other values than it takes."""
        if not isinstance(value, dict):
            raise Refusal(422, 'Expected a JSON object, such as {"data": [ … ]}.')
        if not (call := CALL.fullmatch(path)):
            return
        how, name = call.groups()
        if how == "queue":
            name = self.names.get(value["fn_index"]) if isinstance(value.get("fn_index"), int) else None
        if name not in self.takes:
            raise Refusal(404, f"There is no such endpoint; there are /{', /'.join(self.takes)}.")
        takes, data = self.takes[name], value.get("data")
        right = set(value) == set(takes) if how == "call/v2" else isinstance(data, list) and len(data) == len(takes)
        if not right:
            form = "An object" if how == "call/v2" else 'A list "data"'
            raise Refusal(422, f"{form} with {len(takes)} of these is expected: {', '.join(takes)}.")


def bounded(receive, limit: int, told: int):
    """The same body; Refusal when it is larger, be it that it has told so or that it turns out so."""
    taken = 0

    async def receive_some():
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if max(taken, told) > limit:
            raise Refusal(413, f"This is too large: at most {limit:,} bytes are read.")
        return message

    return receive_some


def parse(body: bytes) -> object:
    """JSON with at most MAX_DEPTH brackets in brackets. Raises Refusal."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise Refusal(422, "This is not JSON.") from None
    layer = [value]
    for _ in range(MAX_DEPTH):
        lists = [part.values() if isinstance(part, dict) else part for part in layer if isinstance(part, list | dict)]
        layer = [part for parts in lists for part in parts]
    if layer:
        raise Refusal(422, f"There are more than {MAX_DEPTH} brackets in brackets.")
    return value
