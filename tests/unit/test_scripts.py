"""The page's scripts pass the linter. The scripts of a component are joined before the check, as on the page."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest

import demo
from tests.helpers.paths import ROOT
from web.api import Api
from web.texts import TEXTS

MAX_LINES = 300
SCRIPTS = sorted((ROOT / "assets").rglob("*.js"))


def component_scripts() -> dict[str, str]:
    """Return the joined script of each component of the page, by the id of the component."""
    page = demo.build_page(Api(SimpleNamespace(name="digits"), store=None))
    return {block.elem_id: block.js_on_load for block in page.blocks.values() if isinstance(block, gr.HTML)}


def lint(folder: Path) -> subprocess.CompletedProcess:
    oxlint = Path(sys.executable).parent / "oxlint"
    command = [oxlint, "--config", ROOT / ".oxlintrc.json", "--deny-warnings", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_of_each_component_passes_the_linter(tmp_path):
    for name, script in component_scripts().items():
        (tmp_path / f"{name}.js").write_text(script)
    done = lint(tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_scripts_of_the_page_pass_the_linter():
    done = lint(ROOT / "assets" / "page")
    assert done.returncode == 0, done.stdout


def test_the_linter_finds_unused_and_undefined_names(tmp_path):
    (tmp_path / "wrong.js").write_text("const unused = missing(props.value);\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert "unused" in done.stdout and "missing" in done.stdout


def test_every_script_belongs_to_a_component_or_to_the_page():
    joined = "\n".join(component_scripts().values())
    left = [path for path in SCRIPTS if path.parent.name != "page" and path.read_text() not in joined]
    assert left == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_is_longer_than_the_limit(path):
    assert len(path.read_text().splitlines()) <= MAX_LINES


def test_every_language_has_every_text_with_the_same_values_to_fill_in():
    english, *others = TEXTS.values()
    for other in others:
        assert other.keys() == english.keys()
        for key, text in other.items():
            assert placeholders(text) == placeholders(english[key]), key


def placeholders(text: str) -> set[str]:
    return {part.partition("}")[0] for part in text.split("{")[1:]}
