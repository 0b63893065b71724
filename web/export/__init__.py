"""The static site: the page and the network as files that any host can serve, without a server of this project.

python demo.py --export FOLDER [--checkpoint PATH] [--check]
"""

import gzip
from pathlib import Path


def run(build_page, folder: Path, checkpoint: Path, check: bool) -> None:
    """Write the site, and print its size. With `check`, compare its answers with those of Python.

    build_page: see `web.app.BuildPage`. Raises UserError if the site cannot be written, or if the answers differ.
    """
    from web.export.site import export, needed_at_first

    sizes = export(build_page, folder, checkpoint)
    first = sum(len(gzip.compress((folder / name).read_bytes())) for name in needed_at_first(folder))
    print(f"{folder}: {len(sizes)} files, {sum(sizes.values()) / 1e6:.1f} MB; {first / 1e6:.2f} MB (gzip) for drawing")
    if check:
        from web.export.check import check_site

        check_site(folder, checkpoint)
