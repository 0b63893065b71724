"""The Content-Security-Policy: the page loads nothing from other hosts, and runs no script that is inserted later."""

import os
import re
import secrets
from urllib.parse import parse_qs

from starlette.datastructures import MutableHeaders

from model.errors import UserError

HEADER = "Content-Security-Policy"
# These sites may show the page in a frame by default: huggingface.co shows Spaces, and local notebooks show the page.
FRAMES = "'self' https://huggingface.co https://*.hf.space http://localhost:* http://127.0.0.1:*"
# Every site may show the embedded view: a visitor can only draw in it, and it stores nothing (assets/page/embed.js).
EMBED, ANY_SITE = "embed", "*"
# A source of the directive frame-ancestors (https://www.w3.org/TR/CSP3/#directive-frame-ancestors).
SOURCE = re.compile(
    r"'self'|'none'|\*|https?:|(https?://)?(\*\.)?[\w-]+(\.[\w-]+)*(:(\d{1,5}|\*))?(/[\w./-]*)?", re.ASCII
)


def frame_ancestors(default: str = FRAMES) -> str:
    """Return the sites that may show the page in a frame, from the variable FRAME_ANCESTORS. Raises UserError."""
    text = os.environ.get("FRAME_ANCESTORS") or default
    for source in text.split():
        if not SOURCE.fullmatch(source):
            raise UserError(
                f"FRAME_ANCESTORS has the entry {source}; expected sites such as https://example.org, 'self' or *, "
                "with spaces between them."
            )
    return " ".join(text.split())


def policy(nonce: str | None = None, frames: str = FRAMES) -> str:
    """Return the value of the header.

    nonce: the random text that marks the scripts inside a document. Without it, no such script runs.
    frames: the result of `frame_ancestors`.
    """
    marked = f" 'nonce-{nonce}'" if nonce else ""
    directives = {
        "default-src": "'self'",
        "script-src": f"'self'{marked} 'unsafe-eval'",  # Gradio makes functions from text.
        "style-src": "'self' 'unsafe-inline'",  # Gradio inserts style elements.
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' blob:",  # The page reads a visitor's picture from a blob: URL.
        "frame-ancestors": frames,
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


class ContentPolicy:
    """ASGI middleware that marks the scripts in each document that the application sends. No other scripts run."""

    def __init__(self, app, frames: str = FRAMES, embedding: str = ANY_SITE):
        """frames, embedding: the sites that may show the page, and its embedded view, in a frame: `frame_ancestors`."""
        self.app, self._frames, self._embedding = app, frames, embedding

    async def __call__(self, scope, receive, send) -> None:
        start, body, nonce = None, b"", secrets.token_urlsafe(16)
        query = scope.get("query_string", b"").decode("latin-1")
        frames = self._embedding if EMBED in parse_qs(query, keep_blank_values=True) else self._frames

        async def send_marked(message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers[HEADER] = policy(nonce, frames)
                    start = message
                else:
                    await send(message)
            elif start:  # Send a document once it is complete, because the marks change its length.
                body += message.get("body", b"")
                if not message.get("more_body"):
                    marked = body.replace(b"<script", f'<script nonce="{nonce}"'.encode())
                    MutableHeaders(scope=start)["content-length"] = str(len(marked))
                    await send(start)
                    await send(message | {"body": marked})
            else:
                await send(message)

        await self.app(scope, receive, send_marked)
