"""/health: whether requests may be sent here, for load balancers and whoever starts a server."""

from collections.abc import Callable

from starlette.responses import JSONResponse

PATH = "/health"


class Health:
    """An ASGI middleware that answers {"ready": …} at PATH: 200 once the networks are warm, 503 until then."""

    def __init__(self, app, ready: Callable[[], bool]):
        self.app, self.ready = app, ready

    async def __call__(self, scope, receive, send) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/") != PATH:
            return await self.app(scope, receive, send)
        ready = self.ready()
        await JSONResponse({"ready": ready}, 200 if ready else 503)(scope, receive, send)
