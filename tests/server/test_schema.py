"""Schemathesis sends valid and invalid requests to each route of /openapi.json, and checks the responses."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROUTES = (
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
)


@pytest.mark.parametrize("name", ROUTES)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_response_conforms_to_the_schema(corrections_server, name, data):
    from tests.helpers.conformance import check_one_response

    check_one_response(corrections_server[0].address, name, data)


def test_the_schema_lists_every_route_of_the_api():
    from tests.helpers.conformance import OPERATIONS

    assert sorted(OPERATIONS) == sorted(ROUTES)
