"""The page without networks, for tests that need only the list of the page's endpoints."""

from types import SimpleNamespace

import gradio as gr

import demo
from web.api import Api


def unloaded_page() -> gr.Blocks:
    """Return the page of a server that stores no corrections and has loaded no network."""
    service = SimpleNamespace(name="digits", models=["digits"], rejects=True, store=None, network="0123456789ab")
    return demo.build_page(Api(service))
