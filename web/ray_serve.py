"""Serve the page on several machines with Ray Serve (`pip install "ray[serve]"`): serve run demo:cluster"""

from collections.abc import Callable

from fastapi import FastAPI
from ray import serve

REPLICAS = 2


def build_application(create_app: Callable[[], FastAPI]) -> serve.Application:
    """Return an application of REPLICAS replicas. Each replica serves the whole page and can answer any request."""

    @serve.deployment(num_replicas=REPLICAS)
    @serve.ingress(create_app)
    class Page:
        pass

    return Page.bind()
