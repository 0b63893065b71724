"""The sizes of an exported site."""

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path


def needed_at_first(folder: Path) -> list[str]:
    """Return the files of an exported site that the browser loads at the first visit."""
    [files] = re.findall(r"FILES = (\[.*?\]);", (folder / "worker.js").read_text(encoding="utf-8"))
    return [name if name != "./" else "index.html" for name in json.loads(files)]


def size_of(folder: Path, files: Iterable[str]) -> int:
    """Return the size of files in bytes, compressed as web servers do it."""
    return sum(len(gzip.compress((folder / name).read_bytes())) for name in files)
