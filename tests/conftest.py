"""Fixtures that several folders share. Each imports what it needs, so that unit tests stay quick."""

import pytest


@pytest.fixture(scope="session")
def mnist():
    """MNIST, with the usual 5,000 validation images."""
    from model.data import mnist

    return mnist.load()


@pytest.fixture(scope="session")
def classifier():
    """The classifier of the default checkpoint."""
    from model.inference.classifier import Classifier

    return Classifier.load()


@pytest.fixture(scope="session")
def server():
    """A running `python -m demo`."""
    from tests.helpers.server import serving

    with serving() as running:
        yield running
