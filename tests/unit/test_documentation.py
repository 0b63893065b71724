"""The documentation agrees with the code: links, commands, settings, fields, limits."""

import argparse
import dataclasses
import importlib.util
import json
import re
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest
import uvicorn

import demo
import train
from model.corrections.store import MAX_DRAWING_BYTES, Correction, CorrectionStore
from model.preprocessing.decoding import MAX_JPEG_PIXELS, MAX_PIXELS, MAX_WEBP_PIXELS
from model.preprocessing.strokes import MAX_POINTS, parse_strokes
from tests.helpers.paths import ROOT
from web.admission import BACKGROUND_CAPACITY, CAPACITY, COSTLY_CAPACITY
from web.api import ENDPOINTS, PICTURE
from web.mcp_server import MAX_ANSWER
from web.schemas.fields import MAX_STROKES
from web.schemas.inside import ActivationsResponse, LayerResponse, LedgerResponse
from web.schemas.responses import AnswerResponse, ReadingResponse
from web.security.bodies import MAX_JSON, MAX_JSON_LEVELS, MAX_UPLOAD
from web.security.connections import MAX_CONNECTIONS, RECEIVE_SECONDS
from web.uploads import MAX_AGE, MAX_PICTURE, MAX_UPLOADED_PICTURES, MAX_UPLOADS

README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = [ROOT / "demo.py", ROOT / "train.py", *ROOT.glob("model/**/*.py"), *ROOT.glob("web/**/*.py")]
PROGRAMS = ("python", "pip", "uvicorn", "serve", "docker", "sqlite3", "ruff", "lint-imports", "npm")


# --- text


def test_the_readme_has_at_most_150_lines():
    assert len(README.read_text().splitlines()) <= 150


def prose(document: Path) -> str:
    """Return the text of a document without its code blocks."""
    return re.sub(r"```.*?```|(?<=\n\n)(    [^\n]*\n)+", "", document.read_text(), flags=re.DOTALL)


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub creates for the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_relative_link_leads_to_a_file_and_a_heading(document):
    links = re.findall(r'\]\((?!https?:)([^)]+)\)|src="([^"]+)"', prose(document))
    for link in (first or second for first, second in links):
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_document_can_be_reached_from_the_readme():
    linked = {path.split("#")[0] for path in re.findall(r"\]\(([^)]+)\)", README.read_text())}
    assert {path.relative_to(ROOT).as_posix() for path in DOCUMENTS if path != README} <= linked


# --- commands


def commands(document: Path) -> list[str]:
    """Return the shell commands in a document: all lines of indented blocks, and commands between backticks."""
    text = document.read_text()
    blocks = [block for block in text.split("\n\n") if all(line.startswith("    ") for line in block.splitlines())]
    lines = [line.strip() for block in blocks for line in block.splitlines()]
    spans = (
        " ".join(span.split()) for span in re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    )
    lines += [span for span in spans if span.startswith(tuple(f"{program} " for program in PROGRAMS))]
    return [command.strip() for line in lines for command in re.split("&&", line)]


# The changelog is left out, because it names commands of earlier versions.
COMMANDS = sorted({command for path in DOCUMENTS if path.stem != "CHANGELOG" for command in commands(path)})
# The readers write `my_model.py` themselves.
OWN_PROGRAM = re.compile(r"(?:[A-Z_]+=\S+ )?(python (?:(?!my_model\.)\w+\.py|-m (?!pytest)[\w.]+).*)")


def split(command: str) -> list[str]:
    """Return the words of a command, from the program's name on. Leave out comments and the settings of variables."""
    words = shlex.split(command, comments=True)
    return words[next(i for i, word in enumerate(words) if "=" not in word) :]


def test_the_documents_contain_commands_of_every_program():
    assert {split(command)[0] for command in COMMANDS} == set(PROGRAMS)


def test_the_options_of_this_projects_programs_exist():
    own = [shlex.join(split(command)) for command in COMMANDS if OWN_PROGRAM.fullmatch(command)]
    assert len(own) > 20
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.commands"], input="\n".join(own), cwd=ROOT, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_a_wrong_command_is_found():
    wrong = ["python train.py --recipes quick", "python -m model.report", "python -m tests.tools.screenshots --all"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.helpers.commands"],
        input="\n".join(wrong),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == wrong, done.stderr


@pytest.mark.parametrize("command", [command for command in COMMANDS if not OWN_PROGRAM.fullmatch(command)])
def test_a_command_of_another_program_names_existing_files_and_functions(command, tmp_path):
    program, *arguments = split(command)
    if program == "uvicorn":
        context = uvicorn.main.make_context("uvicorn", arguments)
        arguments = [context.params["app"]]
    for argument in arguments:
        module, _, name = argument.partition(":")
        if module == "demo":
            assert callable(getattr(demo, name))
        if argument.startswith(("tests/", "requirements")):
            assert (ROOT / argument).exists()
    if program == "docker":
        assert (ROOT / "Dockerfile").is_file()
    if program == "sqlite3":
        CorrectionStore(tmp_path / arguments[0])
        sqlite3.connect(tmp_path / arguments[0], isolation_level=None).executescript(arguments[1])


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_fenced_block_is_a_drawing_or_is_run_by_a_test(document):
    examples = "".join(test.read_text() for test in (ROOT / "tests").rglob("test_*.py"))
    name = document.relative_to(ROOT).as_posix()
    starts = [start for file, start in re.findall(r'block\("([^"]+)", "([^"]+)"\)', examples) if file == name]
    for language, block in re.findall(r"```(\w+)\n(.*?)```", document.read_text(), re.DOTALL):
        if language == "json":
            assert parse_strokes(json.loads(block))
        else:
            assert block.startswith(tuple(starts)), block


# --- settings


def rows(name: str, heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading of a document, without the table's header."""
    section = (ROOT / "docs" / name).read_text().split(f"## {heading}\n", 1)[1].split("\n#", 1)[0]
    table = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in table[2:]]


def options(program: ModuleType) -> dict[str, object]:
    """Return the options of a program and the default of each option."""
    with mock.patch.object(argparse.ArgumentParser, "parse_args", autospec=True) as parse_args:
        parse_args.return_value = argparse.Namespace(
            resume=False, with_drawings=None, dry_run=False, model_file=None, name=None
        )
        program.parse([])
    actions = parse_args.call_args.args[0]._actions
    return {action.option_strings[-1]: action.default for action in actions if action.dest != "help"}


def variables(files: list[Path]) -> dict[str, str]:
    """Return the environment variables that source files read or set, and the default of each variable.

    If the code does not state the default as a constant text, the returned default is "".
    """
    read = re.compile(r'os\.(?:environ|getenv)(?:\.get|\.setdefault)?[(\[]"(\w+)"(?:\]? ?[,=] ?"([^"]*)"\))?')
    assigned = re.compile(r'os\.environ\["(\w+)"\] = "([^"]*)"')
    found = {}
    for file in files:
        text = file.read_text(encoding="utf-8")
        for name, default in [*read.findall(text), *assigned.findall(text)]:
            found[name] = found.get(name) or default
    return found


OWN_VARIABLES = variables(CODE)
GRADIO_VARIABLES = variables(list(Path(importlib.util.find_spec("gradio").origin).parent.glob("*.py")))
SETTINGS = rows("deployment.md", "Settings")


def unquoted(cell: str) -> str:
    return cell.strip("`")


def test_every_option_and_every_variable_of_the_code_is_in_the_table_of_settings():
    assert {unquoted(option) for option, *_ in SETTINGS} - {""} == set(options(demo))
    assert set(OWN_VARIABLES) <= {unquoted(variable) for _, variable, *_ in SETTINGS}


def test_every_variable_in_the_table_is_read_by_this_project_or_by_gradio():
    named = {unquoted(variable) for _, variable, *_ in SETTINGS} - {""}
    assert named <= OWN_VARIABLES.keys() | GRADIO_VARIABLES.keys()


@pytest.mark.parametrize("option, variable, default, meaning", SETTINGS)
def test_the_table_has_the_default_of_each_setting(option, variable, default, meaning):
    assert meaning
    name = unquoted(variable)
    expected = options(demo).get(unquoted(option)) or OWN_VARIABLES.get(name) or GRADIO_VARIABLES.get(name)
    if isinstance(expected, Path):
        expected = expected.relative_to(ROOT).as_posix()
    if expected:
        assert f"`{expected}`" in default
    elif options(demo).get(unquoted(option)) is False:
        assert default == "off"
    else:  # The default is None, or a folder that depends on the system.
        assert default == "none" or name in ("KERAS_HOME", "GRADIO_TEMP_DIR")


def test_every_option_of_train_is_in_the_table_of_options():
    assert {unquoted(option).split()[0] for option, *_ in rows("training.md", "Options")} == set(options(train))


# --- API


def test_every_endpoint_is_described_with_its_fields():
    described = [[re.findall(r"`([^`]+)`", cell) for cell in row[:3]] for row in rows("api.md", "Endpoints")]
    expected = [
        [[f"{endpoint.method} {endpoint.path}"], [endpoint.name], list(endpoint.request.model_fields)]
        for endpoint in ENDPOINTS.values()
    ]
    assert described == expected


def test_every_field_of_an_answer_is_described():
    described = [unquoted(field) for field, *_ in rows("api.md", "Answer") if field.startswith("`")]
    assert described == [*AnswerResponse.model_fields, *ReadingResponse.model_fields]


def test_every_field_of_the_header_of_activations_is_described():
    described = [unquoted(field) for field, *_ in rows("api.md", "Activations") if field.startswith("`")]
    fields = [*ActivationsResponse.model_fields, *LayerResponse.model_fields, *LedgerResponse.model_fields]
    assert sorted(described) == sorted(set(fields) - {"data"})


def test_the_documented_limits_are_the_limits_of_the_code():
    limits = "\n".join(" ".join(row) for row in rows("api.md", "Limits"))
    for limit in (
        MAX_JSON,
        MAX_UPLOAD,
        MAX_PICTURE,
        MAX_UPLOADS,
        MAX_UPLOADED_PICTURES,
        MAX_JSON_LEVELS,
        MAX_STROKES,
        MAX_POINTS,
        MAX_PIXELS,
        MAX_JPEG_PIXELS,
        MAX_WEBP_PIXELS,
        CAPACITY,
        COSTLY_CAPACITY,
        BACKGROUND_CAPACITY,
        PICTURE,
        MAX_ANSWER,
        MAX_DRAWING_BYTES,
        MAX_CONNECTIONS,
        RECEIVE_SECONDS,
    ):
        assert f"{limit:,.0f} " in limits


def test_uploads_are_deleted_in_the_documented_time():
    assert f"at most {MAX_AGE // 60} minutes" in (ROOT / "docs" / "privacy.md").read_text()


def test_every_column_of_a_correction_is_described():
    described = [name for cell, _ in rows("privacy.md", "Corrections") for name in re.findall(r"`(\w+)`", cell)]
    assert set(described) == {"id", "digest", *(field.name for field in dataclasses.fields(Correction))}
