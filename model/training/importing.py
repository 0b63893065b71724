"""Import a model that was trained elsewhere (`python train.py --import my_model.keras`).

The checkpoint's network contains the layers of the model. Layers before them turn normalized images, (28, 28), 0 to 1,
into the model's inputs. If the model returns probabilities, the network returns their logarithms, which are logits.
Validation data show which inputs the model was trained on, and which outputs it has.
"""

import hashlib
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

from model.classes import NUM_DIGITS
from model.data import dataset, mnist
from model.data.dataset import Split
from model.errors import UserError, first_line
from model.inference import calibration, checkpoint
from model.inference.classifier import Classifier, calibrate
from model.inference.forward_pass import ForwardPass
from model.preprocessing.normalization import IMAGE_SIDE
from model.training import model_files
from model.training.publish import publish

INPUTS = {(28, 28): "28×28", (28, 28, 1): "28×28×1", (784,): "784"}
LARGEST_VALUES = (1, 255)
"""The value of full ink in the images on which a model may have been trained. Paper is 0."""
SMALLEST_PROBABILITY = 1e-30
"""A smaller probability counts as this, so that its logarithm is finite."""
LOW_ACCURACY = 0.8
"""Below this accuracy, the model was probably trained on other images. One linear layer has 0.92."""


@dataclass(frozen=True)
class Interface:
    """How a model takes images and gives answers.

    shape: the shape of an input. largest: the value of full ink. has_probabilities: whether the outputs are
    probabilities of a softmax or of sigmoids, and not logits.
    """

    shape: tuple[int, ...]
    largest: int
    has_probabilities: bool

    def __str__(self) -> str:
        outputs = "probabilities" if self.has_probabilities else "logits"
        return f"inputs {INPUTS[self.shape]} with values from 0 to {self.largest}, outputs are {outputs}"


def run(source: Path, name: str, folder: Path, data: Path | None) -> Path:
    """Import the model in the file `source`. Return the path of the checkpoint, `<name>.keras` in `folder`.

    data: a file or folder with MNIST; None to download MNIST.
    Raises UserError, and writes nothing, if a file cannot be used.
    """
    check_name(name)
    model, path = model_files.load(source), folder / f"{name}.keras"
    check_target(path, source)
    shape = input_shape(model, source)
    splits = mnist.load(data)
    validation, test = (dataset.normalize_mnist(split) for split in (splits.validation, splits.test))
    interface, network, forward = understand(model, shape, validation, source)
    print(f"{source}: {interface}.", flush=True)
    notes = {
        **calibrate(forward, validation.images, validation.labels),
        "parameters": network.count_params(),
        "imported": {
            "from": source.name,
            "sha256": hashlib.sha256(source.read_bytes()).hexdigest(),
            "input_shape": interface.shape,
            "largest_value": interface.largest,
            "outputs": "probabilities" if interface.has_probabilities else "logits",
        },
        "command": shlex.join(["python", *sys.argv]),
    }
    accuracy = publish(Classifier(network, notes, name, forward), validation, test, path)
    if accuracy < LOW_ACCURACY:
        print(
            "This is low. The model gets white digits on black paper, with values from 0 to 1 or from 0 to 255. If it "
            "was trained on other images, add a layer that changes them, such as Rescaling, and import it again."
        )
    return path


def check_name(name: str) -> None:
    """Raise UserError if a checkpoint cannot have this name."""
    if not 0 < len(name) <= 60 or name.startswith(".") or Path(name).name != name or not name.isprintable():
        raise UserError(f"“{name}” cannot be a checkpoint's name; expected --name with 1 to 60 letters or digits.")


def check_target(path: Path, source: Path) -> None:
    """Raise UserError if the checkpoint would replace a file that is not an imported checkpoint."""
    if not path.exists():
        return
    if path.samefile(source):
        raise UserError(f"{path} would replace the model itself; choose another --name or another --output.")
    if not path.with_suffix(".json").exists() or "imported" not in checkpoint.load_notes(path):
        raise UserError(f"{path} exists and is not an imported model; choose another --name or another --output.")


def input_shape(model: keras.Model, source: Path) -> tuple[int, ...]:
    """Return the shape of the model's inputs, a key of INPUTS. Raises UserError if inputs or outputs do not fit."""
    if not getattr(model, "inputs", None):
        raise UserError(f"{source} has no shape of its inputs; add keras.Input((28, 28)) as its first layer.")
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        raise UserError(
            f"{source} has {len(model.inputs)} inputs and {len(model.outputs)} outputs; expected one of each."
        )
    taken, returned, dtype = model.inputs[0].shape, model.outputs[0].shape, model.inputs[0].dtype
    fitting = [shape for shape in INPUTS if _fits(taken, shape)]
    if not fitting:
        raise UserError(f"{source} takes inputs of the shape {_text(taken)}; expected {', '.join(INPUTS.values())}.")
    if "float" not in dtype:
        raise UserError(f"{source} takes inputs of the type {dtype}; expected float32.")
    if not _fits(returned, (NUM_DIGITS,)):
        raise UserError(f"{source} returns outputs of the shape {_text(returned)}; expected 10, one for each digit.")
    return fitting[0]


def _fits(shape: tuple[int | None, ...], expected: tuple[int, ...]) -> bool:
    """Return whether a model's shape, with the number of images, fits. A size of None fits every size."""
    if len(shape) != len(expected) + 1 or shape[0] is not None:
        return False
    return all(size in (None, wanted) for size, wanted in zip(shape[1:], expected, strict=True))


def _text(shape: tuple[int | None, ...]) -> str:
    first = "" if shape[0] is None else f" in batches of {shape[0]}"
    return "×".join("?" if size is None else str(size) for size in shape[1:]) + first


def understand(
    model: keras.Model, shape: tuple[int, ...], validation: Split, source: Path
) -> tuple[Interface, keras.Model, ForwardPass]:
    """Return how the model takes images and gives answers, the checkpoint's network and its forward pass.

    The value of full ink is that with the smallest cross-entropy on the validation data, each with its best
    temperature. Therefore a model's confidence does not decide.
    """
    candidates = [*_candidates(model, shape, validation, source)]
    if not candidates:
        raise UserError(f"{source} returns values that are not finite; train it again, with a smaller learning rate.")
    _, interface = min(candidates, key=lambda candidate: candidate[0])
    network = adapt(model, interface)
    return interface, network, ForwardPass(network)


def _candidates(
    model: keras.Model, shape: tuple[int, ...], validation: Split, source: Path
) -> Iterator[tuple[float, Interface]]:
    """Yield the cross-entropy and the interface, for each of LARGEST_VALUES."""
    for largest in LARGEST_VALUES:
        try:
            outputs = ForwardPass(adapt(model, Interface(shape, largest, False)))(validation.images)
        except Exception as error:  # Layers raise many types of exceptions.
            raise UserError(f"{source} cannot read an image ({first_line(error)}).") from None
        if np.isfinite(outputs).all():
            has_probabilities = bool(outputs.min() >= 0 and outputs.max() <= 1)
            logits = np.log(np.maximum(outputs, SMALLEST_PROBABILITY)) if has_probabilities else outputs
            yield cross_entropy(logits, validation.labels), Interface(shape, largest, has_probabilities)


def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the mean cross-entropy of logits, (N, 10), for labels, (N,), with the temperature that minimizes it."""
    probabilities = calibration.softmax(logits, calibration.fit_temperature(logits, labels))
    return float(-np.log(np.maximum(probabilities[np.arange(len(labels)), labels], SMALLEST_PROBABILITY)).mean())


def adapt(model: keras.Model, interface: Interface) -> keras.Model:
    """Return a network from normalized images, float32 (N, 28, 28), to logits, float32 (N, 10)."""
    images = inputs = keras.Input((IMAGE_SIDE, IMAGE_SIDE), name="normalized_image")
    if interface.largest != 1:
        inputs = layers.Rescaling(float(interface.largest), name="model_values")(inputs)
    if interface.shape != (IMAGE_SIDE, IMAGE_SIDE):
        inputs = layers.Reshape(interface.shape, name="model_shape")(inputs)
    try:
        # `call`, and not `model(inputs)`: the layers become layers of the new network, not of a network inside it.
        return keras.Model(images, _logits(model.call(inputs), interface))
    except ValueError:
        # Two layers have the same name: one of the model, and one that is added here. As one layer of the new network,
        # the model keeps the names of its own layers.
        return keras.Model(images, _logits(model(inputs), interface))


def _logits(outputs: keras.KerasTensor, interface: Interface) -> keras.KerasTensor:
    if outputs.dtype != "float32":
        outputs = ops.cast(outputs, "float32")
    return ops.log(ops.maximum(outputs, SMALLEST_PROBABILITY)) if interface.has_probabilities else outputs
