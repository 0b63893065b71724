"""The worker process: read pictures from standard input, and write the planes to standard output.

    python -m web.pictures.worker MEMORY SECONDS

MEMORY: the bytes that one picture may take, with its file. SECONDS: the processor time that one picture may take. The
worker ends when its standard input ends, which also happens if the server is killed.
"""

import io
import os
import signal
import sys
import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from model.errors import InputError
from model.preprocessing.decoding import TooDemandingError, decode
from web.pictures import messages

try:
    import resource
except ImportError:  # On Windows, the server's time limit remains.
    resource = None


# Memory for other things than the picture file and its pixels.
SPARE = 6_000_000


def main() -> None:
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # After Ctrl+C, the server ends, and then the input ends.
    warnings.simplefilter("ignore")
    # Keep standard output for the results: text that a library prints goes to standard error.
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    Image.init()  # Otherwise, Pillow imports all its formats when it reads the first damaged file.
    _limit_memory(memory)
    try:
        messages.send_ready(results)
        while True:
            content = messages.receive_picture(sys.stdin.buffer)
            _limit_time(seconds)
            _answer(results, content, memory)
    except (EOFError, BrokenPipeError):
        os._exit(0)  # Without a traceback if the last result cannot be written.


def _answer(results: BinaryIO, content: bytes, memory: int) -> None:
    try:
        planes = decode(io.BytesIO(content), memory - len(content) - SPARE)
    except InputError as error:
        messages.send_failure(results, messages.INVALID, str(error))
    except TooDemandingError:
        messages.send_failure(results, messages.TOO_DEMANDING)
    except MemoryError:
        messages.send_failure(results, messages.OUT_OF_MEMORY)
    else:
        messages.send_planes(results, planes)


def _limit_memory(memory: int) -> None:
    """Let the process allocate `memory` bytes more than now. A picture that takes more raises MemoryError."""
    if resource is None:
        return
    _lower(resource.RLIMIT_CORE, 0)
    status = Path("/proc/self/statm")
    if status.exists():  # Elsewhere, the present size is unknown, and systems such as macOS do not enforce the limit.
        _lower(resource.RLIMIT_AS, int(status.read_text().split()[0]) * resource.getpagesize() + memory)


def _limit_time(seconds: int) -> None:
    """Let the process use `seconds` more of processor time. The system then ends the process."""
    if resource is not None:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        _lower(resource.RLIMIT_CPU, int(usage.ru_utime + usage.ru_stime) + 1 + seconds)


def _lower(limit: int, value: int) -> None:
    """Set a limit of the system, unless its maximum is lower. The maximum stays."""
    _, maximum = resource.getrlimit(limit)
    if maximum == resource.RLIM_INFINITY or value <= maximum:
        resource.setrlimit(limit, (value, maximum))


if __name__ == "__main__":
    main()
