"""Every committed checkpoint reproduces the metrics in the checkpoint's JSON.

If a checkpoint is damaged, the error message says what to do.
"""

import json
import os
import zipfile

import numpy as np
import pytest

from model.errors import UserError
from model.inference import backend, checkpoint

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.

from model.data import dataset
from model.data.dataset import Split
from model.data.mnist import Examples
from model.evaluation import metrics
from model.inference.classifier import Classifier
from model.recipes import RECIPES
from tests.helpers.recipes import slow_if_large

MIN_ACCURACY = {
    "digits": 0.9965,  # The target, 99.7 %, is for the mean of three seeds.
    "quick": 0.99,
    "softmax": 0.92,
    "softmax-tape": 0.92,
    "dense": 0.98,
    "dense-ema": 0.983,
    "deep-mnist": 0.991,
}
COMMITTED = sorted(path.stem for path in checkpoint.FOLDER.glob("*.keras"))
NOTES = {"temperature": 1.0, "confidence_threshold": 0.9, "rejection_threshold": 1.0}


@pytest.fixture(scope="module")
def splits(mnist):
    """A dict of normalized splits of MNIST. Keys: "test", and the size of each recipe's validation split."""
    sizes = {recipe.validation for recipe in RECIPES.values()}
    images, labels = (
        np.concatenate([getattr(split, part) for split in (mnist.train, mnist.validation)])[-max(sizes) :]
        for part in ("images", "labels")
    )
    longest = dataset.normalize_mnist(Examples(images, labels))
    splits = {size: Split(longest.images[-size:], longest.labels[-size:]) for size in sizes}
    return splits | {"test": dataset.normalize_mnist(mnist.test)}


@pytest.mark.parametrize("name", slow_if_large(COMMITTED))
def test_a_committed_checkpoint_reproduces_the_metrics_in_its_json(name, splits):
    classifier = Classifier.load(checkpoint.FOLDER / f"{name}.keras")
    for part, split in {"test": splits["test"], "validation": splits[RECIPES[name].validation]}.items():
        stored = classifier.notes[part]
        probabilities = classifier.predict(split.images).digits
        measured = metrics.classification_metrics(probabilities, split.labels)
        measured |= metrics.accuracy_without_augmentation(classifier, split.images, split.labels)
        # Accept small differences: the metrics in the JSON may come from a processor that rounds differently from this
        # processor. A different rounding can change the predicted class of an image.
        assert measured["count"] == stored["count"] == len(split.labels)
        for key in ("accuracy", "without_augmentation"):
            assert (key in measured) == (key in stored)
            if key in stored:
                assert abs(measured[key] - stored[key]) * stored["count"] < 2.5
        assert np.abs(np.subtract(measured["confusion"], stored["confusion"])).sum() <= 4
        assert measured["calibration_error"] == pytest.approx(stored["calibration_error"], abs=5e-4)
        if "reliability" in stored:
            check_reliability(measured["reliability"], stored["reliability"])
    assert classifier.notes["test"]["accuracy"] >= MIN_ACCURACY.get(name, 0)


def check_reliability(measured: dict, stored: dict) -> None:
    assert np.abs(np.subtract(measured["count"], stored["count"])).sum() <= 4
    weights = np.array(stored["count"]) / sum(stored["count"])
    for key in ("confidence", "accuracy"):
        differences = np.subtract(*(np.array(part[key], float) for part in (measured, stored)))
        assert np.nansum(np.abs(differences) * weights) < 5e-4


@pytest.mark.parametrize("name", COMMITTED)
def test_a_committed_checkpoint_is_small_and_was_trained_with_the_settings_of_its_recipe(name):
    path = checkpoint.FOLDER / f"{name}.keras"
    assert path.stat().st_size < 9_500_000
    notes, recipe = checkpoint.load_notes(path), RECIPES[name]
    for setting in ("epochs", "batch_size", "learning_rate", "epoch_steps", "validation"):
        assert notes["settings"][setting] == getattr(recipe, setting)
    assert notes.get("test_time_augmentation", False) == recipe.test_time_augmentation


@pytest.mark.parametrize("name", COMMITTED)
def test_the_metrics_in_a_committed_json_are_consistent(name):
    notes = checkpoint.load_notes(checkpoint.FOLDER / f"{name}.keras")
    for part, count in (("test", 10_000), ("validation", notes["settings"]["validation"])):
        confusion = np.array(notes[part]["confusion"])
        assert confusion.sum() == notes[part]["count"] == count
        assert np.trace(confusion) == round(notes[part]["accuracy"] * count)
        np.testing.assert_allclose(notes[part]["per_class"], np.diag(confusion) / confusion.sum(axis=1))


@pytest.fixture
def saved(tmp_path):
    """The path of a small checkpoint in a temporary folder."""
    path = tmp_path / "softmax.keras"
    network = RECIPES["softmax"].network()
    network.layers[-1].kernel.assign(np.random.default_rng(1).normal(size=(784, 10)))
    checkpoint.round_weights(network)
    checkpoint.save(network, NOTES, path)
    return path


def test_loading_gives_what_was_saved(saved):
    expected = np.random.default_rng(1).normal(size=(784, 10)).astype(np.float16)
    network, notes = checkpoint.load(saved)
    np.testing.assert_array_equal(network.layers[-1].kernel.numpy(), expected)
    assert notes["temperature"] == 1.0
    assert notes["bytes"] == saved.stat().st_size
    assert sorted(path.name for path in saved.parent.iterdir()) == ["softmax.json", "softmax.keras"]


def test_equal_weights_give_equal_files(saved, tmp_path):
    network, _ = checkpoint.load(saved)
    checkpoint.save(network, NOTES, tmp_path / "again" / "softmax.keras")
    assert json.loads((tmp_path / "again" / "softmax.json").read_text()) == json.loads(
        saved.with_suffix(".json").read_text()
    )


def test_a_failed_save_keeps_the_old_checkpoint(saved, monkeypatch):
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


def _garble_notes(path):
    path.with_suffix(".json").write_text("{")


def _remove_notes(path):
    path.with_suffix(".json").unlink()


def _another_network(path):
    network = keras.Sequential([keras.Input((5,)), keras.layers.Dense(2)])
    checkpoint.save(network, NOTES, path)


def _not_an_archive(path):
    path.write_text("hello")
    _write_notes(path)


def _write_notes(path):
    """Write a JSON with the correct SHA-256 for a checkpoint that `checkpoint.save` did not write."""
    path.with_suffix(".json").write_text(json.dumps(NOTES | {"sha256": checkpoint._sha256(path)}))


@pytest.mark.parametrize(
    "damage, sentence",
    [
        (_remove, "does not exist"),
        (_truncate, "is not the file that softmax.json describes"),
        (_swap_notes, "has no entry 'temperature'; another version of this project wrote it"),
        (_garble_notes, "is damaged"),
        (_remove_notes, "does not exist"),
        (_another_network, "expected (None, 28, 28) and (None, 10)"),
        (_not_an_archive, "is damaged or not a Keras checkpoint"),
    ],
)
def test_the_error_for_a_damaged_checkpoint_names_the_file_and_the_command_that_makes_it(saved, damage, sentence):
    damage(saved)
    with pytest.raises(UserError) as error:
        Classifier.load(saved)
    message = str(error.value)
    assert sentence in message
    assert "softmax." in message
    assert "python train.py --recipe softmax" in message


def test_code_in_a_checkpoint_is_not_run(tmp_path):
    """A Lambda layer can contain any Python function. Keras's safe mode rejects Lambda layers."""
    path = tmp_path / "softmax.keras"
    layers = [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: x[:, :10])]
    keras.Sequential(layers).save(path)
    _write_notes(path)
    with pytest.raises(UserError, match="damaged or not a Keras checkpoint"):
        checkpoint.load(path)


def test_each_file_is_replaced_in_one_step(saved, monkeypatch):
    replaced = []
    original = os.replace
    monkeypatch.setattr(os, "replace", lambda source, target: (replaced.append(target.name), original(source, target)))
    checkpoint.save(RECIPES["softmax"].network(), NOTES, saved)
    assert replaced == ["softmax.keras", "softmax.json"]
