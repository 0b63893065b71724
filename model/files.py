"""Atomic replacement of files."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to. At the end of the block, move the temporary file to `path` in one step.

    If the block raises, delete the temporary file and leave `path` as it is. A reader of `path` finds the old file or
    the new file, never a part of a file. The temporary file has the name of `path`, but is in a hidden temporary folder
    beside `path`.
    """
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as folder:
        temporary = Path(folder, path.name)
        yield temporary
        os.replace(temporary, path)
