"""The scripts of the served page, joined into few files: the page with all components, the engine, and workers."""

from collections.abc import Iterable, Mapping

from web.joined_scripts import joined, name_of
from web.texts import ASSETS

PAGE = "page/page.js"
"""The page's script: assets/page/main.js and all components. The module that imports them is not in assets/:
`page_scripts` writes it."""
PAGE_NAME = name_of(PAGE)
"""The name under which the script exports `mounts` and `withValues`, see `mounts_of` and assets/shared/reference.js."""


def page_scripts() -> dict[str, bytes]:
    """Return the joined scripts of the served page, by path. Raise UserError if a module cannot be joined."""
    components = sorted(path.parent.name for path in ASSETS.glob("components/*/*.js") if path.stem == path.parent.name)
    lines = [
        'import "./main.js";',
        'import { withValues } from "../shared/reference.js";',
        *mounts_of(components),
        "export { withValues };",
    ]
    return joined_files(PAGE, {PAGE: lines})


def mounts_of(components: Iterable[str]) -> list[str]:
    """Return the lines of a module that exports `mounts`: the function `mount` of each component, by its name."""
    names = list(components)
    imports = [f'import {{ mount as {name} }} from "../components/{name}/{name}.js";' for name in names]
    return [*imports, f"export const mounts = {{ {', '.join(names)} }};"]


def joined_files(first: str, written: Mapping[str, Iterable[str]]) -> dict[str, bytes]:
    """Return the files of the module `first` and of all modules that it needs, by path.

    written: the lines of modules that are not in assets/, by path.
    """
    texts = {path: "\n".join(lines) + "\n" for path, lines in written.items()}
    files = joined(first, lambda path: texts.get(path) or (ASSETS / path).read_text(encoding="utf-8"))
    return {path: text.encode() for path, text in files.items()}
