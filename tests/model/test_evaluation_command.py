"""The command line of the evaluation, what it stores in the JSON, the model card and the README's tables."""

import json
import shutil

import numpy as np
import pytest

from model.data.drawings import LabeledDrawings, read_drawings, write_drawings
from model.errors import UserError
from model.evaluation import __main__, metrics, model_card, multidigit, readme_tables, robustness
from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.synthetic import generator


@pytest.fixture
def file(tmp_path):
    """Return a file of two drawings: a seven, and a one with the label 8."""
    seven = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]
    one = [np.array([[0.5, 0.1], [0.5, 0.9]])]
    path = tmp_path / "mine.npz"
    write_drawings(path, LabeledDrawings([seven, one], ["7", "8"], ["me", "me"]))
    return path


@pytest.fixture
def non_digits(tmp_path):
    """Return a file of twelve synthetic non-digits."""
    rng = np.random.default_rng(1)
    drawings = [generator.sample_non_digit(rng) for _ in range(12)]
    path = tmp_path / "letters.npz"
    write_drawings(path, LabeledDrawings(drawings, ["A", "B", "$"] * 4, ["me"] * 12))
    return path


@pytest.fixture
def copy(tmp_path):
    """Return copy(recipe): it copies a checkpoint to a temporary folder and returns the path of the copy."""

    def copy(recipe: str):
        for suffix in (".keras", ".json"):
            source = (checkpoint.FOLDER / recipe).with_suffix(suffix)
            (tmp_path / source.name).write_bytes(source.read_bytes())
        return tmp_path / f"{recipe}.keras"

    return copy


@pytest.fixture
def few_settings(monkeypatch):
    """Reduce the settings to two sweeps, two corruptions and two numbers for each gap, to save time."""
    monkeypatch.setattr(multidigit, "COUNT", 2)
    monkeypatch.setattr(robustness, "SWEEPS", {name: robustness.SWEEPS[name] for name in ("shift", "rotation")})
    monkeypatch.setattr(robustness, "CORRUPTIONS", {name: robustness.CORRUPTIONS[name] for name in ("gaps", "hooks")})


def notes(path) -> dict:
    return json.loads(path.with_suffix(".json").read_text())


def test_numbers_are_composed_of_drawings_that_are_not_empty():
    seven = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]
    classifier = Classifier.load()
    results = multidigit.measure(classifier, [seven, [], [np.zeros((0, 2))]], ["7", "1", "2"], count=3, seed=1)
    assert multidigit.overall(results)[0] == 1
    with pytest.raises(UserError, match="All drawings are empty"):
        multidigit.measure(classifier, [[]], ["7"], count=3, seed=1)


def test_figures_of_an_earlier_checkpoint_are_not_shown(tmp_path):
    for name in model_card.PICTURES:
        (tmp_path / f"digits-{name}.svg").write_text("<svg/>")
    notes = checkpoint.load_notes(checkpoint.FOLDER / "digits.json")
    path = tmp_path / "digits.keras"
    assert model_card.model_card(path, notes).pictures.keys() == model_card.PICTURES.keys()
    fresh = {name: part for name, part in notes.items() if name not in ("mnist", "drawings", "rejection")}
    assert model_card.model_card(path, fresh).pictures.keys() == {"curves"}
    assert model_card.model_card(path, fresh | {"drawings": {}}).pictures.keys() == {
        "curves",
        "drawings",
        "reliability",
    }


def test_a_checkpoint_is_measured_on_a_file_of_drawings(file):
    measured = metrics.measure_drawings(Classifier.load(), file)
    assert measured["count"] == 2
    assert measured["accuracy"] == 0.5
    assert measured["confusion"][7][7] == measured["confusion"][8][1] == 1


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
    # All other entries stay, and the checkpoint still loads.
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


def test_mnist_is_measured_with_the_option_mnist(copy, tmp_path):
    path = copy("softmax")
    __main__.main(["--checkpoint", str(path), "--mnist", "--output", str(tmp_path / "figures")])
    measured = notes(path)["mnist"]["test"]
    assert measured["count"] == 10_000 and measured["accepted"] == 1
    assert measured["accuracy"] == pytest.approx(notes(path)["test"]["accuracy"], abs=2e-4)
    drawn = {figure.name for figure in (tmp_path / "figures").iterdir()}
    assert drawn == {"softmax-mistakes.svg", "softmax-reliability.svg"}


def test_without_the_option_checkpoint_all_are_measured_on_drawings(file, copy, tmp_path, monkeypatch, capsys):
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


@pytest.mark.parametrize("option", ["--non-digits", "--output", "--mistakes"])
def test_an_option_that_needs_drawings_is_rejected_without_them(option, capsys):
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


def readme(*parts: str) -> str:
    """Return a README with `parts` as its tables."""
    marks = zip((readme_tables.RECIPES_MARKS, readme_tables.EVALUATION_MARKS), parts, strict=True)
    return "before\n" + "between\n".join(f"{begins}\n\n{part}\n\n{ends}\n" for (begins, ends), part in marks)


def test_the_readme_gets_both_tables(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(readme("old", "older"))
    readme_tables.write(path)
    assert path.read_text() == readme(readme_tables.recipes(), readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT))


def test_the_readme_of_this_project_is_up_to_date():
    text = (checkpoint.FOLDER.parent.parent / "README.md").read_text()
    for (begins, ends), table in (
        (readme_tables.RECIPES_MARKS, readme_tables.recipes()),
        (readme_tables.EVALUATION_MARKS, readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT)),
    ):
        assert f"{begins}\n\n{table}\n\n{ends}" in text


def test_the_table_has_all_measurements_or_states_that_there_are_none():
    table = readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT)
    for text in ("AUROC", "calibration error", "rotation", "gaps", "MNIST test"):
        assert text in table
    assert readme_tables.evaluation(checkpoint.FOLDER / "softmax.keras") == "Not evaluated yet."


def test_a_readme_without_marks_is_not_changed(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("nothing to replace")
    with pytest.raises(UserError, match="lacks the lines"):
        readme_tables.write(path)
    assert path.read_text() == "nothing to replace"


def test_development_data_is_marked_wherever_it_is_named():
    assert "unipen_digits" in metrics.DEVELOPMENT_DATA and "unipen_other" in metrics.DEVELOPMENT_DATA
    assert "accuracy on unipen_digits (development data)" in readme_tables.recipes()
    for name in ("unipen_digits", "unipen_other"):
        assert f"| `{name}` (development data) |" in readme_tables.evaluation(checkpoint.DEFAULT_CHECKPOINT)
    assert metrics.dataset_title("mine") == "mine"


# Numbers of several digits


def test_the_command_for_numbers_prints_the_results_for_each_gap(file, capsys):
    multidigit.main(["--drawings", str(file), "--count", "2"])
    *gaps, total = capsys.readouterr().out.splitlines()
    assert len(gaps) == len(multidigit.GAPS) and all("found and read in order" in line for line in gaps)
    assert total.startswith("all gaps: ")


def test_the_command_for_numbers_composes_synthetic_digits_by_default(capsys, monkeypatch):
    monkeypatch.setattr(multidigit, "SYNTHETIC_DIGITS", 10)
    multidigit.main(["--count", "1"])
    assert "all gaps: " in capsys.readouterr().out


def test_the_command_for_numbers_reports_a_missing_file_with_a_message(tmp_path):
    with pytest.raises(SystemExit, match="multidigit: .* is not a file"):
        multidigit.main(["--drawings", str(tmp_path / "missing.npz")])


# Variance over seeds


@pytest.fixture
def seed_of(tmp_path):
    """Return seed_of(number, **settings): a folder with softmax as if trained with that seed and these settings.

    The accuracy depends on the seed.
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
