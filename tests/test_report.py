"""Figures, pictures and the README's table."""

import json

import numpy as np
import pytest
from PIL import Image

from model import checkpoint, drawings, report
from model.classifier import Classifier


def test_figures_count_what_was_read_as_what():
    probabilities = np.eye(10)[[0, 1, 1, 9]]
    measured = report.figures(probabilities, np.array([0, 1, 2, 9], np.uint8))
    assert measured["accuracy"] == 0.75
    assert measured["confusion"][2][1] == 1 and np.sum(measured["confusion"]) == 4
    assert measured["per_class"][:3] == [1.0, 1.0, 0.0]


def test_the_interval_is_wilsons():
    # Worked by hand: 9 of 10, z = 1.96.
    assert report.wilson_interval(9, 10) == pytest.approx([0.5958, 0.9821], abs=1e-4)
    low, high = report.wilson_interval(10, 10)
    assert low < 1 and high == pytest.approx(1)


def test_pictures_are_pictures(tmp_path):
    history = [dict(loss=1 / n, accuracy=0.9, validation_loss=2 / n, validation_accuracy=0.8) for n in (1, 2, 3)]
    report.draw_curves(history, tmp_path / "curves.png")
    report.draw_confusion((np.eye(10, dtype=int) * 5).tolist(), tmp_path / "confusion.png")
    for name in ("curves.png", "confusion.png"):
        assert np.asarray(Image.open(tmp_path / name).convert("L")).std() > 5


@pytest.fixture
def file(tmp_path):
    """Two drawings: a seven, and a one that is called an eight."""
    seven = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]
    one = [np.array([[0.5, 0.1], [0.5, 0.9]])]
    path = tmp_path / "mine.npz"
    drawings.write(path, drawings.Drawings([seven, one], ["7", "8"], ["me", "me"]))
    return path


def test_a_checkpoint_is_measured_on_drawings_of_ones_own(file):
    measured = report.on_drawings(Classifier.load(), file)
    assert measured["count"] == 2
    assert measured["accuracy"] == 0.5
    assert measured["confusion"][7][7] == measured["confusion"][8][1] == 1


def test_the_command_prints_and_keeps_the_figure(file, tmp_path, capsys):
    for suffix in (".keras", ".json"):
        source = (checkpoint.FOLDER / "softmax").with_suffix(suffix)
        (tmp_path / source.name).write_bytes(source.read_bytes())
    report.main(["--drawings", str(file), "--checkpoint", str(tmp_path / "softmax.keras")])
    assert "softmax: " in capsys.readouterr().out
    assert json.loads((tmp_path / "softmax.json").read_text())["drawings"]["mine"]["count"] == 2
    checkpoint.load(tmp_path / "softmax.keras")


def test_drawings_that_are_no_digits_are_refused_in_words(file, tmp_path, capsys):
    drawn = drawings.read(file)
    drawings.write(file, drawings.Drawings(drawn.drawings, ["7", "A"], drawn.writers))
    with pytest.raises(SystemExit, match="no digits"):
        report.main(["--drawings", str(file), "--checkpoint", str(checkpoint.FOLDER / "softmax.keras")])


def test_the_readmes_table_is_the_one_that_the_command_prints(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{report.TABLE_BEGINS}\nold\n{report.TABLE_ENDS}\nafter\n")
    report.write_table(readme)
    assert readme.read_text() == f"before\n{report.TABLE_BEGINS}\n\n{report.table()}\n\n{report.TABLE_ENDS}\nafter\n"


def test_this_projects_readme_is_up_to_date():
    readme = (checkpoint.FOLDER.parent.parent / "README.md").read_text()
    assert f"{report.TABLE_BEGINS}\n\n{report.table()}\n\n{report.TABLE_ENDS}" in readme


def test_a_readme_without_marks_is_left_alone(tmp_path):
    readme = tmp_path / "README.md"
    readme.write_text("nothing to replace")
    with pytest.raises(ValueError, match="lacks the lines"):
        report.write_table(readme)
    assert readme.read_text() == "nothing to replace"
