"""Sentences for errors that a caller can fix. No sentence repeats the caller's input."""

from collections.abc import Sequence

from pydantic import ValidationError

from model.errors import InputError
from web.schemas.requests import Request


class NotFoundError(InputError):
    """What the caller names does not exist, or does not exist any more."""


PROBLEMS = {
    "missing": "is missing",
    "list_type": "is not a list",
    "model_type": "is not an object",
    "model_attributes_type": "is not an object",
    "float_type": "is not a number",
    "finite_number": "is not a finite number",
    "int_type": "is not an integer",
    "int_from_float": "is not an integer",
    "bool_type": "is neither true nor false",
    "string_type": "is not text",
    "string_unicode": "is not text",
    "string_pattern_mismatch": "is not base64 text of the expected length",
    "string_too_long": "has more than {max_length} characters",
    "too_long": "has more than {max_length} entries",
    "too_short": "has fewer than {min_length} entries",
    "less_than": "is not below {lt:g}",
    "less_than_equal": "is above {le:g}",
    "greater_than_equal": "is below {ge:g}",
    "literal_error": "is not one of the accepted values",
}
"""What is wrong, by Pydantic's type of error (https://docs.pydantic.dev/latest/errors/validation_errors/)."""


def parse(model: type[Request], arguments: object) -> Request:
    """Return the request with these arguments. Raises InputError with a sentence."""
    try:
        return model.model_validate(arguments)
    except ValidationError as error:
        raise InputError(sentence(model, error.errors(include_input=False, include_url=False))) from None


def sentence(model: type[Request], errors: Sequence[dict]) -> str:
    """Return what is wrong and what is expected, for the first of Pydantic's errors. The model: the request's model."""
    error = errors[0]
    fields = model.model_fields
    location = [part for part in error["loc"] if part not in ("body", "query")]
    if error["type"] == "json_invalid":
        return f"The request is not JSON; expected an object with {_names(fields)}."
    if error["type"] == "extra_forbidden":
        return f"The request has an unknown field; expected {_names(fields)}."
    if not location:
        own = error["type"] == "drawing"  # An error of this project's own validators.
        if own:
            return f"The request {error['msg']}; expected an object with {_names(fields)}."
        return f"The request is not a JSON object; expected application/json, an object with {_names(fields)}."
    name = location[0]
    problem = PROBLEMS.get(error["type"], error["msg"]).format_map(error.get("ctx", {}))
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location[1:])
    return f"{name}{path} {problem}; expected {fields[name].description or name}."


def _names(fields: dict) -> str:
    """Return the names of fields as a list in a sentence."""
    *others, last = fields or ["no fields"]
    return f"{', '.join(others)} and {last}" if others else last
