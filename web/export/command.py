"""python demo.py --export FOLDER [--checkpoint PATH] [--check]"""

from pathlib import Path

from web.export.site import export
from web.export.sizes import needed_at_first, size_of


def run(build_page, folder: Path, checkpoint: Path, check: bool) -> None:
    """Write the site, and print its size. With `check`, compare its answers with those of Python.

    build_page: see `web.app.BuildPage`. Raises UserError if the site cannot be written, or if the answers differ.
    """
    files = export(build_page, folder, checkpoint)
    total, first = sum((folder / name).stat().st_size for name in files), size_of(folder, needed_at_first(folder))
    print(f"{folder}: {len(files)} files, {total / 1e6:.1f} MB; {first / 1e6:.2f} MB (gzip) for drawing", flush=True)
    if check:
        from web.export.check import check_site

        check_site(folder, checkpoint)
