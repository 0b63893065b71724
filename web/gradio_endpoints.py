"""The endpoints for Gradio's clients, such as `gradio_client`: one hidden Gradio event for each endpoint.

The strokes or the image of a request are one parameter, `drawing`. All other fields are parameters of their own.
"""

import inspect
from collections.abc import Callable
from pathlib import Path

import gradio as gr
from gradio.components import Component
from pydantic.fields import FieldInfo

from model.corrections.sqlite_file import StorageError
from model.errors import InputError
from web import errors
from web.admission import Overloaded
from web.api import Api
from web.registry import Endpoint
from web.schemas.requests import DigitDrawing, Drawing

DRAWING = "drawing"
DRAWING_FIELDS = {*Drawing.model_fields, *DigitDrawing.model_fields}


def add_endpoints(api: Api) -> None:
    """Add all endpoints to the Gradio page that is being built."""
    for endpoint in api.endpoints:
        inputs = [_component(endpoint, name) for name in parameters_of(endpoint)]
        output = _documented(gr.JSON(visible=False, label=endpoint.name), endpoint.response.model_json_schema())
        function = _function(api, endpoint)
        gr.on([], function, inputs, output, api_name=endpoint.name, api_description=endpoint.description, queue=False)


def parameters_of(endpoint: Endpoint) -> dict[str, FieldInfo | None]:
    """Return the parameters of an endpoint by name, and the field of each; None for the drawing."""
    fields = endpoint.request.model_fields
    drawing = {DRAWING: None} if fields.keys() & DRAWING_FIELDS else {}
    return drawing | {name: field for name, field in fields.items() if name not in DRAWING_FIELDS}


def _function(api: Api, endpoint: Endpoint) -> Callable:
    """Return the function that Gradio calls. Its signature has the endpoint's parameters."""
    parameters = parameters_of(endpoint)

    async def function(*arguments):
        values = dict(zip(parameters, arguments, strict=True))
        upload = values[endpoint.picture_field] if endpoint.picture_field else None
        try:
            if upload:
                values[endpoint.picture_field] = _read(upload)
            answer = await api.call(endpoint, errors.parse(endpoint.request, _fields(parameters, values)))
            if upload:
                Path(upload).unlink(missing_ok=True)  # After a refusal, the caller may call again.
            return answer.model_dump(mode="json")
        except (InputError, StorageError, Overloaded) as error:
            # Gradio sends the message of a gr.Error to the caller.
            raise gr.Error(str(error), print_exception=False) from None

    function.__name__ = endpoint.name
    function.__signature__ = inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=inspect.Parameter.empty if field is None or field.is_required() else None,
            )
            for name, field in parameters.items()
        ]
    )
    return function


def _read(path: str) -> bytes:
    """Return the content of an uploaded picture. Raises InputError if another call has read it, or if it is too old."""
    try:
        return Path(path).read_bytes()
    except OSError:
        raise InputError("The picture is not on the server any more; upload it again, then call once.") from None


def _fields(parameters: dict[str, FieldInfo | None], values: dict[str, object]) -> object:
    """Return the fields of a request. A value of None means that an optional parameter is not given."""
    given = {
        name: values[name]
        for name, field in parameters.items()
        if field and not (values[name] is None and (field.annotation is bytes or not field.is_required()))
    }
    if DRAWING not in parameters:
        return given
    drawing = values[DRAWING]
    return drawing | given if isinstance(drawing, dict) else {"strokes": drawing} | given


def _component(endpoint: Endpoint, name: str) -> Component:
    """Return a hidden component for one parameter, with the JSON schema of the parameter."""
    if name == endpoint.picture_field:
        file = gr.File(label=name, visible=False)
        # Gradio would create an empty file for each call, and remember the path of each picture for ever.
        file.preprocess = lambda payload: payload and payload.path
        file.async_move_resource_to_block_cache = _unchanged
        example = {"path": f"{name}.png", "meta": {"_type": "gradio.FileData"}}
        return _documented(file, file.api_info(), example)
    schema = endpoint.request.model_json_schema()
    definitions = {"$defs": schema["$defs"]} if "$defs" in schema else {}
    if name == DRAWING:
        properties = {key: value for key, value in schema["properties"].items() if key in DRAWING_FIELDS}
        schema = {"type": "object", "properties": properties}
        example = {"strokes": Drawing.model_fields["strokes"].examples[0]}
    else:
        schema = schema["properties"][name]
        example = next(iter(schema.get("examples", [])), schema.get("default"))
    return _documented(gr.JSON(label=name, visible=False), schema | definitions, example)


async def _unchanged(path: str) -> str:
    return path


def _documented(component: Component, schema: dict, example: object = None) -> Component:
    """Set the JSON schema and an example of a component's value, for Gradio's description of the API.

    The attributes are set on the instance, not in a subclass: for a module that defines a component subclass, Gradio
    would write a .pyi file beside it.
    """
    schema = _without_false(schema)
    component.api_info = lambda: schema
    component.example_payload = component.example_value = lambda: example
    return component


def _without_false(schema: object) -> object:
    """Return a JSON schema without "additionalProperties": false, which `gradio_client` cannot read."""
    if isinstance(schema, list):
        return [_without_false(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_false(part)
        for key, part in schema.items()
        if not (key == "additionalProperties" and part is False)
    }
