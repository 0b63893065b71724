"""The registry of endpoints. From each entry follow an HTTP route, an endpoint of `gradio_client`, and an MCP tool.

    @endpoint()
    def steps(service: Service, request: StepsRequest) -> StepsResponse:
        ...

The annotations are the schema and the docstring is the description. A function with the annotations
`list[Request] -> list[Response]` answers several calls at once.
"""

import inspect
import typing
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from web.schemas.requests import Request

ENDPOINTS: dict[str, "Endpoint"] = {}
"""All endpoints by name, in the order of registration."""


@dataclass(frozen=True)
class Endpoint:
    """One endpoint.

    name: the name of the `gradio_client` endpoint and of the MCP tool.
    function: called with the service and a request, or with a list of requests if `is_batched`.
    method, path: the HTTP route.
    cost: the work of a call, in calls of the endpoint `predict`; see `web/admission.py`.
    threads: the number of batches that may be in progress.
    stores: whether a call stores or deletes something.
    background: whether calls are refused first under load; see `web/admission.py`.
    """

    name: str
    function: Callable
    request: type[Request]
    response: type[BaseModel]
    is_batched: bool
    method: str
    path: str
    cost: int
    threads: int
    stores: bool
    background: bool

    @property
    def description(self) -> str:
        """The docstring as one paragraph."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def picture_field(self) -> str | None:
        """The name of the request's field that holds a picture, or None."""
        pictures = [name for name, field in self.request.model_fields.items() if field.annotation is bytes]
        return pictures[0] if pictures else None


def endpoint(
    method: str = "POST",
    path: str | None = None,
    cost: int = 1,
    threads: int = 1,
    stores: bool = False,
    background: bool = False,
) -> Callable:
    """Return a decorator that registers a function as an endpoint.

    method, path: the HTTP route; by default, POST /api/<name of the function>.
    cost: the work of a call, in calls of the endpoint `predict`. A call with a picture also needs much memory.
    threads: the number of batches that may be in progress.
    stores: whether a call stores or deletes something. Pages of other sites may not call such an endpoint.
    background: whether calls are refused first under load.
    """

    def register(function: Callable) -> Callable:
        hints = typing.get_type_hints(function)
        _, *parameters = inspect.signature(function).parameters
        request, response = hints[parameters[0]] if parameters else Request, hints["return"]
        is_batched = typing.get_origin(response) is list
        if is_batched:
            [request], [response] = typing.get_args(request), typing.get_args(response)
        name = function.__name__
        ENDPOINTS[name] = Endpoint(
            name=name,
            function=function,
            request=request,
            response=response,
            is_batched=is_batched,
            method=method,
            path=path or f"/api/{name}",
            cost=cost,
            threads=threads,
            stores=stores,
            background=background,
        )
        return function

    return register
