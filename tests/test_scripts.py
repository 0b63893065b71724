"""The page's scripts, linted as they run: each component's joined into one, with what gr.HTML hands them."""

import subprocess
import sys
from pathlib import Path

import gradio as gr
import pytest

from web import components

ROOT = Path(__file__).parent.parent
MOST_LINES = 300
SCRIPTS = sorted((ROOT / "assets").rglob("*.js"))


def component_scripts() -> dict[str, str]:
    with gr.Blocks():
        made = [
            components.heading(),
            components.sketchpad(),
            components.answer_view(),
            components.example_row(),
            components.share_tools(),
            components.teaching(True),
            components.steps(),
            components.comparison("digits"),
            components.about(),
        ]
    return {component.elem_id: component.js_on_load for component in made}


def lint(folder: Path) -> subprocess.CompletedProcess:
    oxlint = Path(sys.executable).parent / "oxlint"
    command = [oxlint, "--config", ROOT / ".oxlintrc.json", "--deny-warnings", folder]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_components_script_is_clean(tmp_path):
    for name, script in component_scripts().items():
        (tmp_path / f"{name}.js").write_text(script)
    done = lint(tmp_path)
    assert done.returncode == 0, done.stdout


def test_the_pages_own_scripts_are_clean():
    done = lint(ROOT / "assets" / "page")
    assert done.returncode == 0, done.stdout


def test_the_linter_would_see_a_mistake(tmp_path):
    (tmp_path / "wrong.js").write_text("const unused = missing(props.value);\n")
    done = lint(tmp_path)
    assert done.returncode != 0
    assert "unused" in done.stdout and "missing" in done.stdout


def test_every_script_is_part_of_a_component_or_of_the_page():
    joined = "\n".join(component_scripts().values())
    left = [path for path in SCRIPTS if path.parent.name != "page" and path.read_text() not in joined]
    assert left == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_no_script_is_longer_than_one_can_read(path):
    assert len(path.read_text().splitlines()) <= MOST_LINES


def test_every_word_is_there_in_every_language():
    english, *others = components.TEXTS.values()
    for other in others:
        assert other.keys() == english.keys()
        for key, words in other.items():
            assert placeholders(words) == placeholders(english[key]), key


def placeholders(words: str) -> set[str]:
    return {part.partition("}")[0] for part in words.split("{")[1:]}
