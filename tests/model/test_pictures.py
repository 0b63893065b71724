"""A folder of labeled pictures is measured and learned from. Files that cannot be read are counted and named."""

import json
import re
import shutil

import numpy as np
import pytest

import train
from model.data import mnist, pictures
from model.data.drawings import LabeledDrawings
from model.data.pictures import read_pictures
from model.errors import UserError
from model.evaluation import __main__ as evaluation
from model.inference import checkpoint
from model.preprocessing.normalization import normalize_all
from model.preprocessing.strokes import rasterize
from tests.helpers.labeled_drawings import synthetic_digits
from tests.helpers.labeled_pictures import write_pictures
from tests.helpers.pictures import png, render
from tests.tools import styles

NON_DIGITS = [[np.array([[0.2, 0.8], [0.5, 0.2], [0.8, 0.8], [0.2, 0.8], [0.9, 0.4]])]] * 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder of 90 pictures of digits, 10 pictures that are not digits, and three files that cannot be used."""
    digits = synthetic_digits(90)
    labels = digits.labels + ["not a digit"] * len(NON_DIGITS)
    drawings = LabeledDrawings(digits.drawings + NON_DIGITS, labels, [""] * len(labels))
    folder = write_pictures(tmp_path_factory.mktemp("pictures") / "mine", drawings)
    (folder / "7" / "broken.png").write_bytes(b"not a picture")
    (folder / "3" / "notes.txt").write_text("hello")
    (folder / "3" / "blank.png").write_bytes(png(np.ones((50, 50))))
    (folder / "3" / ".DS_Store").write_bytes(b"hidden")
    return folder


def test_the_images_are_those_of_the_drawings_and_unreadable_files_are_counted_and_named(folder, capsys):
    found = read_pictures(folder)
    assert len(found) == 100 and len(found.digits()) == 90 and len(found.non_digits()) == 10
    assert capsys.readouterr().err == (
        f"{folder}: 3 of 103 pictures are left out, because they are blank or cannot be read: "
        "3/blank.png, 3/notes.txt, 7/broken.png.\n"
    )
    drawn = synthetic_digits(90)
    expected = dict(zip([f"{i:03}.png" for i in range(90)], normalize_all(map(rasterize, drawn.drawings)), strict=True))
    differences = [
        np.abs(image - expected[path.name]).mean()
        for image, path in zip(found.digits().images, found.digits().paths, strict=True)
    ]
    assert np.median(differences) < 0.06 and found.digits().labels == [
        path.parent.name for path in found.digits().paths
    ]


def test_the_evaluation_measures_one_checkpoint_or_all_on_a_folder_of_pictures(folder, tmp_path, monkeypatch, capsys):
    for name in ("digits", "softmax"):
        for suffix in (".keras", ".json"):
            shutil.copy(checkpoint.FOLDER / f"{name}{suffix}", tmp_path)
    monkeypatch.setattr(checkpoint, "FOLDER", tmp_path)
    evaluation.main(["--drawings", str(folder)])
    assert re.search(r"^digits on mine: accuracy \S+ .* on 90 images$", capsys.readouterr().out, re.MULTILINE)
    evaluation.main(["--drawings", str(folder), "--checkpoint", str(tmp_path / "digits.keras")])
    printed = capsys.readouterr().out
    assert "mine/other: AUROC" in printed and "end to end: accuracy" in printed
    measured = json.loads((tmp_path / "digits.json").read_text())
    assert measured["drawings"]["mine"]["accuracy"] > 0.9
    assert measured["drawings"]["mine"]["end_to_end"]["accuracy"] > 0.85
    assert measured["rejection"]["mine/other"]["end_to_end_rejected"] == 1
    assert json.loads((tmp_path / "softmax.json").read_text())["drawings"]["mine"]["count"] == 90
    for option in ("--non-digits", "--mistakes"):
        with pytest.raises(SystemExit):
            evaluation.main(["--drawings", str(folder), option, "x"])
        assert "subfolder other" in capsys.readouterr().err


def test_a_network_learns_from_a_folder_of_100_pictures(small_mnist, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(mnist, "load", lambda path, validation: small_mnist)
    folder = write_pictures(tmp_path / "eastern", styles.drawings("eastern", 100, seed=1))
    output = ["--output", str(tmp_path), "--even-if-worse"]
    train.main(["--recipe", "quick", "--with-drawings", str(folder), *output])
    printed = capsys.readouterr().out
    counts = re.search(r"^(\d+) drawings for training, (\d+) held out", printed, re.MULTILINE)
    assert sum(map(int, counts.groups())) == 100
    notes = json.loads((tmp_path / "quick.json").read_text())["finetuning"]
    assert notes["after"]["held_out"] > notes["before"]["held_out"], printed


def test_a_folder_without_labeled_pictures_is_explained(tmp_path, capsys):
    with pytest.raises(UserError, match="is not a folder of labeled pictures. Expected the subfolders 0 to 9"):
        read_pictures(tmp_path)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.png").write_bytes(png(1 - render(NON_DIGITS[0], 60)))
    with pytest.raises(UserError, match="has no readable pictures of digits"):
        read_pictures(tmp_path).digits()
    for number in range(8):
        (tmp_path / "other" / f"{number}.png").touch()
    assert len(read_pictures(tmp_path)) == 1
    assert "8 of 9 pictures are left out" in capsys.readouterr().err
    assert pictures.MAX_NAMED == 5
    for command in (lambda: train.main(["--with-drawings", str(tmp_path / "nothing")]),):
        with pytest.raises(SystemExit, match="nothing is not a file"):
            command()
