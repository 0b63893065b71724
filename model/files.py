"""Replace files atomically: a reader never finds a partly written file."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to. At the end of the block, move the temporary file to `path` in one step.

    If the block raises an exception, delete the temporary file and leave `path` unchanged. A reader of `path` finds
    either the complete old file or the complete new file. The temporary file has the same name as `path`. It is in a
    hidden temporary folder beside `path`.
    """
    with tempfile.TemporaryDirectory(prefix=".new-", dir=path.parent) as folder:
        temporary = Path(folder, path.name)
        yield temporary
        os.replace(temporary, path)
