"""Create and serve the application: the page that `demo` builds, the routes of the API, and the middleware."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import gradio as gr
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from model.corrections.store import configured_store
from model.errors import UserError, first_line
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from web.api import Api
from web.components import page_settings
from web.compression import Compression
from web.document import Document
from web.engine import EngineFiles, configured_mode
from web.environment import gradio_environment
from web.listening import listening_address, url_host
from web.manifest import manifest_routes
from web.mcp_server import mcp_routes
from web.monitoring import Monitoring, Observer
from web.rest import api_routes
from web.route_names import RouteNames
from web.security.calls import CallChecker
from web.security.content_policy import ANY_SITE, ContentPolicy, frame_ancestors
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

BuildPage = Callable[[Api], gr.Blocks]
"""Builds the page with its components, its events, and the endpoints for Gradio's clients."""


def create_app(build_page: BuildPage) -> FastAPI:
    """Return the page as an ASGI application.

    The environment variables DEMO_CHECKPOINT, DEMO_ENGINE and CORRECTIONS configure the application. The networks
    load in the background. Raises UserError if the checkpoint or the file of corrections cannot be used.
    """
    return application(build_page, Api(Service(configured_checkpoint(), configured_store())))


def application(build_page: BuildPage, api: Api) -> FastAPI:
    """Return the page and an API as an ASGI application."""
    mode = configured_mode()
    page = build_page(api)
    limit_sessions(page)
    outer = FastAPI(openapi_url=None)  # The routes of the API have their own schema.
    engine = EngineFiles(api.service, mode)
    settings = _settings(page, api, engine, trusted_proxies(), Monitoring.configured())
    return gr.mount_gradio_app(outer, page, path="/", **settings)


def start(
    build_page: BuildPage,
    host: str | None = None,
    port: int | None = None,
    checkpoint: Path | None = None,
    corrections: Path | None = None,
    share: bool = False,
    access_log: bool = False,
    metrics: bool = False,
    engine: str | None = None,
) -> tuple[gr.Blocks, Api, str]:
    """Serve the page in a background thread. Return the page, its API and its address. The networks may still load.

    host, port: the address to listen at, see `web.listening`.
    checkpoint: the network. None means $DEMO_CHECKPOINT or, if it is not set, the checkpoint of `digits`.
    corrections: the file that stores corrections. None means $CORRECTIONS or, if it is not set, no corrections.
    share: whether to open a public address through Gradio's servers as well.
    access_log, metrics: whether to log each request, and to serve counters at /metrics.
    engine: who answers drawings, one of `engine.MODES`. None means $DEMO_ENGINE or, if it is not set, "auto".
    Raises UserError or OSError if the page cannot be served.
    """
    (host, port), mode = listening_address(host, port), configured_mode(engine)
    api = Api(Service(checkpoint or configured_checkpoint(), configured_store(corrections)))
    page, trusted = build_page(api), trusted_proxies(share)
    limit_sessions(page)
    files = EngineFiles(api.service, mode)
    settings = _settings(page, api, files, trusted, Monitoring.configured(access_log, metrics))
    try:
        with gradio_environment(uses_proxies=share), uvicorn_settings(trusted):
            _, local_address, public_address = page.launch(
                server_name=url_host(host),
                server_port=port,
                share=share,
                prevent_thread_lock=True,
                state_session_capacity=MAX_SESSIONS,
                quiet=True,
                **settings,
            )
    except BaseException as error:
        page.close(verbose=False)
        if isinstance(error, UserError | OSError) or not isinstance(error, Exception):
            raise
        raise UserError(f"Gradio cannot serve the page ({first_line(error)}).") from error
    return page, api, (public_address or local_address).rstrip("/")


def configured_checkpoint() -> Path:
    """Return the path of the checkpoint that the environment variable DEMO_CHECKPOINT names, or of the default one."""
    return Path(os.environ.get("DEMO_CHECKPOINT") or DEFAULT_CHECKPOINT)


def serve(build_page: BuildPage, **options) -> None:
    """Serve the page until SIGTERM or KeyboardInterrupt. Print the page's address once the classifier is loaded.

    options: the arguments of `start`. Raises UserError or OSError if the page cannot be served.
    """
    if threading.current_thread() is threading.main_thread():  # Other threads cannot handle signals.
        # Exit as after Ctrl+C: requests in progress are answered first.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    page, api, address = start(build_page, **options)
    try:
        api.service.wait()
        print(f"{ENGLISH['title']} at {address}", flush=True)
        while True:
            time.sleep(60)  # On Windows, Ctrl+C ends a sleep, but not the wait for a lock.
    finally:
        _stop(page)


def _stop(page: gr.Blocks) -> None:
    """Stop the server after it has answered the requests in progress."""
    page.close(verbose=False)  # This waits for up to 5 s.
    page.server.thread.join(STOP_SECONDS - 5)


def routes(api: Api, engine: EngineFiles, guard: CorrectionGuard, monitoring: Monitoring) -> list[BaseRoute]:
    """Return this project's routes. Gradio adds its own routes after them."""
    files = [*engine.routes(), *static_routes(), *manifest_routes()]
    return [*files, *api_routes(api), *mcp_routes(api, guard), *monitoring.routes]


def middleware(
    page: gr.Blocks, api: Api, engine: EngineFiles, guard: CorrectionGuard, trusted: str
) -> list[Middleware]:
    """Return this project's middleware, from the outermost to the innermost."""
    forms = [endpoint.path for endpoint in api.endpoints if endpoint.picture_field]
    return [
        Middleware(Observer, names=RouteNames(api.endpoints)),
        Middleware(ProxyHeaders, trusted=trusted),
        Middleware(Compression),
        Middleware(SecurityMiddleware, calls=CallChecker(page), forms=forms, guard=guard),
        Middleware(ContentPolicy, frames=frame_ancestors(), embedding=frame_ancestors(ANY_SITE)),
        Middleware(Document, engine=engine.setting),
    ]


def _settings(page: gr.Blocks, api: Api, engine: EngineFiles, trusted: str, monitoring: Monitoring) -> dict:
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
            "routes": [*uploads.routes(), *routes(api, engine, guard, monitoring)],
            "middleware": middleware(page, api, engine, guard, trusted),
            "lifespan": uploads.lifespan,
        },
    }
