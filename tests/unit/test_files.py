"""Replacing a file: a reader finds the whole old file or the whole new file, even after a crash."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model.files import atomic_write
from tests.helpers.paths import ROOT

KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from model.files import atomic_write
with atomic_write(Path(sys.argv[1])) as temporary:
    temporary.write_text("half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_the_new_file_appears_at_the_end_of_the_block(tmp_path):
    path = tmp_path / "notes.json"
    path.write_text("old")
    with atomic_write(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert names(tmp_path) == ["notes.json"]


def test_a_file_that_does_not_exist_yet_is_created(tmp_path):
    with atomic_write(tmp_path / "notes.json") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "notes.json").read_text() == "new"


def test_an_exception_leaves_the_old_file_and_no_temporary_file(tmp_path):
    path = tmp_path / "notes.json"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), atomic_write(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert names(tmp_path) == ["notes.json"]


def test_an_exception_is_raised_unchanged_if_nothing_has_been_written(tmp_path):
    with pytest.raises(ZeroDivisionError), atomic_write(tmp_path / "notes.json"):
        raise ZeroDivisionError
    assert names(tmp_path) == []


def test_a_killed_process_leaves_the_old_file_and_no_other_file_beside_it_with_the_same_suffix(tmp_path):
    path = tmp_path / "digits.keras"
    path.write_text("old")
    killed = subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(path)], cwd=ROOT, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert list(tmp_path.glob("*.keras")) == [path]


def test_the_temporary_file_has_the_same_suffix_and_the_permissions_of_any_new_file(tmp_path):
    """The temporary file needs the suffix of the final file: Keras and NumPy derive the file format from the suffix."""
    with atomic_write(tmp_path / "digits.keras") as temporary:
        assert temporary.suffix == ".keras"
        temporary.write_text("new")
    (tmp_path / "other").write_text("new")
    assert os.stat(tmp_path / "digits.keras").st_mode == os.stat(tmp_path / "other").st_mode


def test_blocks_for_the_same_file_at_the_same_time_do_not_share_a_temporary_file(tmp_path):
    path = tmp_path / "notes.json"
    with atomic_write(path) as first, atomic_write(path) as second:
        first.write_text("first")
        second.write_text("second")
    assert path.read_text() == "first"
