"""End a command at Ctrl+C without a traceback, also while it imports libraries."""

import contextlib
import os
import signal
from collections.abc import Iterator

EXIT_STATUS = 128 + signal.SIGINT
"""What shells report for a program that Ctrl+C has ended."""


def exit_while_importing(program: str) -> None:
    """Make Ctrl+C print a sentence and end the process at once. Call this function before the slow imports.

    An exception would not do: a library could catch it, and a half-imported library could print a traceback.
    """

    def end(*_) -> None:
        os.write(2, f"\n{program}: interrupted.\n".encode())
        os._exit(EXIT_STATUS)

    signal.signal(signal.SIGINT, end)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Make Ctrl+C raise KeyboardInterrupt inside the block. After the block, make Ctrl+C end the process at once.

    After the block, Python waits for threads, for example for a thread that still imports a library.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
