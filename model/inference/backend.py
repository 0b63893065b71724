"""Import TensorFlow and Keras with the settings that this project needs, without start-up messages."""

import contextlib
import functools
import importlib
import os
import sys
import threading
from collections.abc import Iterator

from model.errors import UserError, first_line

# All threads share file descriptor 2 (stderr). Therefore, only one thread at a time may redirect it.
_LOCK = threading.Lock()


def load_tensorflow():
    """Import TensorFlow and Keras, and return TensorFlow.

    Keras computes with TensorFlow, channels last, in float32, whatever KERAS_BACKEND and the file keras.json say. On a
    GPU, TensorFlow reserves memory only as needed.
    TensorFlow's C++ libraries print about a dozen lines about processors and drivers to stderr, before any Python
    setting takes effect. These lines are discarded.
    Raises UserError if a user's setting is invalid, or if Keras is already in use with another backend.
    """
    with _LOCK:
        return _load()


@functools.cache
def _load():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    os.environ["KERAS_BACKEND"] = "tensorflow"
    try:
        with silenced_stderr():
            tensorflow = importlib.import_module("tensorflow")
            importlib.import_module("keras")
    except (AssertionError, ValueError) as error:  # TensorFlow and Keras read keras.json while they are imported.
        raise UserError(f"a setting in keras.json or in a variable KERAS_… is invalid ({first_line(error)}).") from None
    # Hide warnings that do not help users, such as the warning that several networks were compiled.
    tensorflow.get_logger().setLevel("ERROR")
    configure_keras()
    return tensorflow


def configure_keras() -> None:
    """Set what keras.json can change. Raises UserError if Keras is already in use with another backend."""
    import keras

    if keras.config.backend() != "tensorflow":
        raise UserError(
            f"Keras is already in use with the backend {keras.config.backend()}; this program needs tensorflow. Set "
            "KERAS_BACKEND=tensorflow, or import this program before Keras."
        )
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


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
