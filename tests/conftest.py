"""Fixtures for tests in several folders. Each fixture imports what it needs, so that unit tests load no TensorFlow."""

import pytest


@pytest.fixture(scope="session")
def mnist():
    """MNIST, split into 55,000 training, 5,000 validation and 10,000 test images."""
    from model.data import mnist

    return mnist.load()


@pytest.fixture(scope="session")
def classifier():
    """The classifier of the default checkpoint."""
    from model.inference.classifier import Classifier

    return Classifier.load()


@pytest.fixture(scope="session")
def server():
    """A running server, started by `python -m demo`."""
    from tests.helpers.server import serving

    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def corrections_server(tmp_path_factory):
    """A running server that stores corrections, and the path of the file with the corrections.

    All tests share this server and its file. The file may contain corrections of earlier tests, so a test must compare
    the corrections before and after a call.
    """
    from tests.helpers.corrections import NO_LIMITS
    from tests.helpers.server import serving

    file = tmp_path_factory.mktemp("one") / "corrections.sqlite"
    with serving(environment={"CORRECTIONS": str(file), **NO_LIMITS}) as server:
        yield server, file
