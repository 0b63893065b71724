"""Check the page's scripts with a linter and a type checker, and run their tests with Node.

`npm ci` installs the linter and the type checker.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.helpers.paths import ROOT

MAX_LINES = 250
SCRIPTS = sorted((ROOT / "assets").rglob("*.js"))


def run(*command: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def tool(name: str) -> Path:
    """Return the path of a tool of package.json. If the tool is missing, skip the test, or fail it in CI with npm."""
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, so the scripts are not checked.")
    path = ROOT / "node_modules" / ".bin" / name
    if not path.exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"{name} is not installed. Run: npm ci")
    return path


def test_the_scripts_pass_the_linter():
    done = run(tool("oxlint"), "--deny-warnings", "assets", "tests/javascript")
    assert done.returncode == 0, done.stdout


def test_the_linter_finds_unused_and_undefined_names(tmp_path):
    (tmp_path / "wrong.js").write_text("const unused = missing(1);\n")
    done = run(tool("oxlint"), "--config", ".oxlintrc.json", "--deny-warnings", tmp_path)
    assert done.returncode != 0
    assert "unused" in done.stdout and "missing" in done.stdout


def test_the_types_of_the_scripts_agree():
    done = run(tool("tsc"))
    assert done.returncode == 0, done.stdout


def test_the_type_checker_finds_a_field_that_does_not_exist(tmp_path):
    answers = (ROOT / "assets" / "shared" / "answers.js").as_posix()
    script = (
        f'/** @type {{(answer: import("{answers}").Answer) => string}} */\nexport const f = (answer) => answer.told;\n'
    )
    (tmp_path / "wrong.mjs").write_text(script)
    settings = {"extends": str(ROOT / "tsconfig.json"), "compilerOptions": {"types": []}, "include": ["wrong.mjs"]}
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    done = run(tool("tsc"), "--project", tmp_path)
    assert "'told' does not exist on type 'Answer'" in done.stdout


def test_the_modules_pass_their_tests():
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node is not installed, so the tests of the modules do not run.")
    done = run(node, "--test", *sorted(Path(__file__).parent.glob("*.test.js")))
    assert done.returncode == 0, done.stdout
    assert int(re.search(r"# pass (\d+)", done.stdout)[1]) > 50


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_is_longer_than_the_limit(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_keeps_anything_on_window(path):
    kept = re.findall(r"\b(?:window|globalThis)\.(\w+) *=[^=]", path.read_text(encoding="utf-8"))
    # This script replaces a function of the browser while the page loads.
    replaced = {"requestAnimationFrame"} if path.name == "loading_frames.js" else set()
    assert set(kept) == replaced


def test_the_lock_file_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []
