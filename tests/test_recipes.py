"""Every recipe is what its description says, builds, and takes a step."""

import dataclasses

import numpy as np
import pytest

import train
from model.inference import backend

backend.load_tensorflow()

from model.recipes import RECIPES
from model.training import trainer
from model.training.resume import TrainingState

EXPECTED_PARAMETERS = {
    "softmax": 7_850,
    "softmax-tape": 7_850,
    "dense": 407_050,
    "dense-ema": 397_510,
    "dense-mse": 535_818,
    "deep-mnist": 3_274_634,
}


def test_the_eight_recipes_are_there_and_digits_is_the_default():
    assert set(RECIPES) == {*EXPECTED_PARAMETERS, "digits", "quick"}
    assert train.parse([]).recipe == "digits"


@pytest.mark.parametrize("name", EXPECTED_PARAMETERS)
def test_a_tutorials_network_has_the_tutorials_number_of_parameters(name):
    assert RECIPES[name].network().count_params() == EXPECTED_PARAMETERS[name]


def test_digits_is_compact():
    assert RECIPES["digits"].network().count_params() <= 1_000_000


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_trains_a_step_and_leaves_a_network_that_answers(name, few, sources, tmp_path):
    recipe = dataclasses.replace(RECIPES[name], epochs=1, epoch_steps=2)
    journal = TrainingState(tmp_path, {})
    journal.open(resume=False)
    network = trainer.train(recipe, sources(recipe), few, journal, seed=1)
    outputs = trainer.logits(network, few.images)
    assert outputs.shape == (600, 11 if recipe.synthetic_non_digits else 10)
    assert np.isfinite(outputs).all()
    assert outputs.std() > 0  # `softmax` starts at zero everywhere: only a step changes that.


def test_softmax_starts_undecided():
    network = RECIPES["softmax"].network()
    np.testing.assert_array_equal(trainer.logits(network, np.ones((1, 28, 28), np.float32)), np.zeros((1, 10)))


def test_dense_ema_is_judged_by_the_average_of_its_weights(few):
    recipe = RECIPES["dense-ema"]
    network = recipe.network()
    network.compile(recipe.optimizer(0.8, 500, 40), trainer.loss_of(recipe))
    for start in range(0, 600, 100):
        network.train_on_batch(few.images[start : start + 100], few.labels[start : start + 100])
    trained = [weight.numpy() for weight in network.trainable_variables]
    with trainer.averaged_weights(network):
        averaged = [weight.numpy() for weight in network.trainable_variables]
    restored = [weight.numpy() for weight in network.trainable_variables]
    assert all((a != b).any() for a, b in zip(trained, averaged, strict=True))
    assert all((a == b).all() for a, b in zip(trained, restored, strict=True))


def test_squared_error_sums_over_the_classes():
    outputs = np.zeros((2, 10), np.float32)
    outputs[1, 7] = 3
    np.testing.assert_allclose(trainer.squared_error(np.array([0, 7]), outputs), [1, 4])
