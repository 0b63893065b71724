"""The browser's engine computes each kind of layer like Keras: the outputs, and the gradient by the image."""

import base64
import json
import shutil
import subprocess

import numpy as np
import pytest

from model.errors import UserError
from model.inference import backend

tf = backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.
from keras import layers, ops

from model.training.importing import Interface, adapt
from tests.helpers.own_models import functional_with_softmax, linear_with_sigmoids
from tests.helpers.paths import ROOT
from web.export.arrays import ArrayFile
from web.export.network import describe

ACTIVATIONS = [
    "relu",
    "relu6",
    "sigmoid",
    "tanh",
    "softmax",
    "elu",
    "selu",
    "leaky_relu",
    "softplus",
    "softsign",
    "silu",
    "gelu",
    "exponential",
    "hard_sigmoid",
    "linear",
]


def sequential(*inner) -> keras.Model:
    return keras.Sequential([keras.Input((28, 28)), layers.Reshape((28, 28, 1)), *inner])


def with_head(*inner) -> keras.Model:
    return sequential(*inner, layers.Flatten(), layers.Dense(10))


def small(*inner) -> keras.Model:
    """A network that reduces the image to 7×7 first."""
    return with_head(layers.Conv2D(6, 4, strides=4), *inner)


def imported(model, largest=1) -> keras.Model:
    return adapt(model, Interface(model.input_shape[1:], largest, has_probabilities=True))


NETWORKS = {
    **{
        f"activation {name}": lambda name=name: small(layers.Conv2D(9, 3, activation=name), layers.Activation(name))
        for name in ACTIVATIONS
    },
    "softmax of an imported model": lambda: imported(functional_with_softmax()),
    "sigmoids of an imported model": lambda: imported(linear_with_sigmoids(), 255),
    "convolution with stride and padding": lambda: with_head(layers.Conv2D(5, 5, strides=2, padding="same")),
    "depthwise convolution": lambda: small(
        layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2, activation="relu"),
        layers.BatchNormalization(),
        layers.DepthwiseConv2D(3, strides=2, use_bias=False),
        layers.BatchNormalization(scale=False),
    ),
    "separable convolution": lambda: small(layers.SeparableConv2D(7, 3, depth_multiplier=2, activation="tanh")),
    "maximum with padding": lambda: small(layers.MaxPooling2D(3, strides=2, padding="same")),
    "maximum that leaves out a border": lambda: small(layers.MaxPooling2D(2)),
    "mean": lambda: small(layers.AveragePooling2D(2)),
    "mean with padding": lambda: small(layers.AveragePooling2D(3, strides=2, padding="same")),
    "mean of each map": lambda: sequential(layers.Conv2D(10, 3), layers.GlobalAveragePooling2D()),
    "maximum of each map": lambda: sequential(layers.Conv2D(10, 3), layers.GlobalMaxPooling2D()),
    "zeros": lambda: small(layers.ZeroPadding2D(((1, 2), (3, 0))), layers.Conv2D(4, 3)),
    "normalization of a vector": lambda: sequential(
        layers.Flatten(), layers.BatchNormalization(center=False), layers.Dense(10)
    ),
    "normalization after flattening": lambda: small(layers.Flatten(), layers.BatchNormalization(), layers.ReLU()),
    "reshaping": lambda: small(layers.Flatten(), layers.Reshape((7, 14, 3)), layers.Conv2D(4, 3)),
    "an image of a vector": lambda: sequential(
        layers.Flatten(), layers.Dense(98, activation="relu"), layers.Reshape((7, 7, 2)), layers.Conv2D(3, 3),
        layers.Flatten(), layers.Dense(10),
    ),
    "layers of activations": lambda: small(layers.LeakyReLU(0.1), layers.ELU(0.5), layers.Softmax(), layers.ReLU(0.3)),
    "rescaling and augmentation": lambda: small(layers.Rescaling(2.0, -1.0), layers.RandomRotation(0.1)),
}  # fmt: skip


@pytest.fixture(scope="module")
def image() -> np.ndarray:
    drawn = np.random.default_rng(3).random((28, 28)).astype(np.float32)
    return np.where(drawn > 0.5, drawn, 0).astype(np.float32)


@pytest.fixture(scope="module")
def compared(image, tmp_path_factory) -> dict:
    """For each of NETWORKS: the network, and what the engine computes."""
    if shutil.which("node") is None:
        pytest.skip("Node is not installed, so the engine does not run.")
    keras.utils.set_random_seed(1)
    networks = {name: build() for name, build in NETWORKS.items()}
    sent = []
    for name, network in networks.items():
        with_values_of_their_own(network)
        file = ArrayFile()
        parts, _ = describe(network, name, file)
        sent.append({"layers": parts, "weights": base64.b64encode(file.content).decode()})
    path = tmp_path_factory.mktemp("engine") / "networks.json"
    path.write_text(json.dumps({"networks": sent, "image": image.ravel().tolist()}))
    script = ROOT / "tests" / "helpers" / "engine_networks.mjs"
    done = subprocess.run(["node", script, path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    results = json.loads(done.stdout)
    return {name: (network, result) for (name, network), result in zip(networks.items(), results, strict=True)}


def with_values_of_their_own(network) -> None:
    """Give biases and statistics values other than 0 and 1."""
    random = np.random.default_rng(5)
    for weight in network.weights:
        if len(weight.shape) == 1:
            weight.assign(random.uniform(0.5, 1.5, weight.shape) * random.choice([1, 1, 0.3]))


@pytest.mark.parametrize("name", NETWORKS)
def test_the_engine_computes_each_layer_and_its_gradient_like_keras(name, compared, image):
    network, result = compared[name]
    with tf.GradientTape() as tape:
        source = tf.constant(image[None])
        tape.watch(source)
        logits = network(source, training=False)
        total = tf.reduce_sum(logits * (tf.range(10, dtype=tf.float32) - 4))
    gradient = tape.gradient(total, source).numpy().ravel()
    for found in (result["logits"], result["plain"]):
        np.testing.assert_allclose(logits.numpy()[0], found, rtol=1e-4, atol=1e-4 * np.abs(logits).max())
    np.testing.assert_allclose(gradient, result["gradient"], rtol=1e-3, atol=1e-3 * np.abs(gradient).max() + 1e-7)


def branched() -> keras.Model:
    inputs = keras.Input((28, 28))
    flat = layers.Flatten()(inputs)
    return keras.Model(inputs, layers.Add(name="one")([layers.Dense(10)(flat), layers.Dense(10, name="two")(flat)]))


REFUSED = {
    "“one” (LayerNormalization)": lambda: small(layers.LayerNormalization(name="one")),
    "“one” (Conv2DTranspose)": lambda: small(layers.Conv2DTranspose(3, 2, name="one")),
    "“one” (Permute)": lambda: small(layers.Permute((2, 1, 3), name="one")),
    "“one” (Conv2D with groups)": lambda: small(layers.Conv2D(6, 3, groups=3, name="one")),
    "“one” (Conv2D with dilation or channels first)": lambda: small(layers.Conv2D(6, 3, dilation_rate=2, name="one")),
    "“one” (Conv2D with the activation mish)": lambda: small(layers.Conv2D(6, 3, activation="mish", name="one")),
    "“one” (Softmax of another axis)": lambda: small(layers.Softmax(axis=1, name="one")),
    "“two” (Dense, which does not only read the layer before it)": branched,
    "“sign” (Sign)": lambda: keras.Model(image := keras.Input((28, 28)), layers.Flatten()(ops.sign(image))),
}


@pytest.mark.parametrize("reason", REFUSED)
def test_a_layer_that_the_engine_does_not_have_is_named_in_one_sentence(reason):
    with pytest.raises(UserError) as refused:
        describe(REFUSED[reason](), "mine", ArrayFile())
    message = str(refused.value)
    assert f"mine cannot be exported, because the browser's engine does not have its layer {reason};" in message
    assert message.count(". ") == 0 and message.endswith(".")
