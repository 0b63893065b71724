"""Check calls through Gradio's routes: the endpoint exists, no argument is missing, and each file was uploaded here.

Without these checks, Gradio would answer a wrong number of arguments with a 500 that has no message. Gradio would also
fetch any file or URL that a caller names. The functions of the endpoints validate the arguments themselves.
"""

from pathlib import Path
from typing import NamedTuple

import gradio as gr

from web.security.bodies import RequestRejected, levels
from web.security.sessions import make_room
from web.upload_folder import is_upload

UPLOAD = "/gradio_api/upload"


class Parameter(NamedTuple):
    """A parameter of an endpoint."""

    name: str
    is_file: bool
    is_optional: bool


class CallChecker:
    """Checks the JSON bodies of calls.

    endpoints: maps the name of each endpoint to its parameters.
    names: maps Gradio's index of a function (`fn_index`) to the name of the endpoint.
    """

    def __init__(self, page: gr.Blocks):
        """Read the endpoints from the page."""
        self._page = page
        self.endpoints = {
            name.strip("/"): [
                Parameter(each["parameter_name"], each["component"] == "File", each["parameter_has_default"])
                for each in endpoint["parameters"]
            ]
            for name, endpoint in page.get_api_info()["named_endpoints"].items()
        }
        self.names = {index: fn.api_name for index, fn in page.fns.items() if fn.api_name in self.endpoints}

    def check_call(self, route: str, name: str, body: dict) -> str:
        """Check a call. Return the name of the called endpoint. Raises RequestRejected.

        In `body`, the reference to a file is replaced by the result of `_uploaded_file`, and missing optional
        arguments are added as null. Before a call enters Gradio's queue, old answers that nobody fetched are discarded.
        Raises Overloaded if the session has too many such answers.
        route: "run", "call", "call/v2" or "queue".
        name: the last part of the request's path: the name of the endpoint, or "join" for the route "queue".
        """
        if route == "queue":
            index = body.get("fn_index")
            name = self.names.get(index) if isinstance(index, int) else None
        elif route in ("run", "call"):
            body.pop("fn_index", None)  # Gradio would call the function with this index, whatever the path names.
        if name not in self.endpoints:
            raise RequestRejected(404, f"Unknown endpoint. The endpoints are /{', /'.join(self.endpoints)}.")
        parameters = self.endpoints[name]
        arguments, keys = _arguments(route, body, parameters)
        for key, parameter in zip(keys, parameters, strict=True):
            if parameter.is_file:
                arguments[key] = self._uploaded_file(arguments[key])
            elif _has_path(arguments[key]):
                raise RequestRejected(422, 'A "path" is accepted for files only.')
        if route != "run":
            make_room(self._page, body.get("session_hash"))
        return name

    def _uploaded_file(self, value: object) -> dict | None:
        """Return a reference to the uploaded file that `value` names, or None if `value` is None.

        The reference has no entry of `value` except "path". For example, Gradio would fetch a file from an entry "url".
        """
        if value is None:
            return None
        path = value.get("path") if isinstance(value, dict) else None
        if not isinstance(path, str) or not _is_uploaded(path):
            raise RequestRejected(422, f"Send the file to {UPLOAD} first, then give the path that it returns.")
        return {"path": path, "orig_name": Path(path).name, "meta": {"_type": "gradio.FileData"}}


def _is_uploaded(path: str) -> bool:
    # Look at the disk, because another process that serves the page may have received the upload.
    try:
        return is_upload(Path(path).resolve(strict=True))
    except (OSError, ValueError):  # The file does not exist, or no file can have this name.
        return False


def _arguments(route: str, body: dict, parameters: list[Parameter]) -> tuple[dict | list, list]:
    """Return the arguments of a call, and the key of each argument, in the order of `parameters`.

    For the route "call/v2", the arguments are a dict, and the keys are the parameters' names. For all other routes, the
    arguments are a list, and the keys are indices. Missing optional arguments are added as None.
    """
    names = [parameter.name for parameter in parameters]
    required = [parameter.name for parameter in parameters if not parameter.is_optional]
    if route == "call/v2":
        if not set(required) <= set(body) <= set(names):
            expected = ", ".join(f'"{name}": …' for name in names)
            raise RequestRejected(422, f"Expected {{{expected}}}.")
        body |= {name: None for name in names if name not in body}
        return body, names
    data = body.get("data")
    if not isinstance(data, list) or not len(required) <= len(data) <= len(names):
        raise RequestRejected(422, f'Expected {{"data": [{", ".join(names)}]}}.')
    data += [None] * (len(names) - len(data))
    return data, list(range(len(names)))


def _has_path(value: object) -> bool:
    """Return whether a JSON value contains an object with the key "path". Gradio would treat this object as a file."""
    return any("path" in part for level in levels(value) for part in level if isinstance(part, dict))
