"""Activations: they are those of Keras's layers, the ledger adds up to the logits, and silenced maps have no effect."""

import json

import numpy as np
import pytest

from model.errors import InputError
from model.inference import backend, checkpoint, cutouts, feature_maps

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.
from keras import layers

from model.data import dataset
from model.data.mnist import Examples
from model.inference.activations import Activations
from model.recipes import RECIPES

BLANK = np.zeros((28, 28), np.float32)
CHECKPOINTS = {name: checkpoint.FOLDER / f"{name}.keras" for name in RECIPES}


@pytest.fixture(scope="module")
def images(mnist):
    """100 normalized images of MNIST's test data."""
    return dataset.normalize_mnist(Examples(mnist.test.images[:100], mnist.test.labels[:100])).images


@pytest.fixture(scope="module")
def opened():
    """opened(name): the network of a recipe's checkpoint, and its activations."""
    found = {}

    def opened(name: str) -> tuple[keras.Model, Activations]:
        if name not in found:
            network, notes = checkpoint.load(CHECKPOINTS[name])
            found[name] = network, Activations(network, CHECKPOINTS[name], notes["sha256"])
        return found[name]

    return opened


def ends_of_blocks(network: keras.Sequential) -> list[layers.Layer]:
    """Return the layers with the outputs to show: the ReLU after each convolution, and each hidden dense layer."""
    ends = []
    for index, layer in enumerate(network.layers[:-1]):
        if isinstance(layer, layers.Dense) or (isinstance(layer, layers.Conv2D) and layer.use_bias):
            ends.append(layer)  # The activation is a part of the layer.
        elif isinstance(layer, layers.Conv2D):
            ends.append(next(each for each in network.layers[index:] if isinstance(each, layers.ReLU)))
    return ends


@pytest.mark.parametrize("name", RECIPES)
def test_activations_are_the_outputs_of_keras_layers_less_those_of_the_empty_pad(name, opened, images):
    network, inside = opened(name)
    ends = ends_of_blocks(network)
    changes = inside.changes(images[:5])
    if not ends:  # A linear network: the products of its weights and the pixels.
        weights = network.layers[-1].kernel.numpy().reshape(28, 28, 10)
        np.testing.assert_allclose(changes[0], images[:5, :, :, None] * weights, atol=1e-6)
        return
    reference = keras.Model(network.inputs[0], [layer.output for layer in ends])
    values, empty = (keras.tree.flatten(reference(x, training=False)) for x in (images[:5], BLANK[None]))
    assert len(changes) == len(ends) == len(inside.layers)
    for change, value, of_empty in zip(changes, values, empty, strict=True):
        np.testing.assert_allclose(change.reshape(value.shape), np.array(value) - np.array(of_empty), atol=1e-5)


def test_digits_has_six_layers_with_windows_that_grow_and_softmax_has_one_map_for_each_digit(opened):
    of_digits = opened("digits")[1].layers
    assert [layer.shape for layer in of_digits] == [(14, 14, 32)] + [(14, 14, 64)] * 3 + [(7, 7, 128)] * 2
    assert [layer.window[0] for layer in of_digits] == [5, 9, 13, 17, 27, 35]
    assert {len(layer.chosen.maps) for layer in of_digits} == {12}
    [products] = opened("softmax")[1].layers
    assert (products.kind, products.shape, products.chosen.maps) == ("products", (28, 28, 10), tuple(range(10)))
    assert [layer.kind for layer in opened("deep-mnist")[1].layers] == ["maps", "maps", "units"]
    [units] = opened("dense")[1].layers
    np.testing.assert_array_equal(units.weights.reshape(784, -1), opened("dense")[0].layers[1].kernel)


@pytest.mark.parametrize("name", ["digits", "quick", "deep-mnist"])
def test_ink_outside_of_its_window_does_not_change_a_cell(name, opened, images):
    inside = opened(name)[1]
    for layer in (layer for layer in inside.layers if layer.window and layer.window[0] < 20):
        (size, step, start), cell = layer.window, 2
        first = int(start + step * cell - (size - 1) / 2)
        seen = slice(max(first, 0), first + size)
        cut = np.zeros_like(images[0])
        cut[seen, seen] = images[0][seen, seen]
        whole, part = (inside.of(image)[1][inside.layers.index(layer)][cell, cell] for image in (images[0], cut))
        np.testing.assert_allclose(part, whole, atol=1e-5)


@pytest.mark.parametrize("name", RECIPES)
def test_the_ledger_adds_up_to_the_logits_of_100_images(name, opened, images):
    network, inside = opened(name)
    logits, changes = np.array(network(images, training=False)), inside.changes(images)
    for i in range(len(images)):
        ledger = inside.ledger([of_layer[i] for of_layer in changes])
        np.testing.assert_allclose(ledger.empty + ledger.contributions.sum(axis=1), logits[i], atol=1e-4)


def test_the_logits_are_those_of_the_forward_pass_and_changes_of_the_empty_pad_are_0(opened, images, classifier):
    inside = opened("digits")[1]
    for image in images[:3]:
        np.testing.assert_allclose(inside.of(image)[0], classifier.logits.single_view(image[None])[0], atol=1e-5)
    assert not any(change.any() for change in inside.of(BLANK)[1])


@pytest.mark.parametrize(
    "name, silenced", [("digits", (0, 5)), ("digits", (3, 40)), ("digits", (5, 99)), ("dense", (0, 7))]
)
def test_silencing_equals_a_network_with_the_map_of_the_empty_pad(name, silenced, opened, images):
    network, inside = opened(name)
    layer, index = silenced
    end = network.layers.index(ends_of_blocks(network)[layer]) + 1

    def through(parts: list[layers.Layer], values) -> np.ndarray:
        for part in parts:
            values = part(values, training=False) if isinstance(part, layers.Dropout) else part(values)
        return np.array(values)

    value, empty = (through(network.layers[:end], image[None]) for image in (images[0], BLANK))
    value[..., index] = empty[..., index]
    expected = through(network.layers[end:], value)[0]
    logits, changes = inside.of(images[0], [silenced])
    np.testing.assert_allclose(logits, expected, atol=1e-4)
    np.testing.assert_allclose(inside.logits(images[:1], [silenced])[0], expected, atol=1e-4)
    assert not changes[layer][..., index].any()


def test_silencing_a_map_of_the_last_layer_takes_its_line_from_the_ledger(opened, images):
    inside = opened("digits")[1]
    logits, changes = inside.of(images[0])
    ledger, answer = inside.ledger(changes), int(logits.argmax())
    strongest = ledger.strongest(answer)
    assert len(set(strongest)) == 5
    without, _ = inside.of(images[0], [(5, index) for index in strongest])
    np.testing.assert_allclose(without, logits - ledger.contributions[:, strongest].sum(axis=1), atol=1e-4)
    lead = logits - np.delete(logits, answer).mean()
    assert (without - np.delete(without, answer).mean())[answer] < lead[answer] - 1


@pytest.mark.parametrize(
    "name, silenced, sentence",
    [
        ("digits", (6, 0), "expected 0 to 5"),
        ("digits", (0, 32), "expected 0 to 31"),
        ("softmax", (0, 0), "nothing can be silenced"),
    ],
)
def test_a_map_that_does_not_exist_cannot_be_silenced(name, silenced, sentence, opened):
    with pytest.raises(InputError, match=sentence):
        opened(name)[1].of(BLANK, [silenced])


# --- networks that are no recipes


def functional(body) -> keras.Model:
    inputs = keras.Input((28, 28))
    return keras.Model(inputs, body(layers.Reshape((28, 28, 1))(inputs)))


def residual_in_another_model(values):
    inner_inputs = keras.Input((28, 28, 1))
    first = layers.Conv2D(6, 3, padding="same", activation="gelu", name="first")(inner_inputs)
    second = layers.BatchNormalization()(layers.Conv2D(6, 3, padding="same", name="second")(first))
    inner = keras.Model(inner_inputs, layers.ReLU()(layers.Add()([first, second])))
    rest = keras.Sequential([keras.Input((28, 28, 6)), layers.GlobalAveragePooling2D()])
    return layers.Dense(10)(layers.Dropout(0.5)(rest(inner(values))))


def test_a_functional_model_with_models_in_it_shows_its_convolutions(images):
    inside = Activations(network := functional(residual_in_another_model))
    assert [(layer.name, layer.shape) for layer in inside.layers] == [("first", (28, 28, 6)), ("second", (28, 28, 6))]
    assert [layer.window for layer in inside.layers] == [(3, 1, 0.0), (5, 1, 0.0)]
    assert not inside.is_measured
    inner = next(layer for layer in network.layers if isinstance(layer, keras.Model))
    first = keras.Model(inner.inputs[0], inner.get_layer("first").output)
    expected = np.array(first(images[:1, :, :, None])) - np.array(first(BLANK[None, :, :, None]))
    logits, changes = inside.of(images[0])
    np.testing.assert_allclose(changes[0], expected[0], atol=1e-5)
    np.testing.assert_allclose(logits, network(images[:1], training=False)[0], atol=1e-5)
    # A ReLU is between the last convolution and the logits.
    assert inside.ledger(changes) is None


def test_a_network_that_ends_in_a_convolution_has_a_ledger_over_its_maps(images):
    network = functional(lambda values: layers.GlobalAveragePooling2D()(layers.Conv2D(10, 5, name="last")(values)))
    inside = Activations(network)
    logits, changes = inside.of(images[0])
    ledger = inside.ledger(changes)
    np.testing.assert_allclose(ledger.empty + ledger.contributions.sum(axis=1), logits, atol=1e-4)
    assert [layer.name for layer in inside.layers] == ["last"]


def test_a_model_that_ends_in_a_softmax_has_a_ledger_of_logits_less_their_mean(images):
    def body(values):
        hidden = layers.Dense(20, activation="relu")(layers.Flatten()(layers.Rescaling(255.0)(values)))
        return keras.ops.log(layers.Dense(10, activation="softmax", kernel_initializer="zeros")(hidden))

    network = functional(body)
    hidden, outputs = (layer for layer in network.layers if isinstance(layer, layers.Dense))
    outputs.kernel.assign(np.random.default_rng(1).normal(size=(20, 10)) / 100)
    inside = Activations(network)
    logits, changes = inside.of(images[0])
    ledger = inside.ledger(changes)
    assert ledger.is_centered and logits.mean() < -1
    sums = ledger.empty + ledger.contributions.sum(axis=1)
    np.testing.assert_allclose(sums, logits - logits.mean(), atol=1e-4)
    [units] = inside.layers
    np.testing.assert_allclose(units.weights.reshape(784, 20), 255 * hidden.kernel.numpy(), rtol=1e-5)


class Subclassed(keras.Model):
    def call(self, images):
        return keras.ops.reshape(images, (-1, 784))[:, :10]


@pytest.mark.parametrize(
    "network, sentence",
    [
        (Subclassed(), "not a Sequential or functional Keras model"),
        (
            functional(lambda values: layers.Dense(10)(layers.Flatten()(values * values))),
            "no hidden dense layer",
        ),
    ],
)
def test_a_network_that_cannot_be_shown_says_why(network, sentence):
    with pytest.raises(InputError, match=sentence):
        Activations(network)


# --- the chosen maps


@pytest.mark.parametrize("name", RECIPES)
def test_a_committed_checkpoint_has_maps_that_were_chosen_for_it(name, opened):
    assert opened(name)[1].is_measured, f"python -m model.evaluation.map_selection model/checkpoints/{name}.keras"


def test_the_cutouts_of_digits_are_small():
    sha256 = checkpoint.load_notes(CHECKPOINTS["digits"])["sha256"]
    found = [cutouts.load(CHECKPOINTS["digits"], sha256, layer) for layer in range(6)]
    assert all(found) and sum(map(len, found)) <= 300_000


def test_the_maps_of_another_network_are_not_used(tmp_path, opened):
    network = opened("quick")[0]
    path = feature_maps.path_of(tmp_path / "quick.keras")
    path.write_text(json.dumps(json.loads(feature_maps.path_of(CHECKPOINTS["quick"]).read_text()) | {"sha256": "0"}))
    assert not Activations(network, tmp_path / "quick.keras", "1").is_measured
