"""Names of routes for the access log and the counters: paths without the ids of visitors and calls."""

from collections.abc import Collection

from web.registry import Endpoint

OTHER = "other"
"""The name of all unknown paths. A path can contain any text, so it is neither logged nor counted."""
FOLDERS = ("/static", "/assets")
PAGES = ("/", "/config", "/theme.css", "/favicon.ico", "/robots.txt", "/manifest.json", "/pwa_icon")
DOCUMENTS = ("/docs", "/openapi.json", "/health", "/health/live", "/metrics", "/mcp")
GRADIO = "/gradio_api"
SESSIONS = ("heartbeat", "queue/join", "queue/data", "queue/status", "cancel", "reset", "upload")
GRADIO_ROUTES = (*SESSIONS, "info", "startup-events", "app_id", "theme.css", "mcp")
CALLS = ("run", "call", "call/v2")


class RouteNames:
    """Maps paths to the names of routes. The number of names is limited."""

    def __init__(self, endpoints: Collection[Endpoint]):
        """endpoints: all endpoints of the API."""
        gradio = [*GRADIO_ROUTES, *(f"{call}/{endpoint.name}" for call in CALLS for endpoint in endpoints)]
        paths = [endpoint.path for endpoint in endpoints]
        self._names = {*PAGES, *DOCUMENTS, *paths, *(f"{GRADIO}/{route}" for route in gradio)}

    def __call__(self, path: str) -> str:
        """Return the name of the route that answers a path."""
        path = path.rstrip("/") or "/"
        parent = path.rpartition("/")[0]
        if path in self._names:
            return path
        if path.startswith(tuple(f"{folder}/" for folder in FOLDERS)):
            return path[: path.index("/", 1)]
        # The last part of the path is the id of a session or of a call.
        return parent if parent in self._names and parent.startswith(GRADIO) else OTHER
