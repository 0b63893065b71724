"""Measurements of networks for `benchmark`: one prediction with several runtimes, and training."""

import contextlib
import io
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.inference import backend, checkpoint
from model.inference.forward_pass import ForwardPass
from tests.tools.measurement import Measurement

if TYPE_CHECKING:
    from model.data.dataset import Dataset
    from model.recipes import Recipe

Runtime = Callable[[np.ndarray], np.ndarray]
"""Maps images, float32 (N, 28, 28), to logits."""


def runtimes(seconds: float = 2) -> Iterator[Measurement]:
    """Measure how long one call of the network takes: in this project, and with this checkpoint in other runtimes."""
    backend.load_tensorflow()
    network, _ = checkpoint.load(checkpoint.DEFAULT_CHECKPOINT)
    forward_pass = ForwardPass(network)

    others = {"`model.predict`": keras_predict, "TensorFlow Lite": tensorflow_lite, "ONNX Runtime": onnx_runtime}
    for (name, prepare), count in itertools.product(others.items(), (1, 8)):
        what = "the network, one image" if count == 1 else f"the network, {count} images at once"
        images = np.random.default_rng(1).random((count, 28, 28), np.float32)
        try:
            with contextlib.redirect_stdout(io.StringIO()), backend.silenced_stderr():
                run = prepare(network, images.shape)
        except ImportError as error:
            yield Measurement(what, "", f"{name}: not measured ({error}; pip install tf2onnx onnxruntime)")
            continue
        np.testing.assert_allclose(run(images), forward_pass(images), atol=1e-3)
        here, other = (median_milliseconds(each, images, seconds) for each in (forward_pass, run))
        yield Measurement(what, f"{here:.2f} ms", f"{name}: {other:.2f} ms", other / here)


def median_milliseconds(run: Callable, images: np.ndarray, seconds: float) -> float:
    """Call `run` again and again for `seconds`. Return the median duration of one call in milliseconds."""
    measured, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        run(images)
        measured.append((time.perf_counter() - start) * 1000)
    return statistics.median(measured)


def keras_predict(network, shape: tuple) -> Runtime:
    return lambda images: network.predict(images, verbose=0)


def tensorflow_lite(network, shape: tuple) -> Runtime:
    lite = backend.load_tensorflow().lite
    interpreter = lite.Interpreter(model_content=lite.TFLiteConverter.from_keras_model(network).convert())
    inputs, outputs = (part()[0]["index"] for part in (interpreter.get_input_details, interpreter.get_output_details))
    interpreter.resize_tensor_input(inputs, shape)
    interpreter.allocate_tensors()

    def run(images: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(inputs, images)
        interpreter.invoke()
        return interpreter.get_tensor(outputs)

    return run


def onnx_runtime(network, shape: tuple) -> Runtime:
    """Return a function that runs the network in ONNX Runtime.

    Raises ImportError if the packages for ONNX are not installed. The project itself does not need these packages.
    """
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.onnx")
        network.export(path, format="onnx", verbose=False)
        session = onnxruntime.InferenceSession(path)
    [inputs] = session.get_inputs()
    return lambda images: session.run(None, {inputs.name: images})[0]


GOAL = 0.99


def training(runs: int = 3) -> Iterator[Measurement]:
    """Measure how long the recipe `quick` trains until the accuracy on MNIST's validation images is at least GOAL.

    The baseline is how long a well-known network, the network of `example`, trains until it reaches GOAL.
    """
    backend.load_tensorflow()
    from model.data import dataset
    from model.recipes import RECIPES

    data = dataset.load(RECIPES["quick"])
    pairs = [
        [until_goal(recipe, data, seed) for recipe in (RECIPES["quick"], example())] for seed in range(1, runs + 1)
    ]
    here, baseline = np.mean(pairs, axis=0)
    ratio = baseline[0] / here[0]
    yield Measurement(
        f"training to {GOAL:.0%} validation accuracy, mean of {runs} seeds",
        f"`quick`: {here[0]:.1f} s ({here[1]:.1f} s CPU time), accuracy {here[2]:.2%}",
        f"the two-convolution example: {baseline[0]:.1f} s ({baseline[1]:.1f} s), accuracy {baseline[2]:.2%}",
        ratio,
        "≥ 4",
        ratio >= 4 and here[2] >= GOAL,
    )


def example() -> "Recipe":
    """Return a recipe with the convolutional network and the training settings of Keras's introduction."""
    import keras
    from keras import layers

    from model.recipes import Recipe, adam

    def network() -> keras.Model:
        return keras.Sequential(
            [
                keras.Input((28, 28)),
                layers.Reshape((28, 28, 1)),
                layers.Conv2D(32, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Conv2D(64, 3, activation="relu"),
                layers.MaxPooling2D(),
                layers.Flatten(),
                layers.Dropout(0.5),
                layers.Dense(10),
            ]
        )

    return Recipe("example", "", network, adam, learning_rate=1e-3, batch_size=128, epochs=15, epoch_steps=430)


def until_goal(recipe: "Recipe", data: "Dataset", seed: int) -> tuple[float, float, float]:
    """Train until the validation accuracy after an epoch is at least GOAL. Return seconds, CPU seconds and accuracy."""
    import keras

    from model.training import trainer

    keras.utils.set_random_seed(seed)
    network = recipe.network()
    network.compile(
        recipe.optimizer(recipe.learning_rate, recipe.epoch_steps, recipe.epochs), trainer.loss_function(recipe)
    )
    forward_pass, accuracies = ForwardPass(network), []

    def measure(epoch: int, logs: dict) -> None:
        logits = forward_pass(data.validation.images)
        accuracies.append(np.mean(logits.argmax(axis=1) == data.validation.labels))
        network.stop_training = accuracies[-1] >= GOAL

    start, cpu_start = time.monotonic(), time.process_time()
    network.fit(
        trainer.training_batches([data.train], recipe, seed),
        shuffle=False,
        steps_per_epoch=recipe.epoch_steps,
        epochs=recipe.epochs,
        verbose=0,
        callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=measure)],
    )
    return time.monotonic() - start, time.process_time() - cpu_start, accuracies[-1]
