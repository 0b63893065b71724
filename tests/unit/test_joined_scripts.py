"""Modules are joined with their lines, and unknown forms of imports and exports are refused."""

import re

import pytest

from model.errors import UserError
from tests.helpers.paths import ROOT
from web.export.scripts import FIRST, OTHERS, scripts
from web.joined_scripts import joined, name_of

COMPONENTS = sorted(path.name for path in (ROOT / "assets" / "components").iterdir())
WORKER = "components/inside/painter_worker.js"
UNKNOWN = {
    "export default 1;": "“export default 1;”; expected named imports and exports of relative addresses",
    "export { a as default };": "“a as default”",
    'import { default as a } from "./b.js";': "“default as a”",
    'import { a as b as c } from "./b.js";': "“a as b as c”",
    'import a from "./b.js";': "“import a from",
    'import { a } from "b";': "“import { a } from",
    'export * from "./b.js";': "“export [*] from",
    "export let a = 1;": "“export let a = 1;”",
    "export const { a } = b;": "“export const { a } = b;”",
    "const a = import(b);": "“const a = import[(]b[)];”",
    "const a = import.meta.env;": "“const a = import.meta.env;”",
    "const a = new Worker(b);": "“const a = new Worker[(]b[)];”",
    "const a = await b;": "“const a = await b;”",
    'a();\nimport { b } from "./b.js";': "after other code; expected all imports before it",
    'import { a } from "./first.js";': r"a/first.js imports itself \(a/first.js → a/first.js\)",
    'import { a } from "./other-b.js";': "a/other-b.js cannot be joined",
}


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_form_of_import_or_export_that_is_not_known_is_refused(text):
    modules = {"a/first.js": text, "a/b.js": "export const a = 1;"}
    with pytest.raises(UserError, match=UNKNOWN[text]):
        joined("a/first.js", lambda path: modules.get(path, ""))


def test_a_circle_of_imports_is_refused_with_its_modules():
    modules = {"a.js": 'import "./b.js";', "b.js": 'import "./c.js";', "c.js": 'import "./b.js";'}
    with pytest.raises(UserError, match="b.js imports itself .b.js → c.js → b.js."):
        joined("a.js", modules.__getitem__)


def test_the_scripts_of_the_page_are_joined_into_two_files_and_a_worker_with_each_module_once_and_its_lines():
    files = {path: text.decode() for path, text in scripts(COMPONENTS).items()}
    assert list(files) == [FIRST, OTHERS, WORKER]
    worker = files.pop(WORKER)
    assert "import " not in re.sub(r"^\s*(//|/?\*).*", "", worker, flags=re.MULTILINE)
    headings = [re.findall(r"^// ([\w/]+\.js)\nexport const (\S+) = ", text, re.MULTILINE) for text in files.values()]
    assert all(name == name_of(path) for path, name in sum(headings, []))
    paths = [path for path, _ in sum(headings, [])]
    assert len(set(paths)) == len(paths) > 120
    for path in ("engine/engine.js", "components/inside/inside.js", "shared/text.js"):
        source = (ROOT / "assets" / path).read_text().rstrip().splitlines()
        [text] = [text for text in files.values() if f"// {path}\n" in text]
        lines = text.partition(f"// {path}\n")[2].splitlines()[1 : 1 + len(source)]
        changed = [one for one, other in zip(source, lines, strict=True) if one.removeprefix("export ") != other]
        assert all(line.startswith("import ") for line in changed)
