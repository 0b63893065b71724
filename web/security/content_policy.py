"""The Content-Security-Policy: the page loads nothing from other hosts, and runs no script that an attacker inserts."""

import secrets

from starlette.datastructures import MutableHeaders

HEADER = "Content-Security-Policy"
# These hosts may show the page in a frame: huggingface.co shows Spaces, and a local notebook shows the page.
FRAMES = "'self' https://huggingface.co https://*.hf.space http://localhost:* http://127.0.0.1:*"


def policy(nonce: str | None = None) -> str:
    """Return the value of the header.

    nonce: the random text that marks the scripts inside a document. Without it, no such script runs.
    """
    marked = f" 'nonce-{nonce}'" if nonce else ""
    directives = {
        "default-src": "'self'",
        "script-src": f"'self'{marked} 'unsafe-eval'",  # Gradio makes functions from text.
        "style-src": "'self' 'unsafe-inline'",  # Gradio inserts style elements.
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' blob:",  # The page reads a visitor's picture from a blob: URL.
        "frame-ancestors": FRAMES,
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
    }
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


class ContentPolicy:
    """ASGI middleware that allows the scripts inside the documents of the application, and no others."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send) -> None:
        start, body, nonce = None, b"", secrets.token_urlsafe(16)

        async def send_marked(message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers[HEADER] = policy(nonce)
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
