"""Joined scripts run like the modules that they consist of."""

import json
import shutil
import subprocess

import pytest

from web.joined_scripts import joined, name_of

MODULES = {
    "a/first.js": """// The entry.

import { add as sum, one } from "./numbers.js";
import * as names from "../b/names.js";
import "./effect.js";
import {
  inner,
} from "../b/deep/inner.js";

const name = "entry";
export const result = [name, sum(one, 2), names.name, names.again, inner(), Object.keys(names).sort().join()];
export const load = async () => (await import("../c/later.js")).run();
export const loadAgain = async () => (await import("./effect.js")).effect;
export const address = import.meta.url;
export const lineOf = () => new Error("a stack").stack.split("\\n")[1].match(/:(\\d+):/)[1];
""",
    "a/numbers.js": """export const [one, two] = [1, 2];
export function add(x, y) { return x + y; }
""",
    "a/effect.js": 'log.push("effect");\nexport const effect = "effect";\n',
    "b/names.js": """import { add } from "../a/numbers.js";
import { name as other } from "./deep/inner.js";
export { two as second } from "../a/numbers.js";
const name = `names ${other}`; // Three modules have this name.
export { name, name as again };
log.push(`names ${add(1, 1)}`);
""",
    "b/deep/inner.js": """log.push("inner");
export const name = "inner";
export class Unused {}
export async function* unused() {}
export const inner = () => name; // The words import and export in a comment are no import and no export.
""",
    "c/later.js": """import { name } from "../b/names.js";
import { only } from "./only.js";
log.push("later");
export const run = () => [name, only];
""",
    "c/only.js": 'export const only = "only";\n',
}
RUN = """globalThis.log = [];
const file = await import(process.argv[2]);
const first = file[process.argv[3]] ?? file;
const address = new URL(first.address).pathname.split("/").slice(-2).join("/");
console.log(JSON.stringify([first.result, await first.load(), await first.loadAgain(), log, address]));
"""


def test_joined_modules_do_the_same_as_separate_ones_with_equal_names_new_names_and_each_module_once(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("Node is not installed, so the joined scripts cannot run.")
    files = joined("a/first.js", MODULES.__getitem__)
    assert list(files) == ["a/first.js", "c/later.js"]
    results = []
    for name, contents in (("separate", MODULES), ("joined", files)):
        for path, text in {**contents, "run.mjs": RUN, "package.json": '{"type": "module"}'}.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(text)
        command = ["node", "run.mjs", "./a/first.js", name_of("a/first.js")]
        done = subprocess.run(command, cwd=tmp_path / name, capture_output=True, text=True)
        assert done.stderr == ""
        results.append(json.loads(done.stdout))
    assert results[0] == results[1]
    assert results[1][3] == ["inner", "names 2", "effect", "later"]
