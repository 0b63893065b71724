"""What stands between strangers and Gradio's server: few open doors, bounded bodies, well-formed calls.

An ASGI middleware that knows nothing of digits. Without it Gradio reads a body of any size before it looks at it,
answers many a malformed one with a 500 that says nothing, fetches what a caller names, and serves routes that the page
has no use for.
"""

import json
import re
from pathlib import Path

import gradio as gr
from starlette.datastructures import Headers
from starlette.middleware import Middleware

from web.security import body
from web.security.reply import Refusal, Reply

# Bytes. 20,000 points, the largest drawing that is read, take 400,000. Gradio bounds each uploaded file (20 MB), not
# their number; each is sent alone, with a few hundred bytes around it.
MAX_JSON, MAX_UPLOAD = 1_000_000, 21_000_000

# All that the page, its API page and Gradio's clients ask for. Above all not the routes that read files (file=, proxy=,
# stream, deep_link, custom_component): nothing can be read but what Gradio's own page consists of.
OPEN = re.compile(
    r"/|/config|/theme\.css|/favicon\.ico|/robots\.txt|/manifest\.json|/(assets|static)/[\w./-]{1,200}"
    r"|/gradio_api/(info|startup-events|app_id|theme\.css|upload|upload_progress|cancel|reset|heartbeat/\w+"
    r"|queue/(join|data|status)|run/\w+|call/(v2/)?\w+(/\w+)?|mcp(/[\w-]*)?)",
    re.ASCII,
)
UPLOAD = "/gradio_api/upload"
# Of these Gradio makes the addresses that it answers with, and fails where they are none.
HOST = re.compile(r"|([\w.-]{1,255}|\[[\da-f:.]{2,45}\])(:\d{1,5})?", re.ASCII | re.IGNORECASE)
MCP = "/gradio_api/mcp"
CALL = re.compile(r"/gradio_api/(run|call|call/v2|queue)/(\w+)", re.ASCII)


def middleware(page: gr.Blocks) -> Middleware:
    """For launch(app_kwargs={"middleware": [middleware(page)]}): Gradio makes its app and serves it in one step."""
    takes = {
        name.strip("/"): {parameter["parameter_name"]: parameter["component"] for parameter in endpoint["parameters"]}
        for name, endpoint in page.get_api_info()["named_endpoints"].items()
    }
    names = {i: fn.api_name for i, fn in page.fns.items() if fn.api_name in takes}
    return Middleware(Guard, takes=takes, names=names, uploads=Path(gr.utils.get_upload_folder()).resolve())


class Guard:
    """Wraps an ASGI application.

    takes: of each endpoint, its parameters and their components; names: the endpoints by fn_index; uploads: the folder
    of what was uploaded, where each file lies in a folder named by its hash, so that nobody can name another's.
    """

    def __init__(self, app, takes: dict[str, dict[str, str]], names: dict[int, str], uploads: Path):
        self.app, self.takes, self.names, self.uploads = app, takes, names, uploads

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
        headers = Headers(scope=scope)
        hosts = ",".join(headers.get(name, "") for name in ("host", "x-forwarded-host", "x-forwarded-proto"))
        if not all(HOST.fullmatch(host.strip()) for host in hosts.split(",")):
            raise Refusal(400, "That is no host's name.")
        receive = body.bounded(receive, headers.get("content-length"), MAX_UPLOAD if path == UPLOAD else MAX_JSON)
        if path == UPLOAD or scope["method"] != "POST":
            return receive
        content = await body.whole(receive)
        value = body.parse(content)
        if path.startswith(MCP):
            self._check_tool(value)
        if (call := CALL.fullmatch(path)) and self._check(*call.groups(), value):
            content = json.dumps(value).encode()
        return body.again(content, receive)

    def _check(self, way: str, name: str, value: dict) -> bool:
        """True when a file in `value` was put right. Raises Refusal for no endpoint, or other values than it takes."""
        if way == "queue":
            number = value.get("fn_index")
            name = self.names.get(number) if isinstance(number, int) else None
        if name not in self.takes:
            raise Refusal(404, f"There is no such endpoint; there are /{', /'.join(self.takes)}.")
        takes = self.takes[name]
        if way == "call/v2":
            data, places = value, list(takes)
            right = set(value) == set(takes)
        else:
            data, places = value.get("data"), range(len(takes))
            right = isinstance(data, list) and len(data) == len(takes)
        if not right:
            form = "An object" if way == "call/v2" else 'A list "data"'
            raise Refusal(422, f"{form} with {len(takes)} of these is expected: {', '.join(takes)}.")
        for place, component in zip(places, takes.values(), strict=True):
            if component == "File":
                data[place] = self._file(data[place])
            elif any("path" in part for layer in body.layers(data[place]) for part in layer if isinstance(part, dict)):
                raise Refusal(422, "Nothing has a path here.")  # Gradio would take it for a file.
        return "File" in takes.values()

    def _check_tool(self, value: dict) -> None:
        """An assistant has its pictures at hand, or none: an address Gradio would fetch. Raises Refusal."""
        wanted = value.get("params")
        if value.get("method") != "tools/call" or not isinstance(wanted, dict):
            return
        name, given = str(wanted.get("name")), wanted.get("arguments")
        takes_file = any(name.endswith(call) for call, takes in self.takes.items() if "File" in takes.values())
        files = given.values() if isinstance(given, dict) else ()
        if takes_file and not all(isinstance(file, str) and file.startswith("data:") for file in files):
            raise Refusal(422, "A picture comes as a data: address here; nothing is fetched.")

    def _file(self, given: object) -> dict | None:
        """What Gradio is told of an uploaded file; left to itself, it would fetch what the caller names."""
        if given is None:
            return None
        path = given.get("path") if isinstance(given, dict) else None
        if not isinstance(path, str) or not self._uploaded(path):
            raise Refusal(422, f"Send the file to {UPLOAD} first; what that answers is its path.")
        return {"path": path, "orig_name": Path(path).name, "meta": {"_type": "gradio.FileData"}}

    def _uploaded(self, path: str) -> bool:
        """By this process or by another that serves the same page."""
        try:
            place = Path(path).resolve(strict=True)
        except (OSError, ValueError):  # Nothing there; or a name that no file can have.
            return False
        return place.is_file() and place.is_relative_to(self.uploads)
