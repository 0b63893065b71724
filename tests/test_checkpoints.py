"""The committed checkpoints are what their JSON says, and a bad one is refused in words."""

import json
import os
import zipfile

import numpy as np
import pytest

from model.data import mnist
from model.errors import UserError
from model.inference import backend, checkpoint
from model.preprocessing import normalization

backend.load_tensorflow()

import keras  # noqa: E402  TensorFlow first, quietly.

from model.inference.classifier import Classifier
from model.recipes import RECIPES

PROMISED = {
    "digits": 0.997,
    "quick": 0.99,
    "softmax": 0.92,
    "softmax-tape": 0.92,
    "dense": 0.98,
    "dense-ema": 0.983,
    "deep-mnist": 0.991,
}
NOTES = {"temperature": 1.0, "confidence_threshold": 0.9, "rejection_threshold": 1.0}


@pytest.fixture(scope="module")
def test_part():
    part = mnist.load().test
    return normalization.normalize_all(part.images / np.float32(255)), part.labels


@pytest.mark.parametrize("name", RECIPES)
def test_a_committed_checkpoint_reproduces_the_accuracy_in_its_json(name, test_part):
    images, labels = test_part
    classifier = Classifier.load(checkpoint.FOLDER / f"{name}.keras")
    right = np.sum(classifier.probabilities(images).argmax(axis=1) == labels)
    # Another processor rounds differently: two of the 10,000 images may lie on a border.
    assert abs(right - 10_000 * classifier.notes["test"]["accuracy"]) <= 2
    assert classifier.notes["test"]["accuracy"] >= PROMISED.get(name, 0)


@pytest.mark.parametrize("name", RECIPES)
def test_a_committed_checkpoint_is_small_and_was_trained_with_the_recipes_own_settings(name):
    path = checkpoint.FOLDER / f"{name}.keras"
    assert path.stat().st_size < 9_500_000
    notes, recipe = checkpoint.load_notes(path), RECIPES[name]
    for setting in ("epochs", "batch_size", "learning_rate", "epoch_steps", "validation"):
        assert notes["settings"][setting] == getattr(recipe, setting)
    assert notes.get("test_time_augmentation", False) == recipe.augmented


@pytest.mark.parametrize("name", RECIPES)
def test_a_committed_json_adds_up(name):
    notes = checkpoint.load_notes(checkpoint.FOLDER / f"{name}.keras")
    for part, count in (("test", 10_000), ("validation", notes["settings"]["validation"])):
        confusion = np.array(notes[part]["confusion"])
        assert confusion.sum() == notes[part]["count"] == count
        assert np.trace(confusion) == round(notes[part]["accuracy"] * count)
        np.testing.assert_allclose(notes[part]["per_class"], np.diag(confusion) / confusion.sum(axis=1))


@pytest.fixture
def saved(tmp_path):
    """A small checkpoint in a folder of its own."""
    path = tmp_path / "softmax.keras"
    network = RECIPES["softmax"].network()
    network.layers[-1].kernel.assign(np.random.default_rng(1).normal(size=(784, 10)))
    checkpoint.round_weights(network)
    checkpoint.save(network, NOTES, path)
    return path


def test_what_is_saved_is_what_is_loaded(saved):
    expected = np.random.default_rng(1).normal(size=(784, 10)).astype(np.float16)
    network, notes = checkpoint.load(saved)
    np.testing.assert_array_equal(network.layers[-1].kernel.numpy(), expected)
    assert notes["temperature"] == 1.0
    assert notes["bytes"] == saved.stat().st_size
    assert sorted(path.name for path in saved.parent.iterdir()) == ["softmax.json", "softmax.keras"]


def test_equal_weights_give_an_equal_file(saved, tmp_path):
    network, _ = checkpoint.load(saved)
    checkpoint.save(network, NOTES, tmp_path / "again" / "softmax.keras")
    assert json.loads((tmp_path / "again" / "softmax.json").read_text()) == json.loads(
        saved.with_suffix(".json").read_text()
    )


def test_a_save_that_breaks_off_leaves_the_old_checkpoint(saved, monkeypatch):
    before = saved.read_bytes()

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(OSError):
        checkpoint.save(RECIPES["softmax"].network(), NOTES, saved)
    monkeypatch.undo()
    assert saved.read_bytes() == before
    checkpoint.load(saved)
    assert sorted(path.name for path in saved.parent.iterdir()) == ["softmax.json", "softmax.keras"]


def _remove(path):
    path.unlink()


def _truncate(path):
    path.write_bytes(path.read_bytes()[:1000])


def _swap_notes(path):
    path.with_suffix(".json").write_text("{}")


def _remove_notes(path):
    path.with_suffix(".json").unlink()


def _another_network(path):
    network = keras.Sequential([keras.Input((5,)), keras.layers.Dense(2)])
    checkpoint.save(network, NOTES, path)


def _no_archive(path):
    path.write_text("hello")
    _write_notes(path)


def _write_notes(path):
    """Notes that fit a file which `checkpoint.save` did not write."""
    path.with_suffix(".json").write_text(json.dumps(NOTES | {"sha256": checkpoint._sha256(path)}))


@pytest.mark.parametrize(
    "spoil, sentence",
    [
        (_remove, "does not exist"),
        (_truncate, "is not the file that softmax.json describes"),
        (_swap_notes, "is damaged"),
        (_remove_notes, "does not exist"),
        (_another_network, "expected (None, 28, 28) and (None, 10)"),
        (_no_archive, "is damaged or no Keras checkpoint"),
    ],
)
def test_a_bad_checkpoint_is_refused_with_its_file_and_the_command_that_makes_it(saved, spoil, sentence):
    spoil(saved)
    with pytest.raises(UserError) as refusal:
        Classifier.load(saved)
    message = str(refusal.value)
    assert sentence in message
    assert "softmax." in message
    assert "python train.py --recipe softmax" in message


def test_a_checkpoint_that_carries_code_is_not_run(tmp_path):
    """Safe mode: a Lambda layer may hold any Python function."""
    path = tmp_path / "softmax.keras"
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: x[:, :10])]
    keras.Sequential(layers).save(path)
    _write_notes(path)
    with pytest.raises(UserError, match="damaged or no Keras checkpoint"):
        checkpoint.load(path)


def test_replacing_is_one_step_for_each_file(saved, monkeypatch):
    replaced = []
    original = os.replace
    monkeypatch.setattr(os, "replace", lambda source, target: (replaced.append(target.name), original(source, target)))
    checkpoint.save(RECIPES["softmax"].network(), NOTES, saved)
    assert replaced == ["softmax.keras", "softmax.json"]
