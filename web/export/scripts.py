"""The scripts of the static site: what the first answer needs in one file, other components in another, and workers."""

from collections.abc import Iterable

from web.export.joined_scripts import joined
from web.texts import ASSETS

FIRST = "site/first.js"
OTHERS = "site/others.js"
AT_FIRST = ("heading", "sketchpad", "answer", "timeline", "examples", "share")
"""The components that the first answer needs, and those beside them. "share" opens the drawing of a link."""


def scripts(components: Iterable[str]) -> dict[str, bytes]:
    """Return the files of the page's modules, by path. components: their names, in the order of the page.

    Raises UserError if a module cannot be joined with the others.
    """
    names = list(components)
    entries = {
        FIRST: [
            'import "./local_api.js";',  # First, so that the network loads while the other modules start.
            'import { start } from "./host.js";',
            *_mounts(name for name in names if name in AT_FIRST),
            'start(mounts, () => import("./others.js"));',
        ],
        OTHERS: _mounts(name for name in names if name not in AT_FIRST),
    }
    texts = {path: "\n".join(lines) + "\n" for path, lines in entries.items()}
    files = joined(FIRST, lambda path: texts.get(path) or (ASSETS / path).read_text(encoding="utf-8"))
    return {path: text.encode() for path, text in files.items()}


def _mounts(names: Iterable[str]) -> list[str]:
    """Return the lines of a module that exports the functions `mount` of components, by their names."""
    names = list(names)
    imports = [f'import {{ mount as {name} }} from "../components/{name}/{name}.js";' for name in names]
    return [*imports, f"export const mounts = {{ {', '.join(names)} }};"]
