"""The messages between the server and a worker that decodes pictures: each has a header with the sizes.

The server does not trust a worker, because a picture may attack the decoder. Therefore it reads only numbers and text
of limited size from the worker.
"""

import struct
from typing import BinaryIO

import numpy as np

from model.errors import InputError
from model.preprocessing.decoding import WORKING_PIXELS, TooDemandingError

PICTURE = struct.Struct("<Q")
"""The header of a picture: the number of bytes."""
RESULT = struct.Struct("<BIII")
"""The header of a result: its kind; height, width and channels of the planes, or the number of bytes of a text."""
PLANES, INVALID, TOO_DEMANDING, OUT_OF_MEMORY = range(4)
"""The kinds of results. INVALID has a sentence for the caller. TOO_DEMANDING: the picture would take too much memory.
OUT_OF_MEMORY: the picture took too much memory."""
MAX_CHANNELS, MAX_TEXT = 4, 2_000
READY = b"+"
"""What a worker sends once, after its start."""


def wait_until_ready(stream: BinaryIO) -> None:
    """Wait until a worker has started. Raises EOFError if the worker ends."""
    if _read(stream, len(READY)) != READY:
        raise EOFError


def send_ready(stream: BinaryIO) -> None:
    """Tell the server that the worker has started."""
    stream.write(READY)
    stream.flush()


def send_picture(stream: BinaryIO, content: bytes) -> None:
    """Send the content of a picture file to a worker."""
    stream.write(PICTURE.pack(len(content)))
    stream.write(content)
    stream.flush()


def receive_picture(stream: BinaryIO) -> bytes:
    """Return the content of the next picture file. Raises EOFError if the server has ended."""
    (size,) = PICTURE.unpack(_read(stream, PICTURE.size))
    return _read(stream, size)


def send_planes(stream: BinaryIO, planes: np.ndarray) -> None:
    """Send a decoded picture, float32 (H, W, C)."""
    stream.write(RESULT.pack(PLANES, *planes.shape))
    stream.write(planes.astype("<f4").tobytes())
    stream.flush()


def send_failure(stream: BinaryIO, kind: int, message: str = "") -> None:
    """Send the reason why there are no planes. kind: INVALID, TOO_DEMANDING or OUT_OF_MEMORY."""
    text = message.encode()
    stream.write(RESULT.pack(kind, len(text), 0, 0) + text)
    stream.flush()


def receive_result(stream: BinaryIO) -> np.ndarray:
    """Return a decoded picture, float32 (H, W, C).

    Raises InputError, TooDemandingError or MemoryError if the worker sends a failure, EOFError if the worker has ended,
    and ValueError if the message is malformed.
    """
    kind, *sizes = RESULT.unpack(_read(stream, RESULT.size))
    if kind == PLANES:
        height, width, channels = sizes
        if not (0 < height * width <= WORKING_PIXELS and 0 < channels <= MAX_CHANNELS):
            raise ValueError("A worker sent planes of a wrong size.")
        values = np.frombuffer(_read(stream, 4 * height * width * channels), "<f4")
        return values.reshape(height, width, channels).astype(np.float32)
    if kind == INVALID:
        if sizes[0] > MAX_TEXT:
            raise ValueError("A worker sent a text that is too long.")
        raise InputError(_read(stream, sizes[0]).decode("utf-8", "replace"))
    if kind == TOO_DEMANDING:
        raise TooDemandingError
    if kind == OUT_OF_MEMORY:
        raise MemoryError
    raise ValueError("A worker sent a message of an unknown kind.")


def _read(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content
