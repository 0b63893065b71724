"""Training: real digits are learned, and a kill loses nothing but the epoch under way."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from model.inference import backend

backend.load_tensorflow()

from model.classes import CLASS_NOT_DIGIT
from model.data.dataset import Split
from model.errors import UserError
from model.preprocessing import augmentation
from model.recipes import RECIPES
from model.training import trainer
from model.training.resume import TrainingState

ROOT = Path(__file__).parent.parent


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-u", str(ROOT / "train.py"), *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(command(*arguments), capture_output=True, text=True, cwd=ROOT, timeout=240)


def started(folder: Path) -> TrainingState:
    journal = TrainingState(folder, {"seed": 1})
    journal.open(resume=False)
    return journal


def test_softmax_learns_real_digits_in_an_epoch_and_leaves_a_checkpoint_with_its_report(tmp_path):
    done = run("--recipe", "softmax", "--epochs", "1", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    notes = json.loads((tmp_path / "softmax.json").read_text())
    assert notes["test"]["accuracy"] > 0.9
    assert notes["test"]["count"] == 10_000
    assert notes["test"]["interval"][0] < notes["test"]["accuracy"] < notes["test"]["interval"][1]
    assert notes["settings"]["epochs"] == 1 and len(notes["history"]) == 1
    files = {path.name for path in tmp_path.iterdir()}
    assert files == {"softmax.keras", "softmax.json", "softmax-curves.svg", "softmax-confusion.svg"}


def test_a_training_killed_in_the_middle_ends_as_if_it_had_not_been(tmp_path):
    # `dense` has dropout, so that the random state is put to the test, too.
    settings = ("--recipe", "dense", "--epochs", "3", "--batch-size", "500", "--deterministic", "--seed", "7")
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    assert run(*settings, "--output", str(whole)).returncode == 0
    with subprocess.Popen(
        command(*settings, "--output", str(broken)), stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as victim:
        next(line for line in victim.stdout if line.startswith("epoch  1"))
        victim.send_signal(signal.SIGKILL)
    assert not (broken / "dense.keras").exists()
    resumed = run(*settings, "--output", str(broken), "--resume")
    assert resumed.returncode == 0, resumed.stderr
    assert "epoch  1" not in resumed.stdout
    first, second = (json.loads((folder / "dense.json").read_text()) for folder in (whole, broken))
    for same in ("history", "test", "temperature", "sha256"):
        assert first[same] == second[same]


@pytest.mark.parametrize("name", ["digits", "dense-ema", "softmax-tape"])
def test_going_on_after_an_epoch_gives_the_weights_of_a_training_without_a_break(name, few, sources, tmp_path):
    recipe = dataclasses.replace(RECIPES[name], epochs=3, epoch_steps=2, batch_size=100)
    given = sources(recipe)
    whole = trainer.train(recipe, given, few, started(tmp_path / "whole"), seed=1)
    part = dataclasses.replace(recipe, epochs=1)
    if name == "digits":  # Its schedule looks at the number of epochs.
        part = dataclasses.replace(part, optimizer=lambda rate, steps, epochs: recipe.optimizer(rate, steps, 3))
    trainer.train(part, given, few, started(tmp_path / "broken"), seed=1)
    journal = TrainingState(tmp_path / "broken", {"seed": 1})
    journal.open(resume=True)
    resumed = trainer.train(recipe, given, few, journal, seed=1)
    assert journal.progress.epoch == 3
    for expected, weight in zip(whole.weights, resumed.weights, strict=True):
        np.testing.assert_allclose(weight.numpy(), expected.numpy(), atol=2e-4)


def test_going_on_with_other_settings_is_refused(tmp_path):
    started(tmp_path).write(_tiny_network(), {"validation_accuracy": 0.5, "validation_loss": 1.0})
    with pytest.raises(UserError, match="seed was 1 and is now 2"):
        TrainingState(tmp_path, {"seed": 2}).open(resume=True)


def test_going_on_with_nothing_says_so(tmp_path):
    done = run("--recipe", "softmax", "--resume", "--output", str(tmp_path))
    assert done.returncode == 1
    assert "holds no training to go on with" in done.stderr
    assert "Traceback" not in done.stderr


def _tiny_network():
    network = RECIPES["softmax"].network()
    network.compile("sgd", "mse")
    return network


def test_a_kill_while_the_journal_is_written_leaves_the_epoch_before(tmp_path, monkeypatch):
    network, journal = _tiny_network(), started(tmp_path)
    journal.write(network, {"validation_accuracy": 0.5, "validation_loss": 1.0})

    def killed(source, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", killed)
        journal.write(network, {"validation_accuracy": 0.9, "validation_loss": 0.5})
    again = TrainingState(tmp_path, {"seed": 1})
    again.open(resume=True)
    assert again.progress.epoch == again.progress.best_epoch == 1
    again.restore(network)
    again.restore_best(network)


def test_the_best_epoch_by_validation_is_kept_and_patience_ends_a_training(few, tmp_path):
    # At this learning rate nothing is learned after the first epoch's jump.
    recipe = dataclasses.replace(RECIPES["softmax"], learning_rate=1e-12, epochs=50, epoch_steps=1, patience=3)
    journal = started(tmp_path)
    trainer.train(recipe, (few,), few, journal, seed=1)
    accuracies = [figures["validation_accuracy"] for figures in journal.progress.history]
    assert accuracies[journal.progress.best_epoch - 1] == max(accuracies)
    assert journal.progress.epoch == journal.progress.best_epoch + 3 < 50


def test_each_pass_shows_every_image_once_in_an_order_of_its_own(few):
    numbered = Split(few.images, np.arange(600))
    recipe = dataclasses.replace(RECIPES["softmax"], batch_size=64)
    batches = [labels.numpy() for _, labels in trainer.stream((numbered,), recipe, seed=3).take(20)]
    first, second = np.concatenate(batches[:10]), np.concatenate(batches[10:])
    assert sorted(first) == sorted(second) == list(range(600))
    assert (first != second).any()


def test_a_batch_holds_as_much_handwriting_as_the_recipe_says(few):
    written = Split(few.images[:90], np.full(90, CLASS_NOT_DIGIT))
    recipe = dataclasses.replace(RECIPES["digits"], batch_size=100, synthetic_per_batch=30, augmented=False)
    for _, labels in trainer.stream((few, written), recipe, seed=1).take(5):
        assert np.count_nonzero(labels.numpy() == CLASS_NOT_DIGIT) == 30
        assert len(labels) == 100


def test_batches_depend_on_the_seed_and_the_step_alone(few, sources):
    recipe = dataclasses.replace(RECIPES["digits"], batch_size=84)
    given = sources(recipe)
    whole = list(trainer.stream(given, recipe, seed=3).take(25))
    later = list(trainer.stream(given, recipe, seed=3, first_step=22).take(3))
    for (images, labels), (expected_images, expected_labels) in zip(later, whole[22:], strict=True):
        np.testing.assert_array_equal(labels, expected_labels)
        np.testing.assert_array_equal(images, expected_images)
    other = next(iter(trainer.stream(given, recipe, seed=4)))
    assert (np.array(other[0]) != np.array(whole[0][0])).any()


def test_augmentation_without_chance_changes_nothing_and_with_it_stays_between_paper_and_ink(few):
    images = few.images[:100]
    still = augmentation.augment(images, np.zeros((100, augmentation.RANDOM_NUMBERS), np.float32))
    np.testing.assert_allclose(still, images, atol=1e-5)
    chances = np.random.default_rng(1).uniform(-1, 1, (100, augmentation.RANDOM_NUMBERS)).astype(np.float32)
    moved = np.array(augmentation.augment(images, chances))
    assert moved.min() >= 0 and moved.max() <= 1
    assert (np.abs(moved - images).max(axis=(1, 2)) > 0.2).all()


def test_augmentation_shifts_by_up_to_two_pixels_and_paper_comes_in_from_the_edge(few):
    chances = np.zeros((100, augmentation.RANDOM_NUMBERS), np.float32)
    chances[:, 5] = 1
    chances[:, 6] = -1
    moved = np.array(augmentation.augment(few.images[:100], chances))
    expected = np.zeros_like(moved)
    expected[:, 2:, :-2] = few.images[:100, :-2, 2:]
    np.testing.assert_allclose(moved, expected, atol=1e-5)


def test_augmentation_breaks_and_blurs_strokes_now_and_then(few):
    images, chances = few.images[:100], np.zeros((100, augmentation.RANDOM_NUMBERS), np.float32)
    chances[:, 10] = 1  # A hole in the middle.
    broken = np.array(augmentation.augment(images, chances))
    np.testing.assert_allclose(broken[:, 13:15, 13:15], 0, atol=1e-6)
    np.testing.assert_allclose(broken[:, :10], images[:, :10], atol=1e-5)
    chances[:, 10], chances[:, 7] = 0, 1
    blurred = np.array(augmentation.augment(images, chances))
    # Ink spreads and pales; blank paper stays blank.
    assert (blurred.max(axis=(1, 2)) <= images.max(axis=(1, 2))).all()
    assert ((blurred > 0).sum(axis=(1, 2)) > (images > 0).sum(axis=(1, 2))).all()


@pytest.mark.parametrize("recipe", ["softmax", "digits"])
def test_a_dry_run_goes_through_everything_and_writes_nothing(recipe, tmp_path):
    done = run("--recipe", recipe, "--dry-run", "--output", str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "nothing was written" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (("--recipe", "resnet"), "there is no recipe “resnet”"),
        (("--recipe", "softmax", "--data", "nowhere.npz"), "nowhere.npz does not exist"),
        (("--epochs", "0"), "0 is not above 0"),
        (("--learning-rate", "nan"), "nan is not above 0"),
    ],
)
def test_a_users_mistake_gets_a_sentence(arguments, sentence):
    done = run(*arguments)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_several_devices_share_the_batches():
    """Two logical CPUs stand in for two GPUs; in a process of its own, as devices are fixed at start-up."""
    script = """
import dataclasses, sys, tempfile, pathlib
from model import backend
tf = backend.load_tensorflow()
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2)
import numpy as np
from model import corpus, training
from model.recipes import RECIPES
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
trainer.distribution = lambda: strategy
rng = np.random.default_rng(1)
data = Split(rng.random((64, 28, 28), np.float32), rng.integers(0, 10, 64))
recipe = dataclasses.replace(RECIPES["digits"], epochs=1, epoch_steps=2, batch_size=16, synthetic_per_batch=6)
journal = TrainingState(pathlib.Path(tempfile.mkdtemp()), {})
journal.open(resume=False)
network = trainer.train(recipe, (data, data), data, journal, seed=1)
print("replicas", strategy.num_replicas_in_sync, "variable of", type(network.trainable_variables[0].value).__name__)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=240)
    assert done.returncode == 0, done.stderr
    assert "replicas 2 variable of MirroredVariable" in done.stdout
