"""The static site: the page and the network as files that any host can serve, without a server of this project.

python demo.py --export FOLDER [--checkpoint PATH] [--check]
"""

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path


def run(build_page, folder: Path, checkpoint: Path, check: bool) -> None:
    """Write the site, and print its size. With `check`, compare its answers with those of Python.

    build_page: see `web.app.BuildPage`. Raises UserError if the site cannot be written, or if the answers differ.
    """
    from web.export.site import export

    files = export(build_page, folder, checkpoint)
    total, first = sum((folder / name).stat().st_size for name in files), size_of(folder, needed_at_first(folder))
    print(f"{folder}: {len(files)} files, {total / 1e6:.1f} MB; {first / 1e6:.2f} MB (gzip) for drawing", flush=True)
    if check:
        from web.export.check import check_site

        check_site(folder, checkpoint)


def needed_at_first(folder: Path) -> list[str]:
    """Return the files of an exported site that the browser loads at the first visit."""
    [files] = re.findall(r"FILES = (\[.*?\]);", (folder / "worker.js").read_text(encoding="utf-8"))
    return [name if name != "./" else "index.html" for name in json.loads(files)]


def size_of(folder: Path, files: Iterable[str]) -> int:
    """Return the size of files in bytes, compressed as web servers do it."""
    return sum(len(gzip.compress((folder / name).read_bytes())) for name in files)
