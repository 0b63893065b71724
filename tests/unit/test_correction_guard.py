"""Corrections: requests of other sites are refused, and each client can store a limited number."""

import time

import pytest

from model.errors import UserError
from tests.helpers.waiting import wait_until
from web.registry import ENDPOINTS
from web.security.bodies import RequestRejected
from web.security.corrections import CorrectionGuard

import web.api  # noqa: F401 isort:skip  Registers the endpoints.

ROUTE = "/api/corrections"
OWN, OTHER = {"host": "page"}, {"host": "page", "origin": "http://evil.example"}


def guard(per_client: str = "", in_total: str = "") -> CorrectionGuard:
    return CorrectionGuard(ENDPOINTS.values(), per_client, in_total)


def scope(method: str = "POST", path: str = ROUTE, client: str = "198.51.100.7") -> dict:
    return {"method": method, "path": path, "client": (client, 50_000)}


def rejection(check, *arguments) -> RequestRejected:
    with pytest.raises(RequestRejected) as rejected:
        check(*arguments)
    return rejected.value


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_another_site_can_neither_store_nor_delete_a_correction(method):
    refused = rejection(guard().check_route, scope(method), OTHER)
    assert refused.status == 403 and refused.message.endswith("not for other sites.")


@pytest.mark.parametrize("name", ["correct", "undo_correction"])
def test_another_site_can_not_use_gradios_routes_either(name):
    assert rejection(guard().check_call, name, scope(), OTHER).status == 403


def test_another_site_can_not_use_mcp():
    assert rejection(guard().check_mcp, OTHER).status == 403
    guard().check_mcp(OWN)


def test_another_site_can_call_endpoints_that_store_nothing():
    guard().check_route(scope(path="/api/predict"), OTHER)
    guard().check_call("predict", scope(), OTHER)


def test_a_client_that_stores_too_many_corrections_has_to_wait():
    limited = guard("3/minute;5/day")
    for _ in range(3):
        limited.check_route(scope(), OWN)
    refused = rejection(limited.check_route, scope(), OWN)
    assert refused.status == 429 and 0 < refused.retry_after <= 60
    assert refused.message.startswith("Too many corrections came from this address; try again in ")
    assert rejection(limited.check_call, "correct", scope(), OWN).status == 429
    assert rejection(limited.count, ENDPOINTS["correct"], ("198.51.100.7", 1)).status == 429
    limited.check_route(scope(client="198.51.100.8"), OWN)


def test_a_client_can_delete_as_many_corrections_as_it_can_store():
    limited = guard("2/day")
    for method in ("POST", "DELETE"):
        for _ in range(2):
            limited.check_route(scope(method), OWN)
    refused = rejection(limited.check_route, scope("DELETE"), OWN)
    assert refused.status == 429 and refused.message.startswith("Too many deletions came from this address;")


def test_all_clients_together_have_a_limit():
    limited = guard("2/day", "3/day")
    for client in ("198.51.100.1", "198.51.100.2", "198.51.100.3"):
        limited.check_route(scope(client=client), OWN)
    refused = rejection(limited.check_route, scope(client="198.51.100.4"), OWN)
    assert refused.message.startswith("Too many corrections came in total; try again in 24 hours")


def test_all_addresses_of_an_ipv6_network_have_one_limit():
    limited = guard("1/day")
    limited.check_route(scope(client="2001:db8::1"), OWN)
    assert rejection(limited.check_route, scope(client="2001:db8::2"), OWN).status == 429
    limited.check_route(scope(client="2001:db8:0:1::1"), OWN)


def test_a_limit_in_another_notation_gives_a_sentence(monkeypatch):
    monkeypatch.setenv("CORRECTIONS_PER_CLIENT", "many")
    with pytest.raises(UserError, match='"many" is not a limit of corrections. Expected limits such as'):
        CorrectionGuard.configured(ENDPOINTS.values())


def test_the_address_of_a_client_is_forgotten():
    limited = guard("1/second")
    limited.check_route(scope(client="198.51.100.1"), OWN)
    counted = limited._windows.storage.storage
    assert [key for key in counted if "198.51.100.1" in key]
    time.sleep(1.1)
    limited.check_route(scope(client="198.51.100.2"), OWN)
    wait_until(lambda: not [key for key in counted if "198.51.100.1" in key])
