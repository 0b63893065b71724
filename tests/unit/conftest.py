"""Unit tests run without TensorFlow, so that they start at once."""

import sys

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_tensorflow():
    """Fail if a unit test imports TensorFlow. Tests of other folders may have imported it before."""
    imported_before = "tensorflow" in sys.modules
    yield
    assert imported_before or "tensorflow" not in sys.modules, "A unit test has imported TensorFlow."
