"""The scripts of the static site: what the first answer needs in one file, other components in another, and workers."""

from collections.abc import Iterable

from web.scripts import joined_files, mounts_of

FIRST = "site/first.js"
OTHERS = "site/others.js"
AT_FIRST = ("heading", "sketchpad", "answer", "timeline", "examples", "share")
"""The components that the first answer needs, and those beside them. "share" opens the drawing of a link."""


def scripts(components: Iterable[str]) -> dict[str, bytes]:
    """Return the files of the page's modules, by path. components: their names, in the order of the page.

    Raises UserError if a module cannot be joined with the others.
    """
    names = list(components)
    first = [
        'import "./local_api.js";',  # First, so that the network loads while the other modules start.
        'import { start } from "./host.js";',
        *mounts_of(name for name in names if name in AT_FIRST),
        'start(mounts, () => import("./others.js"));',
    ]
    others = mounts_of(name for name in names if name not in AT_FIRST)
    return joined_files(FIRST, {FIRST: first, OTHERS: others})
