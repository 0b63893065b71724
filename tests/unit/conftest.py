"""Unit tests run without TensorFlow and without a browser, so that they start at once."""

import sys

import pytest
from hypothesis import settings

from model.corrections.store import CorrectionStore

# The duration of an example depends on the load of the machine.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

FORBIDDEN = ("tensorflow", "keras", "playwright")


@pytest.fixture(scope="package", autouse=True)
def no_slow_libraries():
    """Fail if a unit test imports one of these libraries. Tests of other folders may have imported it before."""
    forbidden = [name for name in FORBIDDEN if name not in sys.modules]
    yield
    assert [name for name in forbidden if name in sys.modules] == [], "A unit test has imported a slow library."


@pytest.fixture
def kept(tmp_path):
    """A new store of corrections."""
    return CorrectionStore(tmp_path / "corrections.sqlite")
