"""Every recipe can be trained. A new recipe needs only an entry in `recipes.py`."""

import dataclasses

import numpy as np
import pytest

import train
from model.inference import backend

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.

from model.data import dataset
from model.evaluation import readme_tables
from model.inference.classifier import Classifier
from model.inference.comparison import Comparison
from model.inference.forward_pass import ForwardPass
from model.recipes import RECIPES, Recipe, adam
from model.training import trainer
from model.training.weight_averaging import averaged_weights

TUTORIAL_PARAMETERS = {
    "softmax": 7_850,
    "softmax-tape": 7_850,
    "dense": 407_050,
    "dense-ema": 397_510,
    "dense-mse": 535_818,
    "deep-mnist": 3_274_634,
}


def test_the_six_tutorials_digits_and_quick_are_recipes_and_digits_is_the_default():
    assert set(RECIPES) >= {*TUTORIAL_PARAMETERS, "digits", "quick"}
    assert train.parse([]).recipe == "digits"


def test_a_new_recipe_needs_only_an_entry_in_recipes(few, tmp_path, monkeypatch):
    def network():
        return keras.Sequential([keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10)])

    entry = Recipe("tiny", "a recipe for this test", network, adam, 1e-3, batch_size=100, epochs=2, epoch_steps=3)
    monkeypatch.setitem(RECIPES, entry.name, entry)
    monkeypatch.setattr(dataset, "load", lambda recipe, path: dataset.Dataset(few, few, few))
    train.main(["--recipe", "tiny", "--output", str(tmp_path)])
    assert {path.name for path in tmp_path.iterdir()} >= {"tiny.keras", "tiny.json"}
    classifier = Classifier.load(tmp_path / "tiny.keras")
    assert classifier.notes["recipe"] == "tiny" and classifier.notes["settings"]["epochs"] == 2
    assert [reading.name for reading in Comparison(tmp_path).compare(few.images[0])] == ["tiny"]
    assert "| `tiny` | a recipe for this test |" in readme_tables.recipes(tmp_path)


def test_a_new_recipe_is_listed_and_can_be_tried_with_a_dry_run(few, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(RECIPES, "tiny", dataclasses.replace(RECIPES["softmax"], name="tiny"))
    monkeypatch.setattr(dataset, "load", lambda recipe, path: dataset.Dataset(few, few, few))
    train.main(["--list"])
    assert "tiny" in capsys.readouterr().out
    train.main(["--recipe", "tiny", "--dry-run", "--output", str(tmp_path)])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", TUTORIAL_PARAMETERS)
def test_a_tutorials_network_has_the_tutorials_number_of_parameters(name):
    assert RECIPES[name].network().count_params() == TUTORIAL_PARAMETERS[name]


def test_digits_has_at_most_a_million_parameters():
    assert RECIPES["digits"].network().count_params() <= 1_000_000


def test_softmax_gives_equal_logits_before_training():
    network = RECIPES["softmax"].network()
    np.testing.assert_array_equal(ForwardPass(network)(np.ones((1, 28, 28), np.float32)), np.zeros((1, 10)))


def test_dense_ema_is_validated_with_the_moving_average_of_its_weights(few):
    recipe = RECIPES["dense-ema"]
    network = recipe.network()
    network.compile(recipe.optimizer(0.8, 500, 40), trainer.loss_function(recipe))
    for start in range(0, 600, 100):
        network.train_on_batch(few.images[start : start + 100], few.labels[start : start + 100])
    trained = [weight.numpy() for weight in network.trainable_variables]
    with averaged_weights(network):
        averaged = [weight.numpy() for weight in network.trainable_variables]
    restored = [weight.numpy() for weight in network.trainable_variables]
    assert all((a != b).any() for a, b in zip(trained, averaged, strict=True))
    assert all((a == b).all() for a, b in zip(trained, restored, strict=True))


def test_squared_error_sums_over_the_classes():
    outputs = np.zeros((2, 10), np.float32)
    outputs[1, 7] = 3
    np.testing.assert_allclose(trainer.squared_error(np.array([0, 7]), outputs), [1, 4])
