"""Schemathesis sends valid and invalid requests to each route of /openapi.json, and checks the responses."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.helpers.fake_service import fake_service
from web.api import Api
from web.rest import rest_app

# Left out: positive_data_acceptance. A valid request can exceed a limit that JSON Schema cannot express, such as the
# number of points of all strokes together.
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]


SCHEMA = schemathesis.openapi.from_dict(rest_app(Api(fake_service())).openapi())
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}


@pytest.mark.parametrize("name", OPERATIONS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_response_conforms_to_the_schema(corrections_server, name, data):
    mode = data.draw(st.sampled_from(GenerationMode))
    try:
        case = data.draw(OPERATIONS[name].as_strategy(generation_mode=mode))
    except Unsatisfiable:  # A request without parameters cannot be invalid.
        return
    response = case.call(base_url=corrections_server[0].address)
    if response.status_code == 503:
        assert int(response.headers["retry-after"][0]) > 0
    else:
        # The server rejects a request that is too large with 413. Schemathesis does not count 413 as a rejection.
        excluded = [negative_data_rejection] if response.status_code == 413 else []
        case.validate_response(response, checks=CHECKS, excluded_checks=excluded)


def test_the_schema_lists_every_route_of_the_api():
    assert set(OPERATIONS) == {
        "POST /api/predict",
        "POST /api/predict_image",
        "POST /api/explain",
        "POST /api/compare",
        "POST /api/learn",
        "POST /api/activations",
        "POST /api/occlusion",
        "POST /api/cutouts",
        "POST /api/steps",
        "GET /api/about",
        "POST /api/corrections",
        "DELETE /api/corrections",
        "GET /health",
        "GET /health/live",
    }
