"""Names of recipes for tests that run for each recipe."""

from collections.abc import Iterable

import pytest


def slow_if_large(names: Iterable[str]) -> list:
    """Return the parameters of a test that is slow for `digits`, because it takes over 5 seconds for this network."""
    return [pytest.param(name, marks=pytest.mark.slow) if name == "digits" else name for name in names]
