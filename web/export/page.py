"""The document of the static site, made of the same `gr.Blocks` as the served page.

The document holds the markup of each component, so that nothing moves while the page loads. assets/site/host.js mounts
the components. Their properties and events are JSON in the document.
"""

import html
import json
import re

import gradio as gr

from web.components import page_settings
from web.document import PREVIEW
from web.export.scripts import FIRST
from web.export.texts import local_texts
from web.manifest import DARK, LIGHT
from web.style import component_style
from web.texts import ASSETS, ENGLISH, LANGUAGES

LEFT_OUT = ("footer",)
"""Components that need a server: the link to the documentation of the API."""
CLASSIC_SCRIPTS = ("page/old_browsers.js", "site/theme.js")
"""The scripts that are no modules, and run before the first paint. `BEFORE_PAINT` holds all of them."""
BEFORE_PAINT = "site/before_paint.js"
CALLED = re.compile(r'CustomEvent\("call:(\w+)"')
VARIABLE = re.compile(r"var\((--[\w-]+)")
POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
}
"""The Content-Security-Policy. `wasm-unsafe-eval` allows WebAssembly only."""


class ExportedPage:
    """The parts of the page that the document needs."""

    def __init__(self, blocks: gr.Blocks):
        config = blocks.get_config_file()
        self._parts = {part["id"]: part for part in config["components"]}
        self._layout = config["layout"]["children"]
        self._events = [each for each in config["dependencies"] if each["js"]]
        self.components = [part for part in self._parts.values() if _is_mounted(part)]

    @property
    def names(self) -> list[str]:
        """The names of the components, in the order of the page."""
        return [part["props"]["elem_id"] for part in self.components]

    def document(self, addresses: dict[str, str], network: str) -> str:
        """Return the HTML. addresses: the address of each file by its path. network: the name of the network."""
        texts = {"languages": LANGUAGES, "english": local_texts(ENGLISH)}
        policy = "; ".join(f"{name} {sources}" for name, sources in POLICY.items())
        lines = [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{html.escape(ENGLISH['title'])}</title>",
            f'<meta name="description" content="{html.escape(ENGLISH["subtitle"])}">',
            f'<meta property="og:image" content="{addresses[PREVIEW]}">',
            f'<link rel="stylesheet" href="{addresses["site/page.css"]}">',
            '<link rel="manifest" href="manifest.webmanifest" data-address="manifest.{language}.webmanifest">',
            f'<link rel="icon" type="image/svg+xml" href="{addresses["page/favicon.svg"]}">',
            f'<link rel="apple-touch-icon" href="{addresses["icons/apple-touch-icon.png"]}">',
            f'<meta name="theme-color" media="(prefers-color-scheme: light)" content="{LIGHT}">',
            f'<meta name="theme-color" media="(prefers-color-scheme: dark)" content="{DARK}">',
            *(
                f'<link rel="preload" as="fetch" crossorigin href="{addresses[name]}">'
                for name in (f"networks/{network}.bin", f"networks/{network}.json", "engine/kernel.wasm")
            ),
            _data("languages", texts),
            _data("page", {"components": self._properties(), "events": self._connections()}, network),
            f'<script type="module" src="{addresses[FIRST]}"></script>',
            "</head>",
            "<body>",
            f'<script src="{addresses[BEFORE_PAINT]}"></script>',
            '<div class="gradio-container"><main class="main app contain"><div class="column">',
            *(self._markup(node) for node in self._layout),
            "</div></main></div>",
            "</body>",
            "</html>",
        ]
        return "\n".join(lines) + "\n"

    def style(self) -> str:
        """Return the style sheet: the theme, the page's style, and the style of each component."""
        own = (ASSETS / "site" / "site.css").read_text(encoding="utf-8")
        page = (ASSETS / "page" / "page.css").read_text(encoding="utf-8")
        rules = "\n".join([own, page, component_style()])
        return f"{_theme(rules)}\n{rules}"

    def _markup(self, node: dict) -> str:
        part = self._parts[node["id"]]
        name, children = part["props"].get("elem_id") or "", node.get("children") or []
        if part["type"] in ("row", "column"):
            inner = "\n".join(self._markup(child) for child in children)
            return f'<div id="{name}" class="{part["type"]}">{inner}</div>'
        if not _is_mounted(part):
            return ""
        content = part["props"]["html_template"]
        return f'<div id="{name}" class="block"><div class="html-container"><div>{content}</div></div></div>'

    def _properties(self) -> dict[str, dict]:
        return {part["props"]["elem_id"]: part["props"].get("props") or {} for part in self.components}

    def _connections(self) -> list[dict]:
        """Return the events. Each calls a function of assets/page/events.js, see `components.call_in_page`."""
        events = []
        for each in self._events:
            [call] = CALLED.findall(each["js"])
            sources = [(self._name(target), event) for target, event in each["targets"]]
            inputs, outputs = (list(map(self._name, each[side])) for side in ("inputs", "outputs"))
            events.append({"on": sources, "inputs": inputs, "outputs": outputs, "call": call})
        return events

    def _name(self, number: int) -> str:
        return self._parts[number]["props"]["elem_id"]


def _is_mounted(part: dict) -> bool:
    props = part["props"]
    return part["type"] == "html" and props.get("visible") is not False and props.get("elem_id") not in LEFT_OUT


def _data(name: str, content: object, network: str = "") -> str:
    """Return a block of JSON. "<" is escaped, so that no text can close the element."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    attribute = f' data-network="{html.escape(network)}"' if network else ""
    return f'<script type="application/json" id="{name}"{attribute}>{text}</script>'


def _theme(style: str) -> str:
    """Return the variables of Gradio's theme that a style sheet uses, for light and for dark."""
    # Gradio has no public function for the style sheet of a theme.
    css = page_settings()["theme"]._get_theme_css()
    light, dark = (_variables(css, selector) for selector in (r":root\s*", r":root \.dark[^{}]*"))
    used, waiting = set(), set(VARIABLE.findall(style))
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= set(VARIABLE.findall(light.get(name, "") + dark.get(name, ""))) - used
    blocks = ((":root", light), (":root .dark", dark))
    return "\n".join(
        f"{selector} {{ {' '.join(f'{name}: {values[name]};' for name in sorted(used) if name in values)} }}"
        for selector, values in blocks
    )


def _variables(css: str, selector: str) -> dict[str, str]:
    values = {}
    for block in re.findall(rf"{selector}\{{(.*?)\}}", css, re.DOTALL):
        values |= dict(re.findall(r"(--[\w-]+):\s*([^;]+);", block))
    return values
