"""The repository works as a Hugging Face Space and as a container, and no file is too large."""

import json
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
from PIL import Image

from tests.helpers.paths import ROOT

README = (ROOT / "README.md").read_text()
MAX_LINES = 300
# These modules may have more than MAX_LINES lines, because they contain only data.
LONG = {"digit_glyphs.py", "non_digit_glyphs.py"}
MODULES = [path for path in ROOT.glob("[mw]*/**/*.py") if path.name not in LONG]


def card() -> dict[str, str]:
    """Return the values in the README's front matter, by name. The front matter configures the Hugging Face Space."""
    _, block, _ = README.split("---\n", 2)
    return {name: value.strip('"') for name, value in re.findall(r"^(\w+): (.+)$", block, re.MULTILINE)}


def test_a_space_installs_the_tested_version_of_gradio():
    [pin] = re.findall(r"^gradio~=([\d.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert card()["sdk"] == "gradio"
    assert card()["sdk_version"] == pin


def test_a_space_has_a_supported_version_of_python():
    allowed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    low, high = (tuple(map(int, bound.split("."))) for bound in re.findall(r"[\d.]+", allowed))
    assert low <= tuple(map(int, card()["python_version"].split("."))) < high


def test_a_space_starts_the_page():
    assert (ROOT / card()["app_file"]).is_file()


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile in order. Each instruction is a pair: its name and its arguments."""
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]


def test_a_container_has_the_python_of_a_space_and_does_not_run_as_root():
    steps = instructions()
    assert steps[0] == ("FROM", f"python:{card()['python_version']}-slim")
    assert [name for name, _ in steps[-4:]] == ["USER", "EXPOSE", "HEALTHCHECK", "CMD"]
    assert dict(steps)["USER"] != "root"


def test_a_container_has_every_file_that_the_page_imports(tmp_path):
    for name, arguments in instructions():
        if name == "COPY":
            *sources, target = arguments.split()
            for source in sources:
                copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
                copy(ROOT / source, tmp_path / target)
    command = json.loads(dict(instructions())["CMD"])
    assert subprocess.run([sys.executable, *command[1:], "--help"], cwd=tmp_path, capture_output=True).returncode == 0


def test_no_file_is_too_large_for_the_hub():
    large = [path.name for path in (ROOT / "model").rglob("*") if path.is_file() and path.stat().st_size > 9_500_000]
    assert large == []


def test_the_animation_of_the_readme_is_small_lasts_a_few_seconds_and_begins_again():
    path = ROOT / "assets" / "screenshots" / "drawing.webp"
    with Image.open(path) as film:
        durations = [film.info["duration"] for index in range(film.n_frames) if film.seek(index) or film.load()]
        assert film.info["loop"] == 0
    assert path.stat().st_size <= 1_500_000
    assert 4_000 < sum(durations) < 12_000


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_is_too_long_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES
