"""The HTTP API: a FastAPI application with one route for each endpoint, the health checks, and the documentation.

Every error is {"detail": "<one sentence>"}.
"""

import importlib.metadata
import logging
from collections.abc import Mapping
from typing import Annotated

from fastapi import Body, Depends, FastAPI, Query
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request as HttpRequest
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from model.corrections.sqlite_file import StorageError
from model.errors import InputError
from web import errors
from web.admission import Overloaded
from web.api import Api
from web.forms import DamagedFormError, FormReader
from web.paths import route_path
from web.registry import Endpoint
from web.schemas.requests import Request
from web.schemas.responses import API_VERSION, BinaryResponse, ErrorResponse, HealthResponse, LiveResponse
from web.static_files import UNCHANGING
from web.texts import ENGLISH

DESCRIPTION = (
    "Read handwritten digits and numbers. No endpoint keeps anything between two calls, except for corrections."
)
SWAGGER = "fastapi_swagger"
"""The package with the files of Swagger UI."""
SWAGGER_PATH = f"static/swagger-ui-{importlib.metadata.version(SWAGGER)}"
# Seconds after which a client may call again.
RETRY_WHILE_LOADING, RETRY_STORAGE = 1, 60
BINARY = "application/octet-stream"
RETRY_HEADER = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
# FastAPI would give the errors of a route the media type of its answers.
ERROR_CONTENT = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}}
FAILURES = {
    413: "The request is too large.",
    422: "The request is invalid.",
    503: "The server is overloaded or cannot store the correction now.",
}
STORING_FAILURES = {
    403: "A page of another site sent the request.",
    429: "This client, or all clients together, have stored or deleted too many corrections.",
}
NOT_FOUND = {404: "No correction has this token."}
"""Further failures of the endpoints that store or delete something."""


def api_routes(api: Api) -> list[Route]:
    """Return the routes of the HTTP API, the health checks and the documentation."""
    app = rest_app(api)
    paths = ("/api/{path:path}", "/health", "/health/live", "/openapi.json", "/docs")
    # Route forwards all methods to the application, with an unchanged path.
    return [Route(f"/{SWAGGER_PATH}/{{name}}", _swagger_file), *(Route(path, app) for path in paths)]


def rest_app(api: Api) -> FastAPI:
    """Return the HTTP API as an application."""
    # Keep damaged forms out of the log. The caller already gets the reason.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    app = FastAPI(
        title=ENGLISH["title"],
        version=API_VERSION,
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers={
            RequestValidationError: _invalid,
            errors.NotFoundError: _not_found,
            InputError: _rejected,
            Overloaded: _unavailable,
            StorageError: _unavailable,
            HTTPException: _http_error,
        },
    )
    for endpoint in api.endpoints:
        _add(app, api, endpoint)
    _add_health(app, api)
    app.add_route("/docs", _docs, include_in_schema=False)
    return app


def _add(app: FastAPI, api: Api, endpoint: Endpoint) -> None:
    """Add the route of an endpoint."""
    extra = {}
    if endpoint.picture_field:
        source, extra = Depends(_Form(api, endpoint)), {"requestBody": _form_schema(endpoint)}
    else:
        source = Query() if endpoint.method in ("GET", "DELETE") else Body()
    is_binary = issubclass(endpoint.response, BinaryResponse)

    async def handle(request: Annotated[endpoint.request, source]) -> Response:
        # The response is valid already: FastAPI would validate it again.
        response = await api.call(endpoint, request)
        if is_binary:
            return Response(response.to_bytes(), media_type=BINARY)
        return Response(response.model_dump_json(), media_type="application/json")

    handle.model = endpoint.request
    failures = FAILURES | (STORING_FAILURES if endpoint.stores else {})
    failures |= NOT_FOUND if endpoint.method == "DELETE" else {}
    app.add_api_route(
        endpoint.path,
        handle,
        methods=[endpoint.method],
        name=endpoint.name,
        description=endpoint.description,
        response_model=None if is_binary else endpoint.response,
        response_class=_BinaryResponse if is_binary else JSONResponse,
        responses={
            status: (ERROR_CONTENT if is_binary else {"model": ErrorResponse})
            | {"description": text}
            | ({"headers": RETRY_HEADER} if status in (429, 503) else {})
            for status, text in failures.items()
        },
        openapi_extra=extra,
    )


class _BinaryResponse(Response):
    media_type = BINARY


class _Form:
    """A FastAPI dependency that reads a form with one picture. The picture stays in memory.

    A call counts as pending only when its form is complete. Otherwise, clients that send slowly would fill the limit.
    """

    def __init__(self, api: Api, endpoint: Endpoint):
        self._api, self._endpoint, self._forms = api, endpoint, FormReader()

    async def __call__(self, request: HttpRequest) -> Request:
        self._api.check_capacity(self._endpoint)
        fields = " and ".join(self._endpoint.request.model_fields)
        try:
            form = await self._forms.read(request)
        except DamagedFormError:
            raise InputError(
                f"The request is not a complete form; expected multipart/form-data with one file in {fields}."
            ) from None
        values = {name: await value.read() if isinstance(value, UploadFile) else value for name, value in form.items()}
        await form.close()
        return errors.parse(self._endpoint.request, values)


def _form_schema(endpoint: Endpoint) -> dict:
    schema = endpoint.request.model_json_schema()
    picture = schema["properties"][endpoint.picture_field]
    for key in ("format", "pattern"):
        picture.pop(key, None)
    picture["contentMediaType"] = "application/octet-stream"
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _add_health(app: FastAPI, api: Api) -> None:
    not_ready = {"model": HealthResponse, "description": "The networks are loading.", "headers": RETRY_HEADER}

    @app.get("/health", responses={503: not_ready})
    async def health() -> HealthResponse:
        """Tell whether the networks are loaded, so that the server answers at once."""
        ready = api.service.ready
        headers = {} if ready else {"Retry-After": str(RETRY_WHILE_LOADING)}
        return JSONResponse({"ready": ready}, 200 if ready else 503, headers)

    @app.get("/health/live")
    async def live() -> LiveResponse:
        """Tell that the process answers."""
        return LiveResponse()


async def _swagger_file(request: HttpRequest) -> Response:
    """Return a file of Swagger UI. Caches may keep it, because its address has the version."""
    response = await StaticFiles(packages=[(SWAGGER, "resources")]).get_response(
        request.path_params["name"], request.scope
    )
    response.headers["Cache-Control"] = UNCHANGING
    return response


async def _docs(_: HttpRequest) -> HTMLResponse:
    """Return the documentation of the API. All addresses are relative, so that the page may be below a path."""
    return get_swagger_ui_html(
        openapi_url="openapi.json",
        title=f"{ENGLISH['title']}: API",
        swagger_js_url=f"{SWAGGER_PATH}/swagger-ui-bundle.js",
        swagger_css_url=f"{SWAGGER_PATH}/swagger-ui.css",
        swagger_favicon_url="favicon.ico",
        # By default, Swagger UI asks another host whether the schema is valid.
        swagger_ui_parameters={"validatorUrl": None},
    )


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"detail": message}, status, headers)


async def _invalid(request: HttpRequest, error: RequestValidationError) -> JSONResponse:
    return _error(422, errors.sentence(request.scope["endpoint"].model, error.errors()))


async def _not_found(_: HttpRequest, error: errors.NotFoundError) -> JSONResponse:
    return _error(404, str(error))


async def _rejected(_: HttpRequest, error: InputError) -> JSONResponse:
    return _error(422, str(error))


async def _unavailable(_: HttpRequest, error: Overloaded | StorageError) -> JSONResponse:
    retry_after = error.retry_after if isinstance(error, Overloaded) else RETRY_STORAGE
    return _error(503, str(error), headers={"Retry-After": str(retry_after)})


async def _http_error(request: HttpRequest, error: HTTPException) -> JSONResponse:
    if error.status_code == 404:
        return _error(404, "There is no such endpoint; /docs lists all endpoints.")
    if error.status_code == 405:
        path, routes = route_path(request.scope), request.app.routes
        allowed = ", ".join(sorted({method for route in routes if route.path == path for method in route.methods}))
        return _error(405, f"This method is not possible here; expected {allowed}.", headers={"Allow": allowed})
    if error.status_code == 400:  # FastAPI cannot parse the body, for example because it is nested too deeply.
        return _error(422, "The request is not JSON; expected a JSON object.")
    return _error(error.status_code, str(error.detail), headers=error.headers)
