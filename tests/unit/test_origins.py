"""Requests of other sites are recognized by the header Origin."""

import pytest

from web.security.origins import is_foreign

OWN = [
    (None, {"host": "digits.example"}),  # A program.
    ("http://127.0.0.1:7860", {"host": "127.0.0.1:7860"}),
    ("https://digits.example", {"host": "digits.example"}),
    ("https://Digits.example:443", {"host": "digits.example"}),
    ("https://digits.example:8443", {"host": "digits.example"}),  # A proxy has removed the port.
    ("http://[::1]:7860", {"host": "[::1]:7860"}),
]
FOREIGN = [
    ("https://evil.example", {"host": "digits.example"}),
    ("null", {"host": "digits.example"}),
    ("", {"host": "digits.example"}),
    ("http://127.0.0.1:3000", {"host": "127.0.0.1:7860"}),
    ("http://digits.example.evil.example", {"host": "digits.example"}),
    ("http://evil.example/digits.example", {"host": "digits.example"}),
    ("http://[", {"host": "digits.example"}),
    ("http://digits.example:x", {"host": "digits.example"}),
    ("http://digits.example", {}),
]


@pytest.mark.parametrize("origin, headers", OWN)
def test_a_request_of_the_own_page_or_of_a_program_is_accepted(origin, headers):
    assert not is_foreign(headers | ({"origin": origin} if origin else {}))


@pytest.mark.parametrize("origin, headers", FOREIGN)
def test_a_request_of_another_site_is_foreign(origin, headers):
    assert is_foreign(headers | {"origin": origin})


def test_a_space_has_its_public_host(monkeypatch):
    headers = {"host": "10.1.2.3:7860", "origin": "https://ada-digits.hf.space"}
    assert is_foreign(headers)
    monkeypatch.setenv("SPACE_HOST", "ada-digits.hf.space")
    assert not is_foreign(headers)
