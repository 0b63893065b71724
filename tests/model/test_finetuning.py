"""Fine-tuning learns a new style of drawing, does not forget MNIST, and never replaces a network by a worse one."""

import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import train
from model.data import mnist
from model.data.drawings import LabeledDrawings, write_drawings
from model.errors import UserError
from model.inference import backend
from tests.helpers.paths import ROOT
from tests.tools import styles

backend.load_tensorflow()

import keras  # TensorFlow first, quietly.

from model.classes import NUM_DIGITS, classes_of
from model.data import dataset
from model.data.dataset import Dataset, Split
from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.inference.forward_pass import ForwardPass
from model.recipes import RECIPES, Recipe
from model.training import finetuning, finetuning_data
from model.training.finetuning import Accuracies

COMMITTED = sorted(path.stem for path in checkpoint.FOLDER.glob("*.keras"))
RECIPE = finetuning.finetuning_recipe(RECIPES["digits"])
GOOD = Accuracies(held_out=0.9, mnist=0.996, synthetic=0.99)
UNCALIBRATED = {"temperature": 1.0, "confidence_threshold": 0.5, "rejection_threshold": 1.0}
FITTED = {"temperature": 1.0, "confidence_threshold": 0.9, "rejection_threshold": 0.5}


@pytest.fixture(scope="module")
def known():
    """The training data that fine-tuning of `digits` uses, and all MNIST validation images."""
    data = mnist.load()
    train = mnist.Examples(data.train.images[:10_000], data.train.labels[:10_000])
    test = mnist.Examples(data.test.images[:100], data.test.labels[:100])
    synthetic = (
        dataset.generate(RECIPE.synthetic_digits, RECIPE.synthetic_non_digits, dataset.TRAINING_SEED),
        dataset.generate(1_600, 800, dataset.VALIDATION_SEED),
    )
    return Dataset(*map(dataset.normalize_mnist, (train, data.validation, test)), *synthetic)


@pytest.fixture
def committed(tmp_path):
    """A folder with a copy of the committed checkpoint."""
    for suffix in ("keras", "json"):
        shutil.copy(checkpoint.FOLDER / f"digits.{suffix}", tmp_path)
    return tmp_path


def drawings_of(labels: list[str], seed: int = 1) -> LabeledDrawings:
    """A different stroke for each label."""
    points = np.random.default_rng(seed).random((len(labels), 2, 2))
    return LabeledDrawings([[stroke] for stroke in points], labels, ["me"] * len(labels))


def file_of(path: Path, drawings: LabeledDrawings) -> Path:
    write_drawings(path, drawings)
    return path


def points(drawings: LabeledDrawings) -> list[bytes]:
    return [np.concatenate(strokes).tobytes() for strokes in drawings.drawings]


# Learning


def test_a_new_style_is_learned_and_mnist_is_not_forgotten(known):
    network, notes = checkpoint.load(checkpoint.FOLDER / "digits.keras")
    training, held_out = finetuning_data.hold_out(styles.drawings("eastern", 200, seed=1), seed=1)
    recipe = dataclasses.replace(RECIPE, epochs=8)
    before, after, fitted = finetuning.finetune(network, notes, recipe, known, training, held_out, seed=1)
    assert before.held_out < 0.1
    assert after.held_out > 0.5
    assert after.mnist >= before.mnist - 0.0005
    assert after.synthetic > before.synthetic - 0.01
    # New drawings, end to end.
    others, classifier = styles.drawings("eastern", 100, seed=2), Classifier(network, fitted, "digits")
    answers = [classifier.read_strokes(strokes) for strokes in others.drawings]
    assert np.mean([answer.number == label for answer, label in zip(answers, others.labels, strict=True)]) > 0.5


def test_only_the_last_layer_changes(known, monkeypatch):
    monkeypatch.setattr(finetuning, "MAX_FORGETTING", 1.0)
    network, notes = checkpoint.load(checkpoint.FOLDER / "digits.keras")
    old = [weight.numpy() for weight in network.weights]
    training, held_out = finetuning_data.hold_out(styles.drawings("eastern", 40, seed=1), seed=1)
    recipe = dataclasses.replace(RECIPE, epochs=10)
    finetuning.finetune(network, notes, recipe, few_of(known), training, held_out, seed=1)
    new = [weight.numpy() for weight in network.weights]
    assert [bool((a != b).any()) for a, b in zip(old, new, strict=True)][-2:] == [True, True]
    for a, b in zip(old[:-2], new[:-2], strict=True):
        np.testing.assert_array_equal(a, b)


def few_of(known: Dataset) -> Dataset:
    """About a hundred evenly spaced images of each split."""
    parts = (getattr(known, field.name) for field in dataclasses.fields(known))
    steps = ((part, len(part.labels) // 100) for part in parts)
    return Dataset(*(Split(part.images[::step], part.labels[::step]) for part, step in steps))


def splits_of(recipe: Recipe, known: Dataset) -> Dataset:
    """`few_of(known)` without the synthetic images if the recipe does not use them."""
    splits = few_of(known)
    if recipe.synthetic_per_batch:
        return splits
    return dataclasses.replace(splits, synthetic=None, synthetic_validation=None)


def test_if_every_epoch_forgets_mnist_the_weights_stay_the_same(known, monkeypatch):
    monkeypatch.setattr(finetuning, "MAX_FORGETTING", -1.0)
    network, notes = checkpoint.load(checkpoint.FOLDER / "digits.keras")
    old = network.get_weights()
    training, held_out = finetuning_data.hold_out(styles.drawings("eastern", 40, seed=1), seed=1)
    recipe = dataclasses.replace(RECIPE, epochs=2)
    finetuning.finetune(network, notes, recipe, few_of(known), training, held_out, seed=1)
    for a, b in zip(old, network.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("name", RECIPES)
def test_the_network_of_every_recipe_can_be_fine_tuned(name, known, monkeypatch):
    monkeypatch.setattr(finetuning, "DRAWING_WEIGHTS", (0.5,))
    monkeypatch.setattr(finetuning, "MAX_FORGETTING", 1.0)  # The network is untrained and has nothing to forget.
    recipe = finetuning.finetuning_recipe(RECIPES[name])
    recipe = dataclasses.replace(recipe, epochs=10, batch_size=64, learning_rate=1e-2)
    keras.utils.set_random_seed(1)
    network = recipe.network()
    checkpoint.round_weights(network)
    old = network.get_weights()
    training, held_out = finetuning_data.hold_out(styles.drawings("eastern", 80, seed=1), seed=1)
    splits = splits_of(recipe, known)
    before, after, fitted = finetuning.finetune(network, UNCALIBRATED, recipe, splits, training, held_out, seed=1)
    assert (before.synthetic is None) == (after.synthetic is None) == (splits.synthetic is None)
    assert fitted["test_time_augmentation"] == recipe.test_time_augmentation
    assert (fitted["rejection_threshold"] == 1) == (network.output_shape[-1] == NUM_DIGITS)
    for expected, weights in zip(old[:-2], network.get_weights()[:-2], strict=True):
        np.testing.assert_array_equal(weights, expected)
    # The most probable digit, as the rejection threshold of an untrained network is arbitrary.
    outputs = ForwardPass(network)(finetuning_data.drawing_images(held_out))
    assert np.mean(outputs.argmax(axis=1) == classes_of(held_out.labels)) > 0.5


@pytest.mark.parametrize("name", COMMITTED)
def test_the_committed_checkpoint_of_every_recipe_learns_drawings_and_does_not_forget_mnist(name, known):
    network, notes = checkpoint.load(checkpoint.FOLDER / f"{name}.keras")
    training, held_out = finetuning_data.hold_out(styles.drawings("eastern", 40, seed=1), seed=1)
    recipe = dataclasses.replace(finetuning.finetuning_recipe(RECIPES[name]), epochs=2)
    splits = splits_of(recipe, known)
    before, after, _ = finetuning.finetune(network, notes, recipe, splits, training, held_out, seed=1)
    assert after.mnist >= before.mnist - 0.0005


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
    checkpoint.save(network(), UNCALIBRATED, path)
    before = path.read_bytes()
    file = file_of(tmp_path / "corrections.npz", drawings_of(["7"] * 20))
    with pytest.raises(UserError, match="digits cannot be fine-tuned: its network must be keras.Sequential"):
        finetuning.run(RECIPE, file, tmp_path, None, 1, even_if_worse=False)
    assert path.read_bytes() == before


# Held-out drawings


def test_a_quarter_of_each_label_is_held_out_and_no_drawing_is_in_both_parts():
    drawings = drawings_of(["0"] * 40 + ["7"] * 9 + ["not a digit"] * 4 + ["3"])
    training, held_out = finetuning_data.hold_out(drawings, seed=1)
    assert {label: held_out.labels.count(label) for label in set(drawings.labels)} == {
        "0": 10,
        "7": 2,
        "not a digit": 1,
        "3": 0,
    }
    assert sorted(points(training) + points(held_out)) == sorted(points(drawings))


def test_equal_drawings_are_all_in_the_same_part():
    drawings = drawings_of(["0"] * 12)
    thrice = LabeledDrawings(drawings.drawings * 3, drawings.labels * 3, drawings.writers * 3)
    for seed in range(10):
        training, held_out = finetuning_data.hold_out(thrice, seed)
        assert 6 <= len(held_out) <= 9
        assert not set(points(training)) & set(points(held_out))


def test_the_held_out_drawings_depend_on_the_seed_and_not_on_the_order():
    drawings = drawings_of(["0"] * 40)
    turned = LabeledDrawings(drawings.drawings[::-1], drawings.labels, drawings.writers)
    chosen = set(points(finetuning_data.hold_out(drawings, seed=1)[1]))
    assert set(points(finetuning_data.hold_out(turned, seed=1)[1])) == chosen
    assert set(points(finetuning_data.hold_out(drawings, seed=2)[1])) != chosen


def test_a_file_that_has_grown_holds_out_mostly_the_same_drawings():
    drawings = drawings_of(["0"] * 200)
    first = LabeledDrawings(drawings.drawings[:160], drawings.labels[:160], drawings.writers[:160])
    learned = set(points(finetuning_data.hold_out(first, seed=1)[0]))
    assert len(learned & set(points(finetuning_data.hold_out(drawings, seed=1)[1]))) < 10


def test_few_drawings_get_many_augmented_copies_and_many_get_one():
    few = finetuning_data.augmented_copies(drawings_of(["7"] * 3), seed=1)
    assert few.images.shape == (96, 28, 28) and set(few.labels) == {7}
    assert len({image.tobytes() for image in few.images}) == 96
    assert few.images.min() >= 0 and few.images.max() <= 1
    assert len(finetuning_data.augmented_copies(drawings_of(["7"] * 2_600), seed=1).labels) == 2_600


# Errors


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"held_out": 0.89}, "is not more accurate on the held-out drawings"),
        ({}, "is not more accurate on the held-out drawings"),
        ({"held_out": 0.95, "mnist": 0.9954}, "lost more than 0.05 points of accuracy on MNIST's validation images"),
        ({"held_out": 0.1, "mnist": 0.9}, "is not more accurate .* and lost more"),
    ],
)
def test_a_worse_network_is_an_error_that_names_the_reasons(changed, message):
    with pytest.raises(UserError, match=f"{message}.* Nothing was written"):
        finetuning.check_improvement(GOOD, dataclasses.replace(GOOD, **changed))


def test_mnist_accuracy_may_drop_by_two_validation_images():
    finetuning.check_improvement(GOOD, dataclasses.replace(GOOD, held_out=0.95, mnist=0.9956))


def test_a_worse_network_is_written_only_if_requested(committed, known, monkeypatch, capsys):
    worse = dataclasses.replace(GOOD, held_out=0.5)
    monkeypatch.setattr(finetuning, "finetune", lambda *_: (GOOD, worse, FITTED))
    monkeypatch.setattr(dataset, "load", lambda *_: few_of(known))
    file = file_of(committed / "corrections.npz", drawings_of(["7"] * 20))
    before = (committed / "digits.json").read_bytes()
    with pytest.raises(UserError, match="is not more accurate"):
        finetuning.run(RECIPE, file, committed, None, 1, even_if_worse=False)
    assert (committed / "digits.json").read_bytes() == before
    assert "90.0% before, 50.0% after" in capsys.readouterr().out
    finetuning.run(RECIPE, file, committed, None, 1, even_if_worse=True)
    notes = json.loads((committed / "digits.json").read_text())
    assert notes["finetuning"]["after"] == dataclasses.asdict(worse)
    assert notes["finetuning"]["from"] == json.loads(before)["sha256"]
    # Measurements of the old network are not copied.
    assert notes["temperature"] == 1 and "rejection" not in notes and notes["test"]["count"] == 100
    assert notes["settings"] == json.loads(before)["settings"]
    Classifier.load(committed / "digits.keras")


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
        finetuning.run(RECIPE, file_of(tmp_path / "few.npz", drawings_of(labels)), tmp_path, None, 1, False)


def test_drawings_without_ink_do_not_count(tmp_path):
    blank = LabeledDrawings([[]] * 20 + [[np.zeros((0, 2))]], ["7"] * 21, ["me"] * 21)
    with pytest.raises(UserError, match="too few drawings: of 0"):
        finetuning.run(RECIPE, file_of(tmp_path / "blank.npz", blank), tmp_path, None, 1, False)


def test_a_network_without_a_class_for_non_digits_skips_them(tmp_path, capsys):
    file = file_of(tmp_path / "mixed.npz", drawings_of(["not a digit"] * 30 + ["7"] * 8))
    with pytest.raises(UserError, match="too few drawings: of 8"):
        finetuning.run(finetuning.finetuning_recipe(RECIPES["softmax"]), file, tmp_path, None, 1, False)
    assert "Skipped 30 drawings that are not digits" in capsys.readouterr().out


def test_a_file_that_is_not_a_file_of_drawings_is_an_error(tmp_path):
    (tmp_path / "letter.npz").write_text("Dear diary")
    with pytest.raises(UserError, match="letter.npz is not an .npz file"):
        finetuning.run(RECIPE, tmp_path / "letter.npz", tmp_path, None, 1, False)


# The command


def run(*arguments: object) -> subprocess.CompletedProcess:
    line = [sys.executable, "-u", str(ROOT / "train.py"), *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True, cwd=ROOT, timeout=280)


def test_a_dry_run_with_drawings_runs_every_stage_and_writes_nothing(tmp_path):
    file = file_of(tmp_path / "corrections.npz", styles.drawings("eastern", 40, seed=1))
    done = run("--recipe", "softmax", "--with-drawings", file, "--dry-run", "--output", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "28 drawings for training, 12 held out" in done.stdout
    assert "MNIST's validation images: " in done.stdout and "nothing was written" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["corrections.npz"]


def test_the_command_explains_a_mistake_in_one_sentence(tmp_path, capsys):
    for file, message in [
        (tmp_path / "nowhere.npz", "nowhere.npz is not a file"),
        (file_of(tmp_path / "few.npz", drawings_of(["7"])), "too few drawings: of 1"),
    ]:
        with pytest.raises(SystemExit, match=message):
            train.main(["--with-drawings", str(file), "--output", str(tmp_path)])
    with pytest.raises(SystemExit):
        train.main(["--with-drawings", "corrections.npz", "--resume"])
    assert "omit --resume" in capsys.readouterr().err
