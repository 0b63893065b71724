"""Fixtures that several folders share. Each fixture imports its own modules, so that unit tests stay quick."""

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


@pytest.fixture(scope="session")
def corrections_server(tmp_path_factory):
    """A server that stores corrections and offers its endpoints to MCP clients, and the path of the corrections.

    Several tests store corrections in this file: compare the file before and after a call.
    """
    from tests.helpers.server import serving

    path = tmp_path_factory.mktemp("corrections") / "corrections.sqlite"
    with serving(environment={"CORRECTIONS": str(path), "GRADIO_MCP_SERVER": "True"}) as running:
        yield running, path
