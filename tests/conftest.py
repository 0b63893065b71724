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


@pytest.fixture(scope="session")
def two_processes(tmp_path_factory):
    """A server with two processes that serve the page and store corrections in one file."""
    from tests.helpers.corrections import NO_LIMITS
    from tests.helpers.server import serving_with_uvicorn

    file = tmp_path_factory.mktemp("two") / "corrections.sqlite"
    with serving_with_uvicorn("--workers", "2", environment={"CORRECTIONS": str(file), **NO_LIMITS}) as server:
        yield server


@pytest.fixture(scope="session")
def uvicorn_to_stop():
    """A server that uvicorn's own command has started, for the one test that stops it."""
    from tests.helpers.server import serving_with_uvicorn

    limits = ("--http", "web.security.connections:BoundedProtocol", "--timeout-graceful-shutdown", "3")
    with serving_with_uvicorn(*limits) as server:
        yield server


@pytest.fixture(scope="session")
def server_to_stop(tmp_path_factory):
    """A running server. One test stops it, after all other tests that use it.

    Its environment has proxies, and settings for another Keras.
    """
    from tests.helpers.server import serving

    keras_home = tmp_path_factory.mktemp("keras")
    (keras_home / "keras.json").write_text('{"image_data_format": "channels_first", "floatx": "float16"}')
    another_environment = {
        "KERAS_HOME": str(keras_home),
        "KERAS_BACKEND": "jax",
        "http_proxy": "http://127.0.0.1:9",  # Nothing listens at this port.
        "ALL_PROXY": "socks://127.0.0.1:9",
        "no_proxy": "",
    }
    with serving(environment=another_environment) as server:
        yield server
