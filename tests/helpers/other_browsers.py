"""Drive Firefox and WebKit through their own protocols, which Playwright does not speak. No driver is downloaded.

Firefox speaks WebDriver BiDi (https://w3c.github.io/webdriver-bidi/) over a WebSocket. WebKitGTK has a driver for
WebDriver (https://www.w3.org/TR/webdriver2/) over HTTP.
"""

import contextlib
import itertools
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from websockets.sync.client import connect

from tests.helpers.server import free_port

Point = tuple[float, float]


class Browser:
    """A browser with one window. The subclasses send the commands."""

    name: str

    def open(self, address: str) -> None:
        """Open a page and wait until it is loaded."""
        raise NotImplementedError

    def evaluate(self, expression: str):
        """Return the value of a JavaScript expression: a string, a number, a list or a boolean."""
        raise NotImplementedError

    def _perform(self, actions: list[dict]) -> None:
        raise NotImplementedError

    def draw(self, points: list[Point]) -> None:
        """Draw a stroke with the mouse. points: (x, y) in CSS pixels of the window."""
        (first, *rest) = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 20} for x, y in points]
        down, up = {"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}}
        self._perform([mouse | {"actions": [first, down, *rest, up]}])

    def wait_for(self, expression: str, seconds: float = 30):
        """Wait until the value of an expression is true, and return it. Raises TimeoutError."""
        end = time.monotonic() + seconds
        while not (value := self.evaluate(expression)):
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name}: {expression} is {value!r}; expected a true value.")
            time.sleep(0.05)
        return value


class Firefox(Browser):
    name = "Firefox"

    def __init__(self, socket):
        self._socket, self._ids = socket, itertools.count(1)
        self._call("session.new", capabilities={})
        self._context = self._call("browsingContext.getTree")["contexts"][0]["context"]

    def _call(self, method: str, **params):
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._socket.recv(timeout=60))
            if answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def open(self, address: str) -> None:
        self._call("browsingContext.navigate", context=self._context, url=address, wait="complete")

    def evaluate(self, expression: str):
        text = self._call(
            "script.evaluate",
            expression=f"JSON.stringify({expression})",
            target={"context": self._context},
            awaitPromise=False,
        )
        return json.loads(text["result"].get("value", "null"))

    def _perform(self, actions: list[dict]) -> None:
        self._call("input.performActions", context=self._context, actions=actions)


class WebKit(Browser):
    name = "WebKit"

    def __init__(self, client: httpx.Client):
        self._client, self._session = client, ""
        binary = {"binary": str(mini_browser()), "args": ["--automation"]}
        capabilities = {"alwaysMatch": {"webkitgtk:browserOptions": binary}}
        self._session = "/session/" + self._post("/session", capabilities=capabilities)["sessionId"]

    def _post(self, path: str, **body):
        answer = self._client.post(self._session + path, json=body).json()["value"]
        if isinstance(answer, dict) and "error" in answer:
            raise RuntimeError(f"{path}: {answer['error']}: {answer['message']}")
        return answer

    def open(self, address: str) -> None:
        self._post("/url", url=address)

    def evaluate(self, expression: str):
        return self._post("/execute/sync", script=f"return {expression};", args=[])

    def _perform(self, actions: list[dict]) -> None:
        self._post("/actions", actions=actions)

    def close(self) -> None:
        self._client.delete(self._session)


def mini_browser() -> Path | None:
    """Return the path of WebKitGTK's small browser, or None if it is not installed."""
    return next(iter(sorted(Path("/usr").glob("lib*/**/webkit2gtk-4.*/MiniBrowser"), reverse=True)), None)


def lacks(name: str) -> str | None:
    """Return the reason why a browser cannot run, or None. name: "Firefox" or "WebKit"."""
    if name == "Firefox":
        return None if shutil.which("firefox") else "Firefox is not installed. On Debian: apt-get install firefox-esr"
    if not (shutil.which("WebKitWebDriver") and mini_browser()):
        return "WebKit is not installed. On Debian: apt-get install webkit2gtk-driver"
    if not (os.environ.get("DISPLAY") or shutil.which("Xvfb")):
        return "WebKit needs a display. On Debian: apt-get install xvfb"
    return None


@contextlib.contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """Run Firefox without a window. profile: an empty folder."""
    port = free_port()
    command = ["firefox", "--headless", "--profile", str(profile), "--remote-debugging-port", str(port), "about:blank"]
    with _process(command), _connect(f"ws://127.0.0.1:{port}/session") as socket:
        yield Firefox(socket)


@contextlib.contextmanager
def webkit() -> Iterator[WebKit]:
    """Run WebKit's small browser, on a virtual screen if there is no other."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        environment = dict(os.environ)
        if "DISPLAY" not in environment:
            environment["DISPLAY"] = stack.enter_context(_virtual_screen())
        stack.enter_context(_process(["WebKitWebDriver", f"--port={port}"], env=environment))
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60))
        _retry(lambda: client.get("/status"), httpx.ConnectError)
        browser = WebKit(client)
        stack.callback(browser.close)
        yield browser


@contextlib.contextmanager
def _virtual_screen() -> Iterator[str]:
    """Run an X server without a screen. Yield the value of DISPLAY."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1280x900x24", "-nolisten", "tcp"]
    with _process(command, pass_fds=[writer]):
        os.close(writer)
        with os.fdopen(reader) as numbers:
            yield f":{numbers.readline().strip()}"


@contextlib.contextmanager
def _process(command: list[str], **options) -> Iterator[subprocess.Popen]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


def _connect(address: str):
    return _retry(lambda: connect(address, proxy=None, max_size=None), OSError)


def _retry(act, error: type[Exception], seconds: float = 30):
    """Call a function until it raises no `error`, and return its value."""
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except error:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
