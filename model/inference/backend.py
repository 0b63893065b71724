"""TensorFlow, loaded without its start-up chatter."""

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Iterator

# The error stream belongs to the whole process: two threads must not turn it off and on at once.
_ONE_AT_A_TIME = threading.Lock()


def load_tensorflow():
    """Import TensorFlow and return it.

    Its libraries write a dozen lines on processors and drivers to the error stream before any Python setting reaches
    them. Those go nowhere; an import that fails still raises.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _ONE_AT_A_TIME:
        if "tensorflow" in sys.modules:
            return sys.modules["tensorflow"]
        with silenced_stderr():
            tensorflow = importlib.import_module("tensorflow")
    # Below an error are hints to programmers, such as that several networks were compiled.
    tensorflow.get_logger().setLevel("ERROR")
    return tensorflow


@contextlib.contextmanager
def silenced_stderr() -> Iterator[None]:
    """Send file descriptor 2 to nowhere: C++ does not ask sys.stderr, through which Python goes on being heard."""
    sys.stderr.flush()
    kept, heard = os.dup(2), sys.stderr
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        sys.stderr = open(os.dup(kept), "w", buffering=1)  # noqa: SIM115 – somebody may still hold it afterwards.
        yield
    finally:
        sys.stderr = heard
        os.dup2(kept, 2)
        os.close(kept)
