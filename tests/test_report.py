"""The command that measures, what it keeps, and the README's table."""

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
    """Two drawings: a seven, and a one that is called an eight."""
    seven = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]
    one = [np.array([[0.5, 0.1], [0.5, 0.9]])]
    path = tmp_path / "mine.npz"
    write_drawings(path, LabeledDrawings([seven, one], ["7", "8"], ["me", "me"]))
    return path


@pytest.fixture
def others(tmp_path):
    """A dozen drawings that are no digits."""
    rng = np.random.default_rng(1)
    drawn = [generator.sample_non_digit(rng) for _ in range(12)]
    path = tmp_path / "letters.npz"
    write_drawings(path, LabeledDrawings(drawn, ["A", "B", "$"] * 4, ["me"] * 12))
    return path


@pytest.fixture
def copy(tmp_path):
    """copy(recipe): the path of its checkpoint, copied to where it may be changed."""

    def copy(recipe: str):
        for suffix in (".keras", ".json"):
            source = (checkpoint.FOLDER / recipe).with_suffix(suffix)
            (tmp_path / source.name).write_bytes(source.read_bytes())
        return tmp_path / f"{recipe}.keras"

    return copy


@pytest.fixture
def few_settings(monkeypatch):
    """Two sweeps, two corruptions and two numbers for each gap, that a test need not wait for all of them."""
    monkeypatch.setattr(multidigit, "COUNT", 2)
    monkeypatch.setattr(robustness, "SWEEPS", {name: robustness.SWEEPS[name] for name in ("shift", "rotation")})
    monkeypatch.setattr(robustness, "CORRUPTIONS", {name: robustness.CORRUPTIONS[name] for name in ("gaps", "hooks")})


def notes(path) -> dict:
    return json.loads(path.with_suffix(".json").read_text())


def test_numbers_are_composed_of_what_has_ink():
    seven = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]
    network = Classifier.load()
    figures = multidigit.measure(network, [seven, [], [np.zeros((0, 2))]], ["7", "1", "2"], count=3, seed=1)
    assert multidigit.overall(figures)[0] == 1
    with pytest.raises(UserError, match="has ink"):
        multidigit.measure(network, [[]], ["7"], count=3, seed=1)


def test_pictures_of_the_network_before_are_not_shown(tmp_path):
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


def test_a_checkpoint_is_measured_on_drawings_of_ones_own(file):
    measured = metrics.measure_drawings(Classifier.load(), file)
    assert measured["count"] == 2
    assert measured["accuracy"] == 0.5
    assert measured["confusion"][7][7] == measured["confusion"][8][1] == 1


def test_of_one_checkpoint_the_command_prints_keeps_and_draws_everything(
    file, others, copy, tmp_path, capsys, few_settings
):
    path, output = copy("digits"), tmp_path / "new" / "pictures"
    before = notes(path)
    given = ["--checkpoint", str(path), "--drawings", str(file), "--others", str(others), "--output", str(output)]
    __main__.main([*given, "--mistakes", str(tmp_path / "mistakes.svg")])
    after = notes(path)
    kept = after["drawings"]["mine"]
    assert kept["count"] == 2 and kept["page"]["right"] <= 0.5 and kept["writers"]["count"] == 0
    assert 20 <= after["numbers"]["mine"]["digits"] <= 60
    assert after["rejection"]["letters"]["others"] == 12 and after["rejection"]["letters"]["against"] == "mine"
    assert set(after["sweeps"]["mine"]["sweeps"]) == {"shift", "rotation"}
    # All else stays, and the pair still loads.
    measured = {"drawings", "rejection", "sweeps", "numbers"}
    assert all(after[name] == value for name, value in before.items() if name not in measured)
    assert before.get("drawings", {}).keys() <= after["drawings"].keys()
    checkpoint.load(path)

    printed = capsys.readouterr().out
    for said in ("mine: 50.00% of 2", "AUROC", "8→1:1", "rotation", "hooks", "calibration error", "read as one digit"):
        assert said in printed
    names = {"drawings", "reliability", "rejection", "sweeps"}
    assert {picture.name for picture in output.iterdir()} == {f"digits-{name}.svg" for name in names}
    assert "8 → 1" in (tmp_path / "mistakes.svg").read_text()


def test_a_checkpoint_with_ten_outputs_is_said_to_refuse_nothing(file, others, copy, capsys, few_settings):
    path = copy("softmax")
    __main__.main(["--checkpoint", str(path), "--drawings", str(file), "--others", str(others)])
    assert "refuses nothing" in capsys.readouterr().out
    refusal = notes(path)["rejection"]["letters"]
    assert (refusal["auroc"], refusal["non_digits_rejected"], refusal["digits_accepted"]) == (0.5, 0, 1)


def test_mnist_is_measured_where_it_is_asked_for(copy, tmp_path, capsys):
    path = copy("softmax")
    __main__.main(["--checkpoint", str(path), "--mnist", "--output", str(tmp_path / "pictures")])
    measured = notes(path)["mnist"]["test"]
    assert measured["count"] == 10_000 and measured["accepted"] == 1
    assert measured["accuracy"] == pytest.approx(notes(path)["test"]["accuracy"], abs=2e-4)
    drawn = {picture.name for picture in (tmp_path / "pictures").iterdir()}
    assert drawn == {"softmax-mistakes.svg", "softmax-reliability.svg"}


def test_without_a_checkpoint_each_is_measured_on_drawings(file, copy, tmp_path, monkeypatch, capsys):
    for recipe in ("softmax", "dense"):
        copy(recipe)
    monkeypatch.setattr(checkpoint, "FOLDER", tmp_path)
    __main__.main(["--drawings", str(file)])
    printed = capsys.readouterr().out
    for recipe in ("softmax", "dense"):
        assert f"{recipe}: " in printed
        assert notes(tmp_path / f"{recipe}.keras")["drawings"]["mine"]["count"] == 2


def test_measuring_accuracy_anew_keeps_what_the_page_read(file, copy):
    path = copy("softmax")
    __main__.keep(path, "drawings", "mine", {"count": 1, "page": {"right": 0.5}})
    __main__.measure_drawings(path, file)
    assert notes(path)["drawings"]["mine"]["page"] == {"right": 0.5}
    assert notes(path)["drawings"]["mine"]["count"] == 2


@pytest.mark.parametrize("given", [["--others", "x.npz"], ["--output", "x"]])
def test_what_cannot_be_measured_alone_is_said(given, capsys):
    with pytest.raises(SystemExit):
        __main__.main(given)
    assert f"{given[0]} needs --drawings" in capsys.readouterr().err


def test_drawings_that_are_no_digits_are_refused_in_words(file):
    drawn = read_drawings(file)
    write_drawings(file, LabeledDrawings(drawn.drawings, ["7", "A"], drawn.writers))
    with pytest.raises(SystemExit, match="no digits"):
        __main__.main(["--drawings", str(file), "--checkpoint", str(checkpoint.FOLDER / "softmax.keras")])


def test_files_are_refused_in_words_before_anything_is_measured(file, others, tmp_path, capsys):
    empty = tmp_path / "empty.npz"
    write_drawings(empty, LabeledDrawings([], [], []))
    for digits, strange, said in [
        (empty, others, "holds no drawing"),
        (file, empty, "holds no drawing"),
        (file, file, "holds digits"),
        (file, tmp_path / "nowhere.npz", "is no file"),
    ]:
        with pytest.raises(SystemExit, match=said):
            __main__.main(["--drawings", str(digits), "--others", str(strange)])
    assert capsys.readouterr().out == ""


def readme(*parts: str) -> str:
    """A README whose places for tables hold `parts`."""
    marks = zip((readme_tables.RECIPES, readme_tables.EVALUATION), parts, strict=True)
    return "before\n" + "between\n".join(f"{begins}\n\n{part}\n\n{ends}\n" for (begins, ends), part in marks)


def test_the_readmes_tables_are_the_ones_that_the_commands_print(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(readme("old", "older"))
    readme_tables.write(path)
    assert path.read_text() == readme(readme_tables.recipes(), readme_tables.evaluation())


def test_this_projects_readme_is_up_to_date():
    text = (checkpoint.FOLDER.parent.parent / "README.md").read_text()
    for (begins, ends), table in (
        (readme_tables.RECIPES, readme_tables.recipes()),
        (readme_tables.EVALUATION, readme_tables.evaluation()),
    ):
        assert f"{begins}\n\n{table}\n\n{ends}" in text


def test_what_was_evaluated_is_in_the_table_and_what_was_not_says_so():
    table = readme_tables.evaluation()
    for what in ("AUROC", "calibration error", "rotation", "gaps", "MNIST test"):
        assert what in table
    assert readme_tables.evaluation(checkpoint.FOLDER / "softmax.keras") == "Not evaluated yet."


def test_a_readme_without_marks_is_left_alone(tmp_path):
    path = tmp_path / "README.md"
    path.write_text("nothing to replace")
    with pytest.raises(UserError, match="lacks the lines"):
        readme_tables.write(path)
    assert path.read_text() == "nothing to replace"


# --- seeds


@pytest.fixture
def seed_of(tmp_path):
    """seed_of(number, **settings): a folder with softmax as if trained with that seed; the accuracy follows from it."""

    def seed_of(number: int, **settings):
        folder = tmp_path / str(number)
        folder.mkdir()
        for suffix in (".keras", ".json"):
            shutil.copy(checkpoint.FOLDER / f"softmax{suffix}", folder)
        path = folder / "softmax.keras"
        about = notes(path)
        about["settings"] |= {"seed": number} | settings
        about["test"]["accuracy"] = 0.92 + number / 1000
        path.with_suffix(".json").write_text(json.dumps(about))
        return folder

    return seed_of


def test_mean_and_spread_of_seeds_are_printed_and_kept(seed_of, file, capsys):
    first, *others = map(seed_of, (1, 2, 3))
    path = first / "softmax.keras"
    __main__.main(["--checkpoint", str(path), "--drawings", str(file), "--seeds", *map(str, others)])
    printed = capsys.readouterr().out
    assert "MNIST test: 92.20% ± 0.10 (seed 1: 92.10%, 2: 92.20%, 3: 92.30%)" in printed
    assert "mine: 50.00% ± 0.00" in printed
    kept = notes(path)["seeds"]
    assert kept["MNIST test"] == {"seeds": [1, 2, 3], "accuracy": [0.921, 0.922, 0.923]}
    assert set(kept) == {"MNIST validation", "MNIST test", "mine"}


@pytest.mark.parametrize(
    ("number", "settings", "why"),
    [
        (2, {"epochs": 99}, "More than the seed differs: epochs is 20 in one and 99"),
        (2, {"seed": 1}, "the same seed: 1, 1"),
    ],
)
def test_what_differs_in_more_than_its_seed_is_refused(seed_of, number, settings, why):
    first, other = seed_of(1), seed_of(number, **settings)
    with pytest.raises(SystemExit, match=why):
        __main__.main(["--checkpoint", str(first / "softmax.keras"), "--seeds", str(other)])
