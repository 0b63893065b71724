"""Import TensorFlow without its start-up messages."""

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Iterator

# All threads share file descriptor 2 (stderr). Therefore, only one thread at a time may redirect it.
_LOCK = threading.Lock()


def load_tensorflow():
    """Import TensorFlow and return the module.

    TensorFlow's C++ libraries print about a dozen lines about processors and drivers to stderr, before any Python
    setting takes effect. These lines are discarded. An exception of the import is raised as usual.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _LOCK:
        if "tensorflow" in sys.modules:
            return sys.modules["tensorflow"]
        with silenced_stderr():
            tensorflow = importlib.import_module("tensorflow")
    # Hide warnings that do not help users, such as the warning that several networks were compiled.
    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


@contextlib.contextmanager
def silenced_stderr() -> Iterator[None]:
    """Discard what C++ code writes to file descriptor 2 (stderr). Python's `sys.stderr` still reaches the terminal."""
    sys.stderr.flush()
    saved_descriptor, saved_stderr = os.dup(2), sys.stderr
    try:
        with open(os.devnull, "wb") as null:
            os.dup2(null.fileno(), 2)
        # Do not close the new `sys.stderr`, because other code may keep a reference to it.
        sys.stderr = open(os.dup(saved_descriptor), "w", buffering=1)  # noqa: SIM115
        yield
    finally:
        sys.stderr = saved_stderr
        os.dup2(saved_descriptor, 2)
        os.close(saved_descriptor)
