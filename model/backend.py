"""TensorFlow, loaded without its start-up chatter."""

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator


def load_tensorflow():
    """Import TensorFlow and return it.

    Its libraries write a dozen lines on processors and drivers to the error stream before any Python setting reaches
    them. Those go nowhere; an import that fails still raises.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with silent_error_stream():
        tensorflow = importlib.import_module("tensorflow")
    # Below an error are hints to programmers, such as that several networks were compiled.
    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


@contextlib.contextmanager
def silent_error_stream() -> Iterator[None]:
    """Send file descriptor 2 to nowhere: C++ does not ask sys.stderr."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
