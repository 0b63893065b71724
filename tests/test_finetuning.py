"""Fine-tuning: drawings read wrongly are learned, MNIST is not forgotten, and a worse network replaces none."""

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import styles

import train
from model.data import mnist
from model.data.drawings import LabeledDrawings, write_drawings
from model.errors import UserError
from model.inference import backend

backend.load_tensorflow()

from model.classes import classes_of
from model.data import dataset
from model.data.dataset import Dataset, Split
from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.recipes import RECIPES
from model.training import finetuning
from model.training.finetuning import Accuracies

ROOT = Path(__file__).parent.parent
RECIPE = finetuning.finetuning_recipe(RECIPES["digits"])
GOOD = Accuracies(held_back=0.9, mnist=0.996, synthetic=0.99)
FITTED = {"temperature": 1.0, "confidence_threshold": 0.9, "rejection_threshold": 0.5}


@pytest.fixture(scope="module")
def known():
    """As much of what `digits` learned from as fine-tuning takes, and all that MNIST validates on."""
    data = mnist.load()
    train = mnist.Examples(data.train.images[:10_000], data.train.labels[:10_000])
    test = mnist.Examples(data.test.images[:100], data.test.labels[:100])
    written = (
        dataset.generate(RECIPE.synthetic_digits, RECIPE.synthetic_non_digits, dataset.TRAINING_SEED),
        dataset.generate(1_600, 800, dataset.VALIDATION_SEED),
    )
    return Dataset(*map(dataset.normalize_mnist, (train, data.validation, test)), *written)


@pytest.fixture
def committed(tmp_path):
    """A folder with a copy of the committed checkpoint."""
    for suffix in ("keras", "json"):
        shutil.copy(checkpoint.FOLDER / f"digits.{suffix}", tmp_path)
    return tmp_path


def lines(labels: list[str], seed: int = 1) -> LabeledDrawings:
    """A line for each label, none like another."""
    points = np.random.default_rng(seed).random((len(labels), 2, 2))
    return LabeledDrawings([[stroke] for stroke in points], labels, ["me"] * len(labels))


def written(path: Path, drawn: LabeledDrawings) -> Path:
    write_drawings(path, drawn)
    return path


def points(drawn: LabeledDrawings) -> list[bytes]:
    return [np.concatenate(strokes).tobytes() for strokes in drawn.drawings]


# Learning


def test_a_style_that_was_read_wrongly_is_learned_and_mnist_is_not_forgotten(known):
    network, notes = checkpoint.load(checkpoint.FOLDER / "digits.keras")
    learned, held_back = finetuning.hold_back(styles.written("eastern", 200, seed=1), seed=1)
    recipe = dataclasses.replace(RECIPE, epochs=8)
    before, after, fitted = finetuning.finetune(network, notes, recipe, known, learned, held_back, seed=1)
    assert before.held_back < 0.1
    assert after.held_back > 0.5
    assert after.mnist >= before.mnist - 0.0005
    assert after.synthetic > before.synthetic - 0.01
    # LabeledDrawings that were neither learned nor held back, as the page reads them.
    others, classifier = styles.written("eastern", 100, seed=2), Classifier(network, fitted, "digits")
    answers = [classifier.read_strokes({"strokes": [line.tolist() for line in one]}) for one in others.drawings]
    assert np.mean([answer.number == label for answer, label in zip(answers, others.labels, strict=True)]) > 0.5


def test_only_the_last_layer_learns(known, monkeypatch):
    monkeypatch.setattr(finetuning, "FORGOTTEN", 1.0)
    network, notes = checkpoint.load(checkpoint.FOLDER / "digits.keras")
    old = [weight.numpy() for weight in network.weights]
    learned, held_back = finetuning.hold_back(styles.written("eastern", 40, seed=1), seed=1)
    recipe = dataclasses.replace(RECIPE, epochs=10)
    finetuning.finetune(network, notes, recipe, few_of(known), learned, held_back, seed=1)
    new = [weight.numpy() for weight in network.weights]
    assert [bool((a != b).any()) for a, b in zip(old, new, strict=True)][-2:] == [True, True]
    for a, b in zip(old[:-2], new[:-2], strict=True):
        np.testing.assert_array_equal(a, b)


def few_of(known: Dataset) -> Dataset:
    """A hundred of each part, from all over it."""
    parts = (getattr(known, field.name) for field in dataclasses.fields(known))
    steps = ((part, len(part.labels) // 100) for part in parts)
    return Dataset(*(Split(part.images[::step], part.labels[::step]) for part, step in steps))


def test_when_mnist_would_be_forgotten_in_every_epoch_all_stays_as_it_was(known, monkeypatch):
    monkeypatch.setattr(finetuning, "FORGOTTEN", -1.0)
    network, notes = checkpoint.load(checkpoint.FOLDER / "digits.keras")
    old = network.get_weights()
    learned, held_back = finetuning.hold_back(styles.written("eastern", 40, seed=1), seed=1)
    recipe = dataclasses.replace(RECIPE, epochs=2)
    finetuning.finetune(network, notes, recipe, few_of(known), learned, held_back, seed=1)
    for a, b in zip(old, network.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", ["softmax", "dense-mse", "dense-ema", "deep-mnist"])
def test_every_kind_of_recipe_learns_drawings(name, known):
    network, notes = checkpoint.load(checkpoint.FOLDER / f"{name}.keras")
    learned, held_back = finetuning.hold_back(styles.written("eastern", 40, seed=1), seed=1)
    recipe = dataclasses.replace(finetuning.finetuning_recipe(RECIPES[name]), epochs=2)
    parts = dataclasses.replace(few_of(known), synthetic=None, synthetic_validation=None)
    before, after, fitted = finetuning.finetune(network, notes, recipe, parts, learned, held_back, seed=1)
    assert after.mnist >= before.mnist - 0.0005
    assert before.synthetic is after.synthetic is None
    assert fitted["rejection_threshold"] == 1


# Holding back


def test_a_quarter_of_each_label_is_held_back_and_nothing_is_both():
    drawn = lines(["0"] * 40 + ["7"] * 9 + ["not a digit"] * 4 + ["3"])
    learned, held_back = finetuning.hold_back(drawn, seed=1)
    assert {label: held_back.labels.count(label) for label in set(drawn.labels)} == {
        "0": 10,
        "7": 2,
        "not a digit": 1,
        "3": 0,
    }
    assert sorted(points(learned) + points(held_back)) == sorted(points(drawn))


def test_equal_drawings_are_all_learned_from_or_all_held_back():
    drawn = lines(["0"] * 12)
    thrice = LabeledDrawings(drawn.drawings * 3, drawn.labels * 3, drawn.writers * 3)
    for seed in range(10):
        learned, held_back = finetuning.hold_back(thrice, seed)
        assert 6 <= len(held_back) <= 9
        assert not set(points(learned)) & set(points(held_back))


def test_what_is_held_back_depends_on_the_seed_and_not_on_the_order():
    drawn = lines(["0"] * 40)
    turned = LabeledDrawings(drawn.drawings[::-1], drawn.labels, drawn.writers)
    chosen = set(points(finetuning.hold_back(drawn, seed=1)[1]))
    assert set(points(finetuning.hold_back(turned, seed=1)[1])) == chosen
    assert set(points(finetuning.hold_back(drawn, seed=2)[1])) != chosen


def test_a_file_that_has_grown_holds_back_mostly_what_it_held_back_before():
    drawn = lines(["0"] * 200)
    first = LabeledDrawings(drawn.drawings[:160], drawn.labels[:160], drawn.writers[:160])
    learned = set(points(finetuning.hold_back(first, seed=1)[0]))
    assert len(learned & set(points(finetuning.hold_back(drawn, seed=1)[1]))) < 10


def test_any_other_label_is_no_digit():
    assert classes_of(["0", "9", "not a digit", "A", "12", ""]).tolist() == [0, 9, 10, 10, 10, 10]


def test_many_guises_of_few_drawings_and_one_of_many():
    few = finetuning.augmented_copies(lines(["7"] * 3), seed=1)
    assert few.images.shape == (96, 28, 28) and set(few.labels) == {7}
    assert len({image.tobytes() for image in few.images}) == 96
    assert few.images.min() >= 0 and few.images.max() <= 1
    assert len(finetuning.augmented_copies(lines(["7"] * 2_600), seed=1).labels) == 2_600


# Refusing


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"held_back": 0.89}, "reads no more of the drawings held back"),
        ({}, "reads no more of the drawings held back"),
        ({"held_back": 0.95, "mnist": 0.9954}, "lost more than 0.05 points of MNIST's validation images"),
        ({"held_back": 0.1, "mnist": 0.9}, "reads no more .* and lost more"),
    ],
)
def test_a_worse_network_is_refused_in_words(changed, said):
    with pytest.raises(UserError, match=f"{said}.* Nothing was written"):
        finetuning.check_improvement(GOOD, dataclasses.replace(GOOD, **changed))


def test_two_of_mnists_validation_images_may_be_lost():
    finetuning.check_improvement(GOOD, dataclasses.replace(GOOD, held_back=0.95, mnist=0.9956))


def test_a_worse_network_is_written_only_when_that_is_asked_for(committed, known, monkeypatch, capsys):
    worse = dataclasses.replace(GOOD, held_back=0.5)
    monkeypatch.setattr(finetuning, "finetune", lambda *given: (GOOD, worse, FITTED))
    monkeypatch.setattr(dataset, "load", lambda *given: few_of(known))
    file = written(committed / "taught.npz", lines(["7"] * 20))
    before = (committed / "digits.json").read_bytes()
    with pytest.raises(UserError, match="reads no more"):
        finetuning.run(RECIPE, file, committed, None, 1, even_if_worse=False)
    assert (committed / "digits.json").read_bytes() == before
    assert "90.0% before, 50.0% after" in capsys.readouterr().out
    finetuning.run(RECIPE, file, committed, None, 1, even_if_worse=True)
    notes = json.loads((committed / "digits.json").read_text())
    assert notes["finetuning"]["after"] == dataclasses.asdict(worse)
    assert notes["finetuning"]["from"] == json.loads(before)["sha256"]
    # What was measured of the old network is not told of the new one.
    assert notes["temperature"] == 1 and "rejection" not in notes and notes["test"]["count"] == 100
    assert notes["settings"] == json.loads(before)["settings"]
    Classifier.load(committed / "digits.keras")


@pytest.mark.parametrize(
    "labels, said",
    [
        ([], "too few drawings: of 0, only 0"),
        (["7"] * 17, "of 17, only 4 could be held back"),
        (["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "of 10, only 0 could be held back"),
    ],
)
def test_too_few_drawings_are_refused_in_words(tmp_path, labels, said):
    with pytest.raises(UserError, match=said):
        finetuning.run(RECIPE, written(tmp_path / "few.npz", lines(labels)), tmp_path, None, 1, False)


def test_drawings_without_ink_do_not_count(tmp_path):
    blank = LabeledDrawings([[]] * 20 + [[np.zeros((0, 2))]], ["7"] * 21, ["me"] * 21)
    with pytest.raises(UserError, match="too few drawings: of 0"):
        finetuning.run(RECIPE, written(tmp_path / "blank.npz", blank), tmp_path, None, 1, False)


def test_a_network_that_knows_digits_alone_is_taught_no_others(tmp_path, capsys):
    file = written(tmp_path / "mixed.npz", lines(["not a digit"] * 30 + ["7"] * 8))
    with pytest.raises(UserError, match="too few drawings: of 8"):
        finetuning.run(finetuning.finetuning_recipe(RECIPES["softmax"]), file, tmp_path, None, 1, False)
    assert "30 drawings are no digits" in capsys.readouterr().out


def test_a_file_that_holds_no_drawings_is_refused_in_words(tmp_path):
    (tmp_path / "letter.npz").write_text("Dear diary")
    with pytest.raises(UserError, match="letter.npz is no .npz file"):
        finetuning.run(RECIPE, tmp_path / "letter.npz", tmp_path, None, 1, False)


# The command


def run(*arguments: object) -> subprocess.CompletedProcess:
    line = [sys.executable, "-u", str(ROOT / "train.py"), *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, timeout=280)


def test_a_dry_run_with_drawings_goes_through_everything_and_writes_nothing(tmp_path):
    file = written(tmp_path / "taught.npz", styles.written("eastern", 40, seed=1))
    done = run("--recipe", "softmax", "--with-drawings", file, "--dry-run", "--output", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "28 drawings to learn from, 12 held back" in done.stdout
    assert "MNIST's validation images: " in done.stdout and "nothing was written" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["taught.npz"]


def test_the_commands_user_is_told_what_is_wrong(tmp_path, capsys):
    for file, said in [
        (tmp_path / "nowhere.npz", "nowhere.npz is no file"),
        (written(tmp_path / "few.npz", lines(["7"])), "too few drawings: of 1"),
    ]:
        with pytest.raises(SystemExit, match=said):
            train.main(["--with-drawings", str(file), "--output", str(tmp_path)])
    with pytest.raises(SystemExit):
        train.main(["--with-drawings", "taught.npz", "--resume"])
    assert "leave --resume out" in capsys.readouterr().err
