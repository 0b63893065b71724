"""Errors that a caller or a user can fix, and functions that turn errors into short messages."""

import contextlib
import errno
import sys
from collections.abc import Iterator

MAX_REASON_LENGTH = 200  # characters
DISK_FULL = "The disk is full. Make room on it, and run the command again."


class InputError(ValueError):
    """A caller sent an invalid drawing, picture or value. The message says what is expected."""


class UserError(Exception):
    """A file, folder or setting cannot be used. The message gives the reason and what to do."""


@contextlib.contextmanager
def exit_on_error(program: str) -> Iterator[None]:
    """Turn `UserError` and `OSError` into "<program>: <message>" on stderr and exit status 1, without a traceback."""
    try:
        yield
    except (UserError, OSError) as error:
        is_full = getattr(error, "errno", None) == errno.ENOSPC
        sys.exit(f"{program}: {DISK_FULL if is_full else error}")


def first_line(error: BaseException) -> str:
    """Return the first line of the error's message, at most MAX_REASON_LENGTH characters.

    If the message is empty, return the name of the error's class.
    Use this function to quote an error of a library, because the full message can fill a page.
    """
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:MAX_REASON_LENGTH]
