"""The two kinds of error that a message to a person can fix, and how a command line reports them."""

import contextlib
import sys
from collections.abc import Iterator


class InputError(ValueError):
    """A drawing, picture or other input from a caller is invalid. The message says what was expected."""


class UserError(Exception):
    """A file, folder or setting cannot be used. The message says why and what to do."""


@contextlib.contextmanager
def reported(program: str) -> Iterator[None]:
    """Exit with "<program>: <message>" and status 1 on `UserError` or `OSError`, without a traceback."""
    try:
        yield
    except (UserError, OSError) as error:
        sys.exit(f"{program}: {error}")


def first_line(error: BaseException, max_length: int = 200) -> str:
    """Return the first line of an error's message, or the name of its type if the message is empty."""
    lines = str(error).strip().splitlines()
    return (lines[0] if lines else type(error).__name__)[:max_length]
