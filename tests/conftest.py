"""Fixtures for tests in several folders. Each fixture imports what it needs, so that unit tests load no TensorFlow."""

from pathlib import Path

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


@pytest.fixture(scope="session", autouse=True)
def launched_servers(request, tmp_path_factory):
    """The servers that the selected tests use, by the name of their fixture.

    The servers are launched before the first test, so that they load while other tests run.
    """
    from tests.helpers.corrections import NO_LIMITS
    from tests.helpers.server import Server, UvicornServer, free_port

    def corrections(name: str) -> dict[str, str]:
        """Return the variables of a server that stores corrections in a file of its own."""
        return {"CORRECTIONS": str(tmp_path_factory.mktemp(name) / "corrections.sqlite"), **NO_LIMITS}

    keras_home = tmp_path_factory.mktemp("keras")
    (keras_home / "keras.json").write_text('{"image_data_format": "channels_first", "floatx": "float16"}')
    another_environment = {
        "KERAS_HOME": str(keras_home),
        "KERAS_BACKEND": "jax",
        "http_proxy": "http://127.0.0.1:9",  # Nothing listens at this port.
        "ALL_PROXY": "socks://127.0.0.1:9",
        "no_proxy": "",
    }
    limits = ("--http", "web.security.connections:BoundedProtocol", "--timeout-graceful-shutdown", "3")
    all_servers = {
        "server": Server(free_port()),
        "corrections_server": Server(free_port(), environment=corrections("one")),
        "server_to_stop": Server(free_port(), environment=another_environment),
        "uvicorn_to_stop": UvicornServer(free_port(), options=limits),
        "two_processes": UvicornServer(free_port(), environment=corrections("two"), options=("--workers", "2")),
    }
    used = {fixture for test in request.session.items for fixture in test.fixturenames}
    servers = {name: server for name, server in all_servers.items() if name in used}
    for server in servers.values():
        server.launch()
    yield servers
    for server in servers.values():
        server.stop()


@pytest.fixture(scope="session")
def server(launched_servers):
    """A running server, started by `python -m demo`."""
    server = launched_servers["server"]
    server.wait_until_ready()
    return server


@pytest.fixture(scope="session")
def corrections_server(launched_servers):
    """A running server that stores corrections, and the path of the file with the corrections.

    All tests share this server and its file. The file may contain corrections of earlier tests, so a test must compare
    the corrections before and after a call.
    """
    server = launched_servers["corrections_server"]
    server.wait_until_ready()
    return server, Path(server.environment["CORRECTIONS"])


@pytest.fixture(scope="session")
def two_processes(launched_servers):
    """A server with two processes that serve the page and store corrections in one file."""
    server = launched_servers["two_processes"]
    server.wait_until_ready()
    return server


@pytest.fixture
def uvicorn_to_stop(launched_servers):
    """A server that uvicorn's own command has started, for the one test that stops it."""
    server = launched_servers["uvicorn_to_stop"]
    server.wait_until_ready()
    return server


@pytest.fixture
def server_to_stop(launched_servers):
    """A running server. One test stops it, after all other tests that use it.

    Its environment has proxies, and settings for another Keras.
    """
    server = launched_servers["server_to_stop"]
    server.wait_until_ready()
    return server
