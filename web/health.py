"""/health: whether this server is ready for requests. Load balancers and start-up scripts call it."""

from collections.abc import Callable

from starlette.responses import JSONResponse

PATH = "/health"


class HealthCheck:
    """ASGI middleware that answers {"ready": …} at PATH: 200 once the networks are loaded, 503 until then."""

    def __init__(self, app, ready: Callable[[], bool]):
        self.app, self.ready = app, ready

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH:
            return await self.app(scope, receive, send)
        ready = self.ready()
        await JSONResponse({"ready": ready}, 200 if ready else 503)(scope, receive, send)
