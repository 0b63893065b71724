"""`train.py --with-drawings` does not overwrite a network with a less accurate one, and explains a user's mistakes."""

import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import train
from model.data import mnist
from model.data.drawings import LabeledDrawings, read_non_digits, write_drawings
from model.errors import UserError
from model.inference import backend
from tests.helpers.labeled_drawings import random_drawings
from tests.tools import styles

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.

from model.data import dataset
from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.recipes import RECIPES
from model.training import finetuning, finetuning_data
from model.training.finetuning import Accuracies

RECIPE = finetuning.finetuning_recipe(RECIPES["digits"])
BEFORE = Accuracies(held_out=0.9, mnist=0.996, synthetic=0.99)
WORSE = dataclasses.replace(BEFORE, held_out=0.5)
FITTED = {"temperature": 1.0, "confidence_threshold": 0.9, "rejection_threshold": 0.5}


@pytest.fixture
def committed(tmp_path):
    """A folder with a copy of the committed checkpoint `digits`."""
    for suffix in ("keras", "json"):
        shutil.copy(checkpoint.FOLDER / f"digits.{suffix}", tmp_path)
    return tmp_path


def file_of(path: Path, drawings: LabeledDrawings) -> Path:
    write_drawings(path, drawings)
    return path


# Writing


@pytest.mark.slow
def test_a_worse_network_is_written_only_if_requested(committed, small_dataset, monkeypatch, capsys):
    def finetune(network, *_):
        return BEFORE, WORSE, Classifier(network, dict(FITTED), "digits")

    monkeypatch.setattr(finetuning, "finetune", finetune)
    monkeypatch.setattr(dataset, "load", lambda *_: small_dataset(RECIPE))
    file = file_of(committed / "corrections.npz", random_drawings(["7"] * 20))
    before = (committed / "digits.json").read_bytes()
    with pytest.raises(UserError, match="is not more accurate"):
        finetuning.run(RECIPE, file, committed, None, 1, even_if_worse=False)
    assert (committed / "digits.json").read_bytes() == before
    assert "90.0% before, 50.0% after" in capsys.readouterr().out
    finetuning.run(RECIPE, file, committed, None, 1, even_if_worse=True)
    notes = json.loads((committed / "digits.json").read_text())
    assert notes["finetuning"]["after"] == dataclasses.asdict(WORSE)
    assert notes["finetuning"]["from"] == json.loads(before)["sha256"]
    # The new JSON has no measurements of the old network.
    assert notes["temperature"] == 1 and "rejection" not in notes and notes["test"]["count"] == 100
    assert notes["settings"] == json.loads(before)["settings"]
    Classifier.load(committed / "digits.keras")


# Mistakes


def branching_network():
    inputs = keras.Input((28, 28))
    pixels = keras.layers.Flatten()(inputs)
    return keras.Model(inputs, keras.layers.Dense(10)(pixels) + keras.layers.Dense(10)(pixels))


def network_that_ends_in_a_scaling():
    scaling = keras.layers.Rescaling(0.1)
    return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10), scaling])


@pytest.mark.parametrize("network", [branching_network, network_that_ends_in_a_scaling])
def test_a_network_whose_last_layer_cannot_be_trained_alone_is_an_error(network, tmp_path):
    path = tmp_path / "digits.keras"
    checkpoint.save(network(), FITTED, path)
    before = path.read_bytes()
    file = file_of(tmp_path / "corrections.npz", random_drawings(["7"] * 20))
    with pytest.raises(UserError, match="digits cannot be fine-tuned: its network must be keras.Sequential"):
        finetuning.run(RECIPE, file, tmp_path, None, 1, even_if_worse=False)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "labels, message",
    [
        ([], "too few drawings: of 0, only 0"),
        (["7"] * 17, "of 17, only 4 can be held out"),
        (["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "of 10, only 0 can be held out"),
    ],
)
def test_too_few_drawings_are_an_error(tmp_path, labels, message):
    with pytest.raises(UserError, match=message):
        finetuning.run(RECIPE, file_of(tmp_path / "few.npz", random_drawings(labels)), tmp_path, None, 1, False)


def test_drawings_without_ink_do_not_count(tmp_path):
    blank = LabeledDrawings([[]] * 20 + [[np.zeros((0, 2))]], ["7"] * 21, ["me"] * 21)
    with pytest.raises(UserError, match="too few drawings: of 0"):
        finetuning.run(RECIPE, file_of(tmp_path / "blank.npz", blank), tmp_path, None, 1, False)


def test_a_network_without_a_class_for_non_digits_skips_drawings_of_non_digits(tmp_path, capsys):
    file = file_of(tmp_path / "mixed.npz", random_drawings(["not a digit"] * 30 + ["7"] * 8))
    with pytest.raises(UserError, match="too few drawings: of 8"):
        finetuning.run(finetuning.finetuning_recipe(RECIPES["softmax"]), file, tmp_path, None, 1, False)
    assert "Skipped 30 drawings that are not digits" in capsys.readouterr().out


def test_a_file_that_is_not_a_file_of_drawings_is_an_error(tmp_path):
    (tmp_path / "letter.npz").write_text("Dear diary")
    with pytest.raises(UserError, match="letter.npz is not an .npz file"):
        finetuning.run(RECIPE, tmp_path / "letter.npz", tmp_path, None, 1, False)


def test_the_command_explains_a_mistake_in_one_sentence(tmp_path, capsys):
    for file, message in [
        (tmp_path / "nowhere.npz", "nowhere.npz is not a file"),
        (file_of(tmp_path / "few.npz", random_drawings(["7"])), "too few drawings: of 1"),
    ]:
        with pytest.raises(SystemExit, match=message):
            train.main(["--with-drawings", str(file), "--output", str(tmp_path)])
    with pytest.raises(SystemExit):
        train.main(["--with-drawings", "corrections.npz", "--resume"])
    assert "omit --resume" in capsys.readouterr().err


# Dry run


def test_a_dry_run_with_drawings_runs_every_stage_and_writes_nothing(small_mnist, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr(mnist, "load", lambda path, validation: small_mnist)
    file = file_of(tmp_path / "corrections.npz", styles.drawings("eastern", 40, seed=1))
    train.main(["--recipe", "softmax", "--with-drawings", str(file), "--dry-run", "--output", str(tmp_path)])
    printed, errors = capfd.readouterr()
    assert errors == ""
    assert "28 drawings for training, 12 held out" in printed
    assert "MNIST's validation images: " in printed and "nothing was written" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["corrections.npz"]


def test_drawings_of_whole_numbers_are_of_the_class_several_digits_or_counted_and_skipped(tmp_path, capsys):
    file = file_of(tmp_path / "mixed.npz", random_drawings(["7"] * 3 + ["74", "not a digit", "2026"]))
    assert finetuning_data.usable_drawings(file, num_outputs=11).labels == ["7", "7", "7", "not a digit"]
    assert "Skipped 2 numbers that are not divided into digits: this network" in capsys.readouterr().out
    everything = finetuning_data.usable_drawings(file, num_outputs=12)
    assert everything.labels == ["7", "7", "7", "74", "not a digit", "2026"]
    assert finetuning_data.augmented_copies(everything, seed=1).labels[:6].tolist() == [7, 7, 7, 11, 10, 11]
    assert capsys.readouterr().out == ""
    with pytest.raises(UserError, match="contains digits"):
        read_non_digits(file_of(tmp_path / "numbers.npz", random_drawings(["74", "not a digit"])))
