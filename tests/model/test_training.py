"""Training: every recipe trains, resuming is exact, batches depend on the seed alone, and digits stay readable."""

import dataclasses
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from model.inference import backend

backend.load_tensorflow()

from model.classes import CLASS_NOT_DIGIT
from model.data.dataset import Split
from model.errors import UserError
from model.inference.forward_pass import ForwardPass
from model.preprocessing import augmentation
from model.recipes import RECIPES
from model.training import trainer
from model.training.resume import TrainingState
from tests.helpers.recipes import slow_if_large


def started(folder: Path) -> TrainingState:
    state = TrainingState(folder, {"seed": 1})
    state.open(resume=False)
    return state


@pytest.mark.parametrize("name", slow_if_large(RECIPES))
def test_every_recipe_trains_and_gives_finite_logits(name, trained, few):
    recipe, network = trained(name).recipe, trained(name).network
    outputs = ForwardPass(network)(few.images)
    assert outputs.shape == (600, 12 if recipe.synthetic_non_digits else 10)
    assert np.isfinite(outputs).all()
    assert outputs.std() > 0  # Without any training, all logits of `softmax` would be 0.


@pytest.mark.parametrize("name", slow_if_large(RECIPES))
def test_resuming_after_an_epoch_gives_the_weights_of_an_uninterrupted_training(name, trained, few, sources, tmp_path):
    complete = trained(name)
    shutil.copytree(complete.after_first_epoch, tmp_path, dirs_exist_ok=True)
    state = TrainingState(tmp_path, {"seed": 1})
    state.open(resume=True)
    assert state.progress.epoch == 1
    resumed = trainer.train(complete.recipe, sources(complete.recipe), few, state, seed=1)
    assert state.progress.epoch == 3
    for expected, weight in zip(complete.network.weights, resumed.weights, strict=True):
        np.testing.assert_allclose(weight.numpy(), expected.numpy(), atol=2e-4)


def test_resuming_with_other_settings_is_an_error(tmp_path):
    started(tmp_path).write(_tiny_network(), {"validation_accuracy": 0.5, "validation_loss": 1.0})
    with pytest.raises(UserError, match="seed was 1 and is now 2"):
        TrainingState(tmp_path, {"seed": 2}).open(resume=True)


def _tiny_network():
    network = RECIPES["softmax"].network()
    network.compile("sgd", "mse")
    return network


def test_a_kill_while_the_state_is_written_keeps_the_previous_epoch(tmp_path, monkeypatch):
    network, state = _tiny_network(), started(tmp_path)
    state.write(network, {"validation_accuracy": 0.5, "validation_loss": 1.0})

    def killed(source, target):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(os, "replace", killed)
        state.write(network, {"validation_accuracy": 0.9, "validation_loss": 0.5})
    again = TrainingState(tmp_path, {"seed": 1})
    again.open(resume=True)
    assert again.progress.epoch == again.progress.best_epoch == 1
    again.restore(network)
    again.restore_best(network)


def test_a_full_disk_is_an_error_that_keeps_the_previous_epoch(tmp_path, monkeypatch):
    network, state = _tiny_network(), started(tmp_path)
    state.write(network, {"validation_accuracy": 0.5, "validation_loss": 1.0})

    def write(path: Path, content: memoryview) -> None:
        path.write_text("part of the content")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch, pytest.raises(UserError, match="No space left on device.* --output"):
        patch.setattr(Path, "write_bytes", write)
        state.write(network, {"validation_accuracy": 0.9, "validation_loss": 0.5})
    again = TrainingState(tmp_path, {"seed": 1})
    again.open(resume=True)
    assert again.progress.epoch == 1
    assert {path.name for path in tmp_path.iterdir()} == {
        "progress.json",
        "best-001.weights.h5",
        "state-001.weights.h5",
    }


def test_the_best_epoch_on_validation_is_kept_and_patience_ends_the_training(few, tmp_path):
    # With this very low learning rate, the weights hardly change. Therefore no epoch is better than the first epoch.
    recipe = dataclasses.replace(RECIPES["softmax"], learning_rate=1e-12, epochs=50, epoch_steps=1, patience=3)
    state = started(tmp_path)
    trainer.train(recipe, (few,), few, state, seed=1)
    accuracies = [metrics["validation_accuracy"] for metrics in state.progress.history]
    assert accuracies[state.progress.best_epoch - 1] == max(accuracies)
    assert state.progress.epoch == state.progress.best_epoch + 3 < 50


def test_each_pass_contains_every_image_once_in_a_new_order(few):
    numbered = Split(few.images, np.arange(600))
    recipe = dataclasses.replace(RECIPES["softmax"], batch_size=64)
    batches = [labels.numpy() for _, labels in trainer.training_batches((numbered,), recipe, seed=3).take(20)]
    first, second = np.concatenate(batches[:10]), np.concatenate(batches[10:])
    assert sorted(first) == sorted(second) == list(range(600))
    assert (first != second).any()


def test_a_batch_holds_as_many_synthetic_images_as_the_recipe_says(few):
    synthetic = Split(few.images[:90], np.full(90, CLASS_NOT_DIGIT))
    recipe = dataclasses.replace(RECIPES["digits"], batch_size=100, synthetic_per_batch=30, augmented=False)
    for _, labels in trainer.training_batches((few, synthetic), recipe, seed=1).take(5):
        assert np.count_nonzero(labels.numpy() == CLASS_NOT_DIGIT) == 30
        assert len(labels) == 100


def test_batches_depend_only_on_the_seed_and_the_step(few, sources):
    recipe = dataclasses.replace(RECIPES["digits"], batch_size=84)
    given = sources(recipe)
    whole = list(trainer.training_batches(given, recipe, seed=3).take(25))
    later = list(trainer.training_batches(given, recipe, seed=3, first_step=22).take(3))
    for (images, labels), (expected_images, expected_labels) in zip(later, whole[22:], strict=True):
        np.testing.assert_array_equal(labels, expected_labels)
        np.testing.assert_array_equal(images, expected_images)
    other = next(iter(trainer.training_batches(given, recipe, seed=4)))
    assert (np.array(other[0]) != np.array(whole[0][0])).any()


def test_augmentation_with_zeros_changes_nothing_and_with_random_numbers_stays_between_0_and_1(few):
    images = few.images[:100]
    unchanged = augmentation.augment(images, np.zeros((100, augmentation.RANDOM_NUMBERS), np.float32))
    np.testing.assert_allclose(unchanged, images, atol=1e-5)
    random_numbers = np.random.default_rng(1).uniform(-1, 1, (100, augmentation.RANDOM_NUMBERS)).astype(np.float32)
    moved = np.array(augmentation.augment(images, random_numbers))
    assert moved.min() >= 0 and moved.max() <= 1
    assert (np.abs(moved - images).max(axis=(1, 2)) > 0.2).all()


def test_augmentation_shifts_by_up_to_two_pixels_and_fills_the_edge_with_paper(few):
    random_numbers = np.zeros((100, augmentation.RANDOM_NUMBERS), np.float32)
    random_numbers[:, 5] = 1
    random_numbers[:, 6] = -1
    moved = np.array(augmentation.augment(few.images[:100], random_numbers))
    expected = np.zeros_like(moved)
    expected[:, 2:, :-2] = few.images[:100, :-2, 2:]
    np.testing.assert_allclose(moved, expected, atol=1e-5)


def test_augmentation_breaks_and_blurs_strokes(few):
    images, random_numbers = few.images[:100], np.zeros((100, augmentation.RANDOM_NUMBERS), np.float32)
    random_numbers[:, 10] = 1  # Break the strokes in the center of the image.
    broken = np.array(augmentation.augment(images, random_numbers))
    np.testing.assert_allclose(broken[:, 13:15, 13:15], 0, atol=1e-6)
    np.testing.assert_allclose(broken[:, :10], images[:, :10], atol=1e-5)
    random_numbers[:, 10], random_numbers[:, 7] = 0, 1
    blurred = np.array(augmentation.augment(images, random_numbers))
    # Blurring spreads the ink over more pixels and makes it fainter.
    assert (blurred.max(axis=(1, 2)) <= images.max(axis=(1, 2))).all()
    assert ((blurred > 0).sum(axis=(1, 2)) > (images > 0).sum(axis=(1, 2))).all()
