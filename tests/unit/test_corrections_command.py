"""The command `python -m model.corrections`: it counts corrections, and exports them for evaluation and training."""

import os
import subprocess
import sys

import pytest

from model.corrections.store import CorrectionStore
from model.data.drawings import read_digits, read_drawings, read_non_digits
from tests.helpers.corrections import drawing
from tests.helpers.paths import ROOT

ANSWER = ("4", "unsure", "0123456789abcdef" * 4)


@pytest.fixture
def kept(tmp_path):
    """A store with four corrections."""
    store = CorrectionStore(tmp_path / "corrections.sqlite")
    for number, label in enumerate(("7", "not a digit", "0", "7")):
        store.keep(drawing(number), label, *ANSWER)
    return store


def command(*arguments: object, **environment: str) -> subprocess.CompletedProcess:
    line = [sys.executable, "-m", "model.corrections", *map(str, arguments)]
    inherited = {name: value for name, value in os.environ.items() if name != "CORRECTIONS"}
    return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, env=inherited | environment, timeout=120)


def test_the_command_counts_by_label_and_exports_drawings(kept, tmp_path):
    done = command("--database", kept.path, "--export", tmp_path / "exported.npz")
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 stored (0: 1, 7: 2, not a digit: 1)." in done.stdout
    assert "4 drawings written." in done.stdout
    assert read_drawings(tmp_path / "exported.npz").labels == ["7", "not a digit", "0", "7"]


def test_the_environment_can_name_the_database(kept):
    assert "4 stored" in command(CORRECTIONS=str(kept.path)).stdout


def test_digits_and_non_digits_are_exported_separately_for_the_evaluation(kept, tmp_path):
    command("--database", kept.path, "--export", tmp_path / "digits.npz", "--only", "digits")
    command("--database", kept.path, "--export", tmp_path / "others.npz", "--only", "non-digits")
    assert read_digits(tmp_path / "digits.npz")[1].tolist() == [7, 0, 7]
    assert len(read_non_digits(tmp_path / "others.npz")) == 1


def test_errors_are_one_line_with_the_reason(kept, tmp_path):
    (tmp_path / "letter.txt").write_text("Dear diary, " * 100)
    for arguments, message in [
        ((), "Give --database FILE"),
        (("--database", tmp_path / "nowhere"), "nowhere: The file does not exist."),
        (("--database", tmp_path / "letter.txt"), "letter.txt: Not possible now: the file of corrections is damaged"),
        (("--database", kept.path, "--export", tmp_path / "no" / "folder"), "No such file or directory"),
    ]:
        done = command(*arguments)
        assert done.returncode != 0 and message in done.stderr
        assert "Traceback" not in done.stderr
