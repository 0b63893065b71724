"""End a command at Ctrl+C without a traceback, also while it imports libraries."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator

EXIT_STATUS = 128 + signal.SIGINT
"""What shells report for a program that Ctrl+C has ended."""


def exit_while_importing(program: str) -> None:
    """Make Ctrl+C print a sentence and end the process at once. Call this function before the slow imports.

    It raises no exception, because a library could catch it, and a half-imported library could print a traceback.
    """
    signal.signal(signal.SIGINT, lambda *_: _exit(program))


@contextlib.contextmanager
def interruptible(program: str) -> Iterator[None]:
    """Make Ctrl+C raise KeyboardInterrupt inside the block, and end the process without a traceback.

    After the block, Python waits for threads, for example for a thread that still imports a library. Then Ctrl+C ends
    the process at once.
    """
    hook = sys.unraisablehook

    def end_if_interrupted(unraisable) -> None:
        if issubclass(unraisable.exc_type, KeyboardInterrupt):
            _exit(program)
        hook(unraisable)

    # Python ignores an exception in a callback, such as `__del__`, and passes it to this hook.
    sys.unraisablehook = end_if_interrupted
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
    except KeyboardInterrupt:
        sys.exit(EXIT_STATUS)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def _exit(program: str) -> None:
    os.write(2, f"\n{program}: interrupted.\n".encode())
    os._exit(EXIT_STATUS)
