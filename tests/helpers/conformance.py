"""Requests that Schemathesis makes from the schema of the API, and its checks of the responses.

Importing this module takes four seconds. Therefore tests import it when they run.
"""

import schemathesis
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from tests.helpers.fake_service import fake_service
from web.api import Api
from web.rest import rest_app

# The list does not have positive_data_acceptance, because the server may reject a valid request: JSON Schema cannot
# express some limits, such as the number of points of all strokes together.
CHECKS = [
    not_a_server_error,
    checks.content_type_conformance,
    checks.negative_data_rejection,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.status_code_conformance,
    checks.unsupported_method,
]
SCHEMA = schemathesis.openapi.from_dict(rest_app(Api(fake_service())).openapi())
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}
"""What the API can do, by method and path, such as "POST /api/predict"."""


def check_one_response(address: str, name: str, data: st.DataObject) -> None:
    """Send a valid or an invalid request, and check that the response conforms to the schema.

    address: the address of the server. name: a key of OPERATIONS. data: chooses the request.
    """
    mode = data.draw(st.sampled_from(GenerationMode))
    try:
        case = data.draw(OPERATIONS[name].as_strategy(generation_mode=mode))
    except Unsatisfiable:  # A request without parameters cannot be invalid.
        return
    response = case.call(base_url=address)
    if response.status_code == 503:
        assert int(response.headers["retry-after"][0]) > 0
    else:
        # The server rejects a request that is too large with 413. Schemathesis does not count 413 as a rejection.
        excluded = [checks.negative_data_rejection] if response.status_code == 413 else []
        case.validate_response(response, checks=CHECKS, excluded_checks=excluded)
