"""The web app manifest, with which a visitor can install the page, and the elements of the head that belong to it.

Format: https://www.w3.org/TR/appmanifest/. Browsers resolve its addresses relative to the manifest's own address,
so that the page can be below a path.
"""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from web.static_files import address
from web.texts import ENGLISH, LANGUAGES, TEXTS

PATH = "manifest.json"
LIGHT, DARK = "#ffffff", "#0f0f11"
"""The background of the page in each theme. Browsers give their toolbars this color."""
# A launcher may crop a maskable icon to any shape that contains the circle in its middle.
_ICONS = (
    ("page/favicon.svg", "any", "image/svg+xml", "any"),
    ("icons/icon-192.png", "192x192", "image/png", "any"),
    ("icons/icon-512.png", "512x512", "image/png", "any"),
    ("icons/maskable-512.png", "512x512", "image/png", "maskable"),
)


def manifest(tag: str, address: Callable[[str], str] = address) -> dict:
    """Return the manifest in a language.

    tag: the tag of the language; an unknown tag means English. address: returns the address of a file.
    """
    texts = ENGLISH | TEXTS.get(tag, {})
    language = next((language for language in LANGUAGES if language["tag"] == tag), LANGUAGES[0])
    return {
        "name": texts["title"],
        "short_name": texts["title"],
        "description": texts["subtitle"],
        "lang": language["tag"],
        "dir": language["direction"],
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "theme_color": LIGHT,
        "background_color": LIGHT,
        "categories": ["education", "utilities"],
        "icons": [
            {"src": address(name), "sizes": sizes, "type": type_, "purpose": purpose}
            for name, sizes, type_, purpose in _ICONS
        ],
    }


def manifest_routes() -> list[Route]:
    """Return the route of the manifest. It has precedence over Gradio's route with the same path."""

    async def serve(request: Request) -> JSONResponse:
        tag = request.query_params.get("language", "")
        # The addresses of the icons change with each update.
        headers = {"Cache-Control": "no-cache"}
        return JSONResponse(manifest(tag), headers=headers, media_type="application/manifest+json")

    return [Route(f"/{PATH}", serve)]


def installation_head() -> str:
    """Return the HTML for the head that names the manifest, the icons and the colors.

    Without `crossorigin`, browsers request the manifest without cookies. A login in front of the page would reject it.
    """
    return "\n".join(
        [
            f'<link rel="manifest" href="{PATH}" crossorigin="use-credentials">',
            f'<link rel="icon" type="image/svg+xml" href="{address("page/favicon.svg")}">',
            f'<link rel="apple-touch-icon" href="{address("icons/apple-touch-icon.png")}">',
            f'<meta name="theme-color" media="(prefers-color-scheme: light)" content="{LIGHT}">',
            f'<meta name="theme-color" media="(prefers-color-scheme: dark)" content="{DARK}">',
        ]
    )
