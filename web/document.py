"""The head of the page's document: what the browser needs before Gradio's scripts run.

Gradio's own parameter `head` inserts elements only after its scripts have run.
"""

import json

from starlette.datastructures import MutableHeaders

from web.static_files import address, public_files
from web.texts import ENGLISH, LANGUAGES


def document_head() -> str:
    """Return the HTML for the head: all modules, the list of languages, the English texts, and the first module."""
    modules = [name for name in public_files() if name.endswith(".js")]
    # With these links, the browser requests all modules at once, not one after another along their imports.
    links = [f'<link rel="modulepreload" href="{address(name)}">' for name in modules]
    # No text can close the script element, because "<" is escaped.
    texts = json.dumps({"languages": LANGUAGES, "english": ENGLISH}, ensure_ascii=False).replace("<", "\\u003c")
    return "\n".join(
        [
            '<meta charset="utf-8">',
            *links,
            f'<script type="application/json" id="languages">{texts}</script>',
            f'<script type="module" src="{address("page/language.js")}"></script>',
        ]
    )


class DocumentHead:
    """ASGI middleware that inserts HTML at the start of the head of every HTML document."""

    def __init__(self, app, head: str):
        self.app, self._head = app, head.encode()

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"] != "/":
            return await self.app(scope, receive, send)
        start = None

        async def send_with_head(message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif start:  # The document is one message.
                headers, body = MutableHeaders(scope=start), message["body"]
                if headers.get("content-type", "").startswith("text/html"):
                    body = body.replace(b"<head>", b"<head>" + self._head, 1)
                    headers["content-length"] = str(len(body))
                await send(start)
                await send(message | {"body": body})
                start = None
            else:
                await send(message)

        await self.app(scope, receive, send_with_head)
