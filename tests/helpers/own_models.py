"""Small models as users write them, each trained on a few MNIST images for a second, and saved as Keras files."""

from dataclasses import dataclass
from pathlib import Path

from model.data.mnist import Mnist
from model.inference import backend

backend.load_tensorflow()

import keras  # Must follow `load_tensorflow`, which hides the start-up messages of TensorFlow.
from keras import layers

TRAINING_IMAGES = 3_000


@dataclass(frozen=True)
class OwnModel:
    """A model that was trained outside of this project. accuracy: its own `evaluate` on the MNIST test images."""

    path: Path
    interface: str
    accuracy: float


def functional_with_softmax() -> keras.Model:
    """784 inputs from 0 to 1, probabilities."""
    inputs = keras.Input((784,))
    hidden = layers.Dense(32, activation="relu")(inputs)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(hidden))


def convolutional_with_logits() -> keras.Model:
    """28×28×1 inputs from 0 to 255, logits."""
    convolution = layers.Conv2D(8, 5, strides=3, activation="relu")
    return keras.Sequential([keras.Input((28, 28, 1)), convolution, layers.Flatten(), layers.Dense(10)])


def linear_with_sigmoids() -> keras.Model:
    """28×28 inputs from 0 to 1, a probability for each digit that do not add up to 1."""
    return keras.Sequential([keras.Input((28, 28)), layers.Flatten(), layers.Dense(10, activation="sigmoid")])


def residual() -> keras.Model:
    """28×28×1 inputs from 0 to 1, batch normalization, residual connections and dropout, logits."""
    inputs = keras.Input((28, 28, 1))
    stem = layers.Conv2D(8, 5, strides=3)(inputs)
    block = layers.Conv2D(8, 3, padding="same")(layers.ReLU()(layers.BatchNormalization()(stem)))
    joined = layers.Dropout(0.1)(stem + block)
    return keras.Model(inputs, layers.Dense(10)(layers.Flatten()(joined)))


# The name of the file, the model, the value of full ink in its training, and what `train.py --import` prints about it.
OWN_MODELS = {
    "functional.keras": (functional_with_softmax, 1, "inputs 784 with values from 0 to 1, outputs are probabilities"),
    "cnn.keras": (convolutional_with_logits, 255, "inputs 28×28×1 with values from 0 to 255, outputs are logits"),
    "legacy.h5": (linear_with_sigmoids, 1, "inputs 28×28 with values from 0 to 1, outputs are probabilities"),
    "residual.keras": (residual, 1, "inputs 28×28×1 with values from 0 to 1, outputs are logits"),
}


def train_own_model(name: str, mnist: Mnist, folder: Path) -> OwnModel:
    """Train the model `name` of OWN_MODELS and save it in `folder`."""
    build, largest, interface = OWN_MODELS[name]
    keras.utils.set_random_seed(1)
    model = build()
    is_logits = interface.endswith("logits")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=is_logits)
    model.compile("adam", loss, metrics=["accuracy"], jit_compile=False)  # Compilation takes longer than the training.
    shape = (-1, *model.input_shape[1:])
    train, test = (part.images.reshape(shape) * (largest / 255) for part in (mnist.train, mnist.test))
    model.fit(train[:TRAINING_IMAGES], mnist.train.labels[:TRAINING_IMAGES], batch_size=50, epochs=3, verbose=0)
    _, accuracy = model.evaluate(test, mnist.test.labels, batch_size=500, verbose=0)
    model.save(folder / name)
    return OwnModel(folder / name, interface, accuracy)
