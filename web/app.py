"""Create and serve the application: the page that `demo` builds, the routes of the API, and the middleware."""

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from model.corrections.store import configured_store
from model.errors import UserError
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from web.api import Api
from web.components import page_settings
from web.compression import Compression
from web.document import Document
from web.mcp_server import mcp_routes
from web.memory import limit_arenas
from web.monitoring import Monitoring, Observer
from web.proxies import direct_requests
from web.rest import api_routes
from web.route_names import RouteNames
from web.security.calls import CallChecker
from web.security.content_policy import ContentPolicy
from web.security.corrections import CorrectionGuard
from web.security.forwarded_headers import ProxyHeaders, trusted_proxies
from web.security.middleware import SecurityMiddleware
from web.security.sessions import MAX_SESSIONS, limit_sessions
from web.service import Service
from web.static_files import static_routes
from web.texts import ENGLISH
from web.upload_folder import UploadFolder, parent_folder
from web.uploads import MAX_PICTURE, Uploads
from web.uvicorn_settings import uvicorn_settings

# Time for the requests in progress when the server stops.
STOP_SECONDS = 20

ADDRESS_ERRORS = {
    errno.EADDRINUSE: "port {port} is in use. Choose another port, or leave --port out for the next free one.",
    errno.EACCES: "port {port} needs administrator rights. Choose a port above 1023.",
}
UNKNOWN_HOST = (
    "{host} is not an address of this machine. Leave --host out to accept connections from this machine only, or give "
    "0.0.0.0 to accept connections from others."
)

BuildPage = Callable[[Api], gr.Blocks]
"""Builds the page with its components, its events, and the endpoints for Gradio's clients."""


def create_app(build_page: BuildPage) -> FastAPI:
    """Return the page as an ASGI application.

    The environment variables DEMO_CHECKPOINT and CORRECTIONS configure the application. The networks
    load in the background. Raises UserError if the checkpoint or the file of corrections cannot be used.
    """
    checkpoint = Path(os.environ.get("DEMO_CHECKPOINT", DEFAULT_CHECKPOINT))
    return application(build_page, Api(Service(checkpoint, configured_store())))


def application(build_page: BuildPage, api: Api) -> FastAPI:
    """Return the page and an API as an ASGI application."""
    limit_arenas()
    page = build_page(api)
    limit_sessions(page)
    outer = FastAPI(openapi_url=None)  # The routes of the API have their own schema.
    settings = _settings(page, api, trusted_proxies(), Monitoring.configured())
    return gr.mount_gradio_app(outer, page, path="/", **settings)


def start(
    build_page: BuildPage,
    host: str | None = None,
    port: int | None = None,
    checkpoint: Path = DEFAULT_CHECKPOINT,
    corrections: Path | None = None,
    share: bool = False,
    access_log: bool = False,
    metrics: bool = False,
) -> tuple[gr.Blocks, Api, str]:
    """Serve the page in a background thread. Return the page, its API and its address. The networks may still load.

    host: the address to listen at. None means $GRADIO_SERVER_NAME or, if it is not set, 127.0.0.1.
    port: the port to listen at. None means the first free port, searched from $GRADIO_SERVER_PORT or from 7860.
    corrections: the file that stores corrections. None means $CORRECTIONS or, if it is not set, no corrections.
    share: whether to open a public address through Gradio's servers as well.
    access_log, metrics: whether to log each request, and to serve counters at /metrics.
    Raises UserError or OSError if the page cannot be served.
    """
    _check_address(host, port)
    limit_arenas()
    api = Api(Service(checkpoint, configured_store(corrections)))
    page, trusted = build_page(api), trusted_proxies(share)
    limit_sessions(page)
    settings = _settings(page, api, trusted, Monitoring.configured(access_log, metrics))
    try:
        with direct_requests(to_others=share), uvicorn_settings(trusted):
            _, local_address, public_address = page.launch(
                server_name=host,
                server_port=port,
                share=share,
                prevent_thread_lock=True,
                state_session_capacity=MAX_SESSIONS,
                quiet=True,
                **settings,
            )
    except BaseException:
        page.close(verbose=False)
        raise
    return page, api, (public_address or local_address).rstrip("/")


def serve(build_page: BuildPage, **options) -> None:
    """Serve the page until SIGTERM or KeyboardInterrupt. Print the page's address once the classifier is loaded.

    options: the arguments of `start`. Raises UserError or OSError if the page cannot be served.
    """
    # Exit as after Ctrl+C: requests in progress are answered first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    page, api, address = start(build_page, **options)
    try:
        api.service.wait()
        print(f"{ENGLISH['title']} at {address}", flush=True)
        threading.Event().wait()
    finally:
        _stop(page)


def _stop(page: gr.Blocks) -> None:
    """Stop the server after it has answered the requests in progress."""
    page.close(verbose=False)  # This waits for up to 5 s.
    page.server.thread.join(STOP_SECONDS - 5)


def _check_address(host: str | None, port: int | None) -> None:
    """Raise UserError if a server cannot listen at this address. Without this check, Gradio would try 100 ports."""
    host = host or os.environ.get("GRADIO_SERVER_NAME", "127.0.0.1")
    try:
        family, *_, address = socket.getaddrinfo(host, port or 0, type=socket.SOCK_STREAM)[0]
        socket.create_server(address[:2], family=family).close()
    except (OSError, UnicodeError) as error:
        message = ADDRESS_ERRORS.get(getattr(error, "errno", None), UNKNOWN_HOST)
        raise UserError(message.format(host=host, port=port)) from None


def routes(api: Api, guard: CorrectionGuard, monitoring: Monitoring) -> list[BaseRoute]:
    """Return this project's routes. Gradio adds its own routes after them."""
    return [*static_routes(), *api_routes(api), *mcp_routes(api, guard), *monitoring.routes]


def middleware(page: gr.Blocks, api: Api, guard: CorrectionGuard, trusted: str) -> list[Middleware]:
    """Return this project's middleware, from the outermost to the innermost."""
    forms = [endpoint.path for endpoint in api.endpoints if endpoint.picture_field]
    return [
        Middleware(Observer, names=RouteNames(api.endpoints)),
        Middleware(ProxyHeaders, trusted=trusted),
        Middleware(Compression),
        Middleware(SecurityMiddleware, calls=CallChecker(page), forms=forms, guard=guard),
        Middleware(ContentPolicy),
        Middleware(Document),
    ]


def _settings(page: gr.Blocks, api: Api, trusted: str, monitoring: Monitoring) -> dict:
    """Return the arguments that `launch` and `mount_gradio_app` share.

    trusted: the result of `trusted_proxies`.
    Raises UserError if uploaded pictures cannot be stored.
    """
    # Without a store, a call stores nothing, and needs no limit.
    guard = CorrectionGuard.configured(api.endpoints) if api.service.store else CorrectionGuard(api.endpoints)
    monitoring.start()
    uploads = Uploads(UploadFolder(parent_folder()))
    return page_settings() | {
        "ssr_mode": False,
        "run_history": False,
        "mcp_server": False,  # This project has its own: web/mcp_server.py.
        "max_file_size": MAX_PICTURE,
        "footer_links": [],  # The page has its own footer.
        "app_kwargs": {
            "routes": [*uploads.routes(), *routes(api, guard, monitoring)],
            "middleware": middleware(page, api, guard, trusted),
            "lifespan": uploads.lifespan,
        },
    }
