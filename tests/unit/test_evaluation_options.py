"""The command lines of the evaluation reject wrong options and files before they load a network."""

import pytest

from model.data.drawings import LabeledDrawings, read_drawings, write_drawings
from model.evaluation import __main__, multidigit
from model.inference import checkpoint
from tests.helpers.labeled_drawings import write_digits, write_non_digits


@pytest.fixture
def file(tmp_path):
    """A file of two drawings. One drawing is a seven with the label 7. The other is a one with the wrong label 8."""
    return write_digits(tmp_path / "mine.npz")


@pytest.fixture
def non_digits(tmp_path):
    """A file of twelve synthetic non-digits."""
    return write_non_digits(tmp_path / "letters.npz")


@pytest.mark.parametrize("option", ["--non-digits", "--output", "--mistakes"])
def test_an_option_that_needs_drawings_is_rejected_without_the_option_drawings(option, capsys):
    with pytest.raises(SystemExit):
        __main__.main([option, "x"])
    assert f"{option} needs --drawings" in capsys.readouterr().err


def test_a_file_with_a_non_digit_is_rejected_with_a_message(file):
    drawings = read_drawings(file)
    write_drawings(file, LabeledDrawings(drawings.drawings, ["7", "A"], drawings.writers))
    with pytest.raises(SystemExit, match="not digits"):
        __main__.main(["--drawings", str(file), "--checkpoint", str(checkpoint.FOLDER / "softmax.keras")])


def test_invalid_files_are_rejected_with_a_message_before_anything_is_measured(file, non_digits, tmp_path, capsys):
    empty = tmp_path / "empty.npz"
    write_drawings(empty, LabeledDrawings([], [], []))
    for digits, others, message in [
        (empty, non_digits, "contains no drawings"),
        (file, empty, "contains no drawings"),
        (file, file, "contains digits"),
        (file, tmp_path / "missing.npz", "is not a file"),
    ]:
        with pytest.raises(SystemExit, match=message):
            __main__.main(["--drawings", str(digits), "--non-digits", str(others)])
    assert capsys.readouterr().out == ""


def test_the_command_for_numbers_reports_a_missing_file_with_a_message(tmp_path):
    with pytest.raises(SystemExit, match="multidigit: .* is not a file"):
        multidigit.main(["--drawings", str(tmp_path / "missing.npz")])
