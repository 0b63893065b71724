"""The command lines of the evaluation: the printed text, the stored JSON, and the figures."""

import json
import shutil

import numpy as np
import pytest

from model.evaluation import __main__, multidigit, plots, robustness
from model.inference import checkpoint
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.labeled_drawings import write_digits, write_non_digits


@pytest.fixture
def file(tmp_path):
    """A file of two drawings. One drawing is a seven with the label 7. The other is a one with the wrong label 8."""
    return write_digits(tmp_path / "mine.npz")


@pytest.fixture
def non_digits(tmp_path):
    """A file of twelve synthetic non-digits."""
    return write_non_digits(tmp_path / "letters.npz")


@pytest.fixture
def copy(tmp_path):
    """copy(recipe): copies the recipe's checkpoint to a temporary folder, and returns the path of the copy."""

    def copy(recipe: str):
        for suffix in (".keras", ".json"):
            source = (checkpoint.FOLDER / recipe).with_suffix(suffix)
            (tmp_path / source.name).write_bytes(source.read_bytes())
        return tmp_path / f"{recipe}.keras"

    return copy


@pytest.fixture
def few_settings(monkeypatch):
    """To save time, measure only two sweeps, two corruptions, and two composed numbers for each gap between digits."""
    monkeypatch.setattr(multidigit, "COUNT", 2)
    monkeypatch.setattr(robustness, "SWEEPS", {name: robustness.SWEEPS[name] for name in ("shift", "rotation")})
    monkeypatch.setattr(robustness, "CORRUPTIONS", {name: robustness.CORRUPTIONS[name] for name in ("gaps", "hooks")})


def notes(path) -> dict:
    return json.loads(path.with_suffix(".json").read_text())


def test_the_command_prints_stores_and_draws_all_metrics_of_a_checkpoint(
    file, non_digits, copy, tmp_path, capsys, few_settings
):
    path, output = copy("digits"), tmp_path / "new" / "figures"
    before = notes(path)
    data = ["--drawings", str(file), "--non-digits", str(non_digits)]
    written = ["--output", str(output), "--mistakes", str(tmp_path / "mistakes.svg")]
    __main__.main(["--checkpoint", str(path), *data, *written])
    after = notes(path)
    drawings, rejection = after["drawings"]["mine"], after["rejection"]["letters"]
    assert drawings["count"] == 2 and drawings["end_to_end"]["accuracy"] <= 0.5 and drawings["writers"]["count"] == 0
    assert 20 <= after["multidigit"]["mine"]["digits"] <= 60
    assert rejection["non_digits"] == 12 and rejection["against"] == "mine"
    assert set(after["robustness"]["mine"]["sweeps"]) == {"shift", "rotation"}
    # All entries of the JSON that the command did not measure stay unchanged, and the checkpoint can still be loaded.
    measured = {"drawings", "rejection", "robustness", "multidigit"}
    assert all(after[name] == value for name, value in before.items() if name not in measured)
    assert before.get("drawings", {}).keys() <= after["drawings"].keys()
    checkpoint.load(path)

    printed = capsys.readouterr().out
    for text in ("mine: accuracy 50.00%", "AUROC", "8 → 1: 1", "rotation", "hooks", "calibration error", "end to end"):
        assert text in printed
    names = {"drawings", "reliability", "rejection", "sweeps"}
    assert {figure.name for figure in output.iterdir()} == {f"digits-{name}.svg" for name in names}
    assert "8 → 1" in (tmp_path / "mistakes.svg").read_text()


def test_a_checkpoint_with_ten_outputs_rejects_nothing(file, non_digits, copy, capsys, few_settings):
    path = copy("softmax")
    __main__.main(["--checkpoint", str(path), "--drawings", str(file), "--non-digits", str(non_digits)])
    assert "rejection rate 0.00%, end to end 0.00%" in capsys.readouterr().out
    rejection = notes(path)["rejection"]["letters"]
    assert (rejection["auroc"], rejection["non_digits_rejected"], rejection["digits_accepted"]) == (0.5, 0, 1)


def test_mnist_is_measured_with_the_option_mnist(copy, tmp_path, monkeypatch):
    monkeypatch.setattr(plots, "MISTAKE_ROWS", 1)  # To save time, because the figure has one image per mistake.
    path = copy("softmax")
    __main__.main(["--checkpoint", str(path), "--mnist", "--output", str(tmp_path / "figures")])
    measured = notes(path)["mnist"]["test"]
    assert measured["count"] == 10_000 and measured["accepted"] == 1
    assert measured["accuracy"] == pytest.approx(notes(path)["test"]["accuracy"], abs=2e-4)
    drawn = {figure.name for figure in (tmp_path / "figures").iterdir()}
    assert drawn == {"softmax-mistakes.svg", "softmax-reliability.svg"}


def test_labeled_images_are_normalized_and_measured(copy, tmp_path, capsys):
    path = copy("digits")
    images = np.pad(rasterize(DIGIT_DRAWINGS[7]), 20)[None].repeat(3, axis=0)
    np.savez(tmp_path / "scans.npz", images=np.rint(255 * images).astype(np.uint8), labels=np.array([7, 7, 1]))
    __main__.main(["--checkpoint", str(path), "--images", str(tmp_path / "scans.npz")])
    measured = notes(path)["images"]["scans"]
    assert measured["count"] == 3 and measured["accepted"] == 1
    assert measured["accuracy"] == pytest.approx(2 / 3)
    assert "scans, as normalized images: accuracy 66.67%" in capsys.readouterr().out


def test_without_the_option_checkpoint_all_checkpoints_are_measured(file, copy, tmp_path, monkeypatch, capsys):
    for recipe in ("softmax", "dense"):
        copy(recipe)
    monkeypatch.setattr(checkpoint, "FOLDER", tmp_path)
    __main__.main(["--drawings", str(file)])
    printed = capsys.readouterr().out
    for recipe in ("softmax", "dense"):
        assert f"{recipe} on mine: accuracy" in printed
        assert notes(tmp_path / f"{recipe}.keras")["drawings"]["mine"]["count"] == 2


def test_measuring_the_accuracy_again_keeps_the_end_to_end_results(file, copy):
    path = copy("softmax")
    checkpoint.update_notes(path, "drawings", "mine", {"count": 1, "end_to_end": {"accuracy": 0.5}})
    __main__.measure_all(path.parent, file)
    assert notes(path)["drawings"]["mine"]["end_to_end"] == {"accuracy": 0.5}
    assert notes(path)["drawings"]["mine"]["count"] == 2


# Numbers of several digits


def test_the_command_for_numbers_prints_the_results_for_each_gap(file, capsys):
    multidigit.main(["--drawings", str(file), "--count", "2"])
    title, *gaps, total = capsys.readouterr().out.splitlines()
    assert title == "Numbers composed of mine:"
    assert len(gaps) == len(multidigit.GAPS) and all("found and read in order" in line for line in gaps)
    assert total.startswith("all gaps: ")


def test_the_command_for_numbers_composes_synthetic_digits_by_default(capsys, monkeypatch):
    monkeypatch.setattr(multidigit, "SYNTHETIC_DIGITS", 10)
    monkeypatch.setattr(multidigit, "SYNTHETIC_NON_DIGITS", 10)
    multidigit.main(["--count", "1"])
    printed = capsys.readouterr().out
    for text in ("10 synthetic digits: ", "10 synthetic non-digits: ", "all gaps: "):
        assert text in printed


# Variance over seeds


@pytest.fixture
def seed_of(tmp_path):
    """seed_of(number, **settings): a folder with a copy of the checkpoint `softmax`.

    The JSON of the copy has the seed `number`, the given settings, and an accuracy that depends on `number`.
    """

    def seed_of(number: int, **settings):
        folder = tmp_path / str(number)
        folder.mkdir()
        for suffix in (".keras", ".json"):
            shutil.copy(checkpoint.FOLDER / f"softmax{suffix}", folder)
        path = folder / "softmax.keras"
        changed = notes(path)
        changed["settings"] |= {"seed": number} | settings
        changed["test"]["accuracy"] = 0.92 + number / 1000
        path.with_suffix(".json").write_text(json.dumps(changed))
        return folder

    return seed_of


def test_mean_and_deviation_over_seeds_are_printed_and_stored(seed_of, file, capsys):
    first, *others = map(seed_of, (1, 2, 3))
    path = first / "softmax.keras"
    __main__.main(["--checkpoint", str(path), "--drawings", str(file), "--seeds", *map(str, others)])
    printed = capsys.readouterr().out
    assert "MNIST test: accuracy 92.20% ± 0.10 (seed 1: 92.10%, 2: 92.20%, 3: 92.30%)" in printed
    assert "mine: accuracy 50.00% ± 0.00" in printed
    stored = notes(path)["seeds"]
    assert stored["MNIST test"] == {"seeds": [1, 2, 3], "accuracy": [0.921, 0.922, 0.923]}
    assert set(stored) == {"MNIST validation", "MNIST test", "mine"}


@pytest.mark.parametrize(
    ("number", "settings", "message"),
    [
        (2, {"epochs": 99}, "differ in more than the seed: epochs is 20 in one and 99"),
        (2, {"seed": 1}, "the same seed: 1, 1"),
    ],
)
def test_checkpoints_that_differ_in_more_or_less_than_the_seed_are_rejected(seed_of, number, settings, message):
    first, other = seed_of(1), seed_of(number, **settings)
    with pytest.raises(SystemExit, match=message):
        __main__.main(["--checkpoint", str(first / "softmax.keras"), "--seeds", str(other)])
