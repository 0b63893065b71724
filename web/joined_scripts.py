"""Join ES modules into few files, so that a browser needs few requests.

A module becomes a function that runs once and returns what the module exports:

    // shared/dom.js
    export const $shared$dom = (() => {
    ...
    return { find, create };
    })();

Therefore the names of two modules cannot collide, and no module can run twice. The lines of a module stay as they are,
but for imports and exports. A module that is imported with `import("./x.js")` begins another file. A worker has a file
with its own copy of all modules that it needs.
"""

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from model.errors import UserError

IDENTIFIER = r"[A-Za-z_$][\w$]*"
NAMES = r"\{[^{}]*\}"
ADDRESS = r'"(?P<address>\.{1,2}/[^"\n]+)"'
IMPORT = re.compile(rf"^import (?:(?P<names>{NAMES}|\* as {IDENTIFIER}) from )?{ADDRESS};", re.MULTILINE)
EXPORT = re.compile(rf"^export (?P<names>{NAMES})(?: from {ADDRESS})?;", re.MULTILINE)
DECLARED = rf"(?:(?:async )?function\*?|class|const) (?P<name>{IDENTIFIER})|const \[(?P<list>[\w$, ]+)\]"
DECLARATION = re.compile(rf"^export (?={DECLARED})", re.MULTILINE)
COMMENT = r"/\*.*?\*/|//[^\n]*"
DYNAMIC = re.compile(rf"{COMMENT}|\bimport\({ADDRESS}\)", re.DOTALL)
"""A dynamic import, or a comment, which may have an import of a type. A comment has no address."""
WORKER = re.compile(r'new Worker\(new URL\("(?P<address>[^"\n]+)", import\.meta\.url\)')
OWN_ADDRESS = "import.meta.url"
OTHER = re.compile(r"\s*(?:import|export)\b|(?!.*\basync\b)(?=\S).*\bawait\b|.*\b(?:import\s*[.(]|new Worker\()")
"""The start of a line with an import, export or worker in another form, or with an `await` outside of functions."""
EXPECTED = "expected named imports and exports of relative addresses"


@dataclass(frozen=True)
class _Module:
    """A module, and the paths of the modules that it needs.

    code: the text without imports and exports.
    imports: the modules that are loaded before it. dynamic: those that it loads later. workers: those that it starts as
    workers.
    exports: for each exported name, the JavaScript expression of its value.
    """

    path: str
    code: str
    imports: list[str]
    dynamic: list[str]
    workers: list[str]
    exports: dict[str, str]


def joined(entry: str, read: Callable[[str], str]) -> dict[str, str]:
    """Return files with all modules that a module needs, by path. The file of the entry is the first.

    Each file has the path of its last module, and exports its modules under the names that `name_of` returns.

    read: returns the text of a module by its path. Raises UserError for modules that import each other, and for a form
    of import or export that is not known.
    """
    modules: dict[str, _Module] = {}
    files: dict[str, list[_Module]] = {}
    waiting = [entry]
    while waiting:
        path = waiting.pop(0)
        if path not in modules:
            known = set(modules)
            _collect(path, read, modules, [])
            files[path] = [module for name, module in modules.items() if name not in known]
            waiting += [each for module in files[path] for each in module.dynamic]
    homes = {module.path: path for path, members in files.items() for module in members}
    texts = {path: _text(path, members, homes) for path, members in files.items()}
    workers = dict.fromkeys(worker for module in modules.values() for worker in module.workers)
    return texts | {path: text for worker in workers for path, text in joined(worker, read).items()}


def name_of(path: str) -> str:
    """Return the name of a module in its file. Raise UserError if the path has other signs than letters and digits."""
    if not re.fullmatch(r"\w+(?:/\w+)*\.js", path, re.ASCII):
        raise UserError(f"{path} cannot be joined with other scripts; expected letters, digits and “_” in its path.")
    return "$" + path.removesuffix(".js").replace("/", "$")


def _collect(path: str, read: Callable[[str], str], modules: dict[str, _Module], importers: list[str]) -> None:
    """Add a module and the modules that it imports, each after those that it imports itself."""
    if path in importers:
        circle = " → ".join([*importers[importers.index(path) :], path])
        raise UserError(f"{path} imports itself ({circle}); expected modules that do not import each other.")
    if path in modules:
        return
    module = _parsed(path, read(path))
    for each in module.imports:
        _collect(each, read, modules, [*importers, path])
    modules[path] = module


def _parsed(path: str, text: str) -> _Module:
    exports: dict[str, str] = {}

    def imported(match: re.Match) -> str:
        names = match["names"] or ""
        if names.startswith("{"):
            names = "{ " + ", ".join(_property(*pair) for pair in _pairs(path, names)) + " }"
        statement = names and f"const {names.removeprefix('* as ')} = {name_of(_resolved(path, match))};"
        return statement + "\n" * match[0].count("\n")

    def exported(match: re.Match) -> str:
        origin = f"{name_of(_resolved(path, match))}." if match["address"] else ""
        exports.update({other: origin + own for own, other in _pairs(path, match["names"])})
        return "\n" * match[0].count("\n")

    def declared(match: re.Match) -> str:
        for name in re.findall(IDENTIFIER, match["name"] or match["list"]):
            exports[name] = name
        return ""

    _check_order(path, text)
    code = DECLARATION.sub(declared, EXPORT.sub(exported, IMPORT.sub(imported, text)))
    for line in WORKER.sub("", DYNAMIC.sub("", code)).replace(OWN_ADDRESS, "").splitlines():
        if OTHER.match(line):
            raise UserError(f"{path} has “{line.strip()}”; {EXPECTED}.")
    requests = [match for pattern in (IMPORT, EXPORT) for match in pattern.finditer(text) if match["address"]]
    imports = [_resolved(path, match) for match in sorted(requests, key=re.Match.start)]
    dynamic = [_resolved(path, match) for match in DYNAMIC.finditer(code) if match["address"]]
    workers = [_resolved(path, match) for match in WORKER.finditer(code)]
    return _Module(path, code, imports, dynamic, workers, exports)


def _check_order(path: str, text: str) -> None:
    """Raise UserError if an import follows other code, because the code would run before the names exist."""
    imports = list(IMPORT.finditer(text))
    before = IMPORT.sub("", text[: imports[-1].end()]) if imports else ""
    if re.sub(COMMENT, "", before, flags=re.DOTALL).strip():
        raise UserError(f"{path} has “{imports[-1][0]}” after other code; expected all imports before it.")


def _pairs(path: str, names: str) -> list[tuple[str, str]]:
    """Return the two names of each entry of `{ a, b as c }`. They are equal for `a`."""
    pairs = []
    for entry in filter(None, map(str.strip, names.strip("{}").split(","))):
        match = re.fullmatch(rf"({IDENTIFIER})(?: as ({IDENTIFIER}))?", entry)
        if not match or "default" in match.groups():
            raise UserError(f"{path} has “{entry}” in an import or export; {EXPECTED}.")
        pairs.append((match[1], match[2] or match[1]))
    return pairs


def _property(name: str, value: str) -> str:
    return name if name == value else f"{name}: {value}"


def _resolved(path: str, match: re.Match) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), match["address"]))


def _relative(path: str, other: str) -> str:
    """Return the address of `other` relative to the file `path`."""
    address = posixpath.relpath(other, posixpath.dirname(path))
    return address if address.startswith("..") else f"./{address}"


def _text(path: str, modules: Sequence[_Module], homes: dict[str, str]) -> str:
    """Return the content of a file. homes: for each module, the path of the file that contains it."""
    others: dict[str, set[str]] = {}
    for other in {other for module in modules for other in module.imports}:
        if homes[other] != path:
            others.setdefault(homes[other], set()).add(name_of(other))
    lines = [
        f'import {{ {", ".join(sorted(names))} }} from "{_relative(path, home)}";'
        for home, names in sorted(others.items())
    ]
    return "\n".join([*lines, *(_function(path, module, homes) for module in modules)]) + "\n"


def _function(path: str, module: _Module, homes: dict[str, str]) -> str:
    """Return the text of a module as a function. path: the file that will contain it."""

    def imported(match: re.Match) -> str:
        if not match["address"]:
            return match[0]
        other = _resolved(module.path, match)
        return f'import("{_relative(path, homes[other])}").then((file) => file.{name_of(other)})'

    own = f'new URL("{_relative(path, module.path)}", import.meta.url).href'
    code = DYNAMIC.sub(imported, module.code).replace(OWN_ADDRESS, own)
    exports = ", ".join(_property(*pair) for pair in module.exports.items())
    return (
        f"// {module.path}\nexport const {name_of(module.path)} = (() => {{\n{code.rstrip()}\n"
        f"return {{ {exports} }};\n}})();"
    )
