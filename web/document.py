"""Insert into the head of the page's document what the browser needs before Gradio's scripts run, and link previews.

Gradio's own parameter `head` is too late, because Gradio inserts its elements only after Gradio's scripts have run.
"""

import html
import json
import re

from starlette.datastructures import URL, MutableHeaders
from starlette.responses import RedirectResponse

from web.manifest import installation_head
from web.paths import route_path
from web.scripts import PAGE
from web.static_files import address
from web.style import component_style
from web.texts import ASSETS, ENGLISH, LANGUAGES

PREVIEW = "screenshots/desktop-light.png"
"""The picture of the page in link previews, by path below assets/."""
OLD_BROWSERS = "page/old_browsers.js"
"""The script that says what an old browser lacks. It is part of the document, because it is no module."""
THEME = re.compile(rb'"theme_hash":\s*"(\w+)"')
ROOT = re.compile(rb'"root":\s*"([^"\\<]*)"')
GRADIO_ELEMENTS = re.compile(rb'<meta\s+(property="og:|name="twitter:)[^>]*>|<link rel="manifest"[^>]*>')
"""Gradio's link preview, and its link to a manifest at the host's root. This project has its own."""


def document_head(engine: dict[str, str] | None = None) -> str:
    """Return the HTML for the head: a check of the browser, the style, the icons, the page's script, and the texts.

    engine: the setting of the engine, see `web.engine.EngineFiles`; None if only the server answers.
    """
    data = {"languages": {"languages": LANGUAGES, "english": ENGLISH}} | ({"engine": engine} if engine else {})
    return "\n".join(
        [
            '<meta charset="utf-8">',
            f"<script>{(ASSETS / OLD_BROWSERS).read_text(encoding='utf-8')}</script>",
            f'<script type="module" src="{address(PAGE)}"></script>',
            f'<link rel="stylesheet" href="{address("page/page.css")}">',
            f"<style>{component_style()}</style>",
            installation_head(),
            *(f'<script type="application/json" id="{name}">{_json(each)}</script>' for name, each in data.items()),
        ]
    )


def _json(content: object) -> str:
    # Escape "<", so that no text can close the script element.
    return json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")


def preview(page: str) -> str:
    """Return the HTML with which other sites preview a link to the page. page: the address of the page, with a "/"."""
    described = {"description": ENGLISH["subtitle"], "twitter:card": "summary_large_image"}
    graph = {
        "og:type": "website",
        "og:title": ENGLISH["title"],
        "og:description": ENGLISH["subtitle"],
        "og:url": page,
        "og:image": page + address(PREVIEW),
    }
    tags = [f'<meta name="{name}" content="{html.escape(text)}">' for name, text in described.items()]
    return "\n".join(tags + [f'<meta property="{name}" content="{html.escape(text)}">' for name, text in graph.items()])


def theme(document: bytes) -> bytes:
    """Return the link to the theme of Gradio. Return b"" if the configuration in the document names no theme.

    Gradio's scripts request the theme at the same address. With the link, the first view has its colors and fonts, and
    the browser does not request the theme again.
    """
    root, version = ROOT.search(document), THEME.search(document)
    if not root or not version:
        return b""
    return b'\n<link rel="stylesheet" href="%b/theme.css?v=%b">' % (root[1].rstrip(b"/"), version[1])


class Document:
    """ASGI middleware that replaces Gradio's link preview and manifest, and inserts HTML at the start of the head.

    Gradio's view of the API is empty without a link to it. Therefore /?view=api leads to the documentation.
    """

    def __init__(self, app, engine: dict[str, str] | None = None):
        """engine: see `document_head`."""
        self.app, self._head = app, document_head(engine)

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or route_path(scope) != "/":
            return await self.app(scope, receive, send)
        url = URL(scope=scope)
        if scope["query_string"] == b"view=api":
            return await RedirectResponse("docs")(scope, receive, send)
        start, page = None, str(url.replace(query="", fragment=""))

        async def send_with_head(message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif start:  # The whole body of the document is in one message.
                headers, body = MutableHeaders(scope=start), message["body"]
                if headers.get("content-type", "").startswith("text/html"):
                    head = f"<head>{self._head}\n{preview(page)}"
                    head = head.encode() + theme(body)
                    body = GRADIO_ELEMENTS.sub(b"", body).replace(b"<head>", head, 1)
                    headers["content-length"] = str(len(body))
                await send(start)
                await send(message | {"body": body})
                start = None
            else:
                await send(message)

        await self.app(scope, receive, send_with_head)
