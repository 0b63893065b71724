"""Fixtures for unit tests. Unit tests import neither TensorFlow nor Playwright, so that the tests start quickly."""

import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from model.corrections.store import CorrectionStore

# By default, Hypothesis fails a test if one example takes too long, which can happen on a busy machine.
settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")

FORBIDDEN = ("tensorflow", "keras", "playwright")


@pytest.fixture(scope="package", autouse=True)
def no_slow_libraries():
    """Fail if a unit test imports a slow library. Ignore libraries that were imported before the first unit test."""
    forbidden = [name for name in FORBIDDEN if name not in sys.modules]
    yield
    assert [name for name in forbidden if name in sys.modules] == [], "A unit test has imported a slow library."


@pytest.fixture
def kept(tmp_path):
    """An empty store of corrections."""
    return CorrectionStore(tmp_path / "corrections.sqlite")


@pytest.fixture
def public_folder():
    """A temporary folder that an unprivileged user can enter. (An unprivileged user cannot enter root's `tmp_path`.)"""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path
