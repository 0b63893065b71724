"""Fine-tune a trained network on drawings (`python train.py --with-drawings FILE`) without catastrophic forgetting.

Only the last layer is trained, on the features that the other layers compute. This is enough for a few hundred drawings
(Kirichenko, Izmailov, Wilson 2023, "Last layer re-training is sufficient for robustness to spurious correlations").
The training images are of two kinds: augmented copies of the drawings, and known images, which are images from the
network's original training. There are many more known images than copies. The targets of the known images are the
outputs of the network before fine-tuning (Li, Hoiem 2016, "Learning without forgetting").

Some drawings are held out. The new network replaces the old network only if its accuracy on the held-out drawings is
higher, and its accuracy on MNIST's validation images is lower by at most MAX_FORGETTING. No choice depends on MNIST's
test images.
"""

import dataclasses
import math
import shlex
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np

from model.classes import CLASS_NOT_DIGIT, NUM_DIGITS, classes_of
from model.data import dataset
from model.data.dataset import Dataset, Split
from model.errors import UserError
from model.inference import calibration, checkpoint
from model.inference.classifier import Classifier, calibrate
from model.inference.forward_pass import ForwardPass
from model.recipes import SQUARED_ERROR, Recipe
from model.training import finetuning_data
from model.training.finetuning_data import Drawings
from model.training.publish import publish

MAX_FORGETTING = 0.0005
"""Largest accepted drop of the accuracy on MNIST's validation images. It permits 2 more errors on 5,000 images."""
TEMPERATURE = 2.0
"""Temperature of the softmax of targets and outputs. A temperature above 1 raises small probabilities, so that they
have more effect on the loss."""
DRAWING_WEIGHTS = (0.03, 0.01, 0.003)
"""Shares of the drawings in the total weight of all training images. The training tries one share after the other. It
stops when the accuracy on MNIST's validation images stays within MAX_FORGETTING in at least one epoch."""
KEPT_NOTES = ("recipe", "parameters", "seconds", "best_epoch", "history", "settings", "command")
"""Entries that are copied from the old checkpoint's JSON, because they describe the original training."""


@dataclass(frozen=True)
class Accuracies:
    """Accuracies of a network, 0 to 1. For a non-digit, the correct answer is a rejection.

    held_out: accuracy on the held-out drawings. Rejected digits are errors.
    mnist: accuracy on MNIST's validation images, without rejection and without test-time augmentation.
    synthetic: accuracy on the synthetic validation images. Rejected digits are errors. None if the recipe has no
        synthetic images.
    """

    held_out: float
    mnist: float
    synthetic: float | None


def finetuning_recipe(recipe: Recipe) -> Recipe:
    """Return the recipe with the settings of fine-tuning. For `digits`, they give about 1,700 steps."""
    return dataclasses.replace(
        recipe,
        learning_rate=1e-3,
        batch_size=256,
        epochs=10,
        synthetic_digits=min(6_000, recipe.synthetic_digits),
        synthetic_non_digits=min(3_000, recipe.synthetic_non_digits),
        synthetic_numbers=min(1_000, recipe.synthetic_numbers),
    )


def run(recipe: Recipe, file: Path, folder: Path, data: Path | None, seed: int, even_if_worse: bool) -> Path:
    """Fine-tune a checkpoint of the recipe. Write the new checkpoint to `folder`, and return its path.

    The old checkpoint is read from `folder`. If `folder` has no checkpoint of the recipe, the old checkpoint is read
    from `checkpoint.FOLDER`.
    Raises UserError, and writes nothing, if the new network is worse or if a file cannot be used.
    recipe: the result of `finetuning_recipe`.
    file: a file of labeled drawings, or a folder of labeled pictures.
    data: a file or folder with MNIST; None to download MNIST.
    even_if_worse: whether to write the new checkpoint even if it is worse than the old checkpoint.
    """
    path = folder / f"{recipe.name}.keras"
    network, notes = checkpoint.load(path if path.exists() else checkpoint.FOLDER / path.name)
    check_last_layer(network, recipe.name)
    drawings, held_out = finetuning_data.hold_out(finetuning_data.usable_drawings(file, network.output_shape[-1]), seed)
    print(f"{len(drawings):,} drawings for training, {len(held_out):,} held out.", flush=True)
    known = dataset.load(recipe, data)
    before, after, classifier = finetune(network, notes, recipe, known, drawings, held_out, seed)
    print(_comparison(before, after), flush=True)
    if not even_if_worse:
        check_improvement(before, after)
    about = {
        "from": notes["sha256"],
        "command": shlex.join(["python", *sys.argv]),
        "drawings": len(drawings),
        "held_out": len(held_out),
        "before": asdict(before),
        "after": asdict(after),
    }
    classifier.notes |= {name: notes[name] for name in KEPT_NOTES} | {"finetuning": about}
    publish(classifier, known.validation, known.test, path)
    return path


def check_last_layer(network: keras.Model, name: str) -> None:
    """Raise UserError if the last layer cannot be trained without the other layers. `name`: the recipe's name."""
    if not (isinstance(network, keras.Sequential) and isinstance(network.layers[-1], keras.layers.Dense)):
        raise UserError(f"{name} cannot be fine-tuned: its network must be keras.Sequential and end in a Dense layer.")


def finetune(
    network: keras.Model,
    notes: dict,
    recipe: Recipe,
    known: Dataset,
    drawings: Drawings,
    held_out: Drawings,
    seed: int,
) -> tuple[Accuracies, Accuracies, Classifier]:
    """Train `network` in place. Return the accuracies before and after training, and the calibrated network.

    notes: the notes of the old checkpoint, with the old calibration.
    known: the recipe's dataset, which was also used for the network's original training.
    drawings: the drawings for training. held_out: the drawings for measuring the accuracy.
    """
    measured = Split(finetuning_data.drawing_images(held_out), classes_of(held_out.labels))
    forward = ForwardPass(network, recipe.test_time_augmentation)
    before = measure(Classifier(network, notes, recipe.name, forward), known, measured)
    _train(network, recipe, known, finetuning_data.augmented_copies(drawings, seed), seed)
    checkpoint.round_weights(network)
    validation = known.all_validation
    fitted = calibrate(forward, validation.images, validation.labels)
    classifier = Classifier(network, fitted, recipe.name, forward)
    return before, measure(classifier, known, measured), classifier


# Training


def _train(network: keras.Model, recipe: Recipe, known: Dataset, copies: Split, seed: int) -> None:
    """Train the last layer of `network` in place, on copies of the drawings and on images of the dataset `known`.

    The targets of the images of `known` are the outputs of the network before training.
    """
    keras.utils.set_random_seed(seed)
    body = ForwardPass(keras.Sequential([keras.Input((28, 28)), *network.layers[:-1]]))
    remembered, drawn, validation = (
        _features(body, images)
        for images in (finetuning_data.known_images(known, seed), copies.images, known.validation.images)
    )
    head = keras.Sequential([keras.Input(drawn.shape[1:]), network.layers[-1]])
    forward = ForwardPass(head)
    old_targets, loss = _distillation(recipe, forward(remembered))
    features = np.concatenate([remembered, drawn])
    targets = np.concatenate([old_targets, np.eye(old_targets.shape[1], dtype=np.float32)[copies.labels]])
    steps = math.ceil(len(targets) / recipe.batch_size)
    for weight in DRAWING_WEIGHTS:
        sample_weights = np.ones(len(targets), np.float32)
        sample_weights[len(remembered) :] = weight / (1 - weight) * len(remembered) / len(drawn)
        rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps * recipe.epochs)
        head.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
        best = BestEpoch(head, forward, Split(drawn, copies.labels), Split(validation, known.validation.labels))
        head.fit(
            features,
            targets,
            sample_weight=sample_weights,
            batch_size=recipe.batch_size,
            epochs=recipe.epochs,
            verbose=0,
            callbacks=[best],
        )
        head.set_weights(best.weights)
        if best.accuracy > 0:
            return


class BestEpoch(keras.callbacks.Callback):
    """Keep the weights of the best epoch, which has the highest accuracy on the drawings for training.

    An epoch is ignored if the network forgets too much: the accuracy on MNIST's validation images is more than
    MAX_FORGETTING below the accuracy before the first epoch.
    accuracy: the accuracy of the best epoch on the drawings; 0 if all epochs are ignored.
    weights: the weights of the best epoch; the initial weights if all epochs are ignored.
    """

    def __init__(self, head: keras.Model, forward: ForwardPass, drawings: Split, validation: Split):
        """Measure the initial accuracy on the validation images.

        head: the last layer as a network. forward: its forward pass.
        drawings, validation: splits in which `images` holds the inputs of the last layer, (N, F).
        """
        super().__init__()
        self.head, self.forward, self.drawings, self.validation = head, forward, drawings, validation
        self.min_accuracy = self._validation_accuracy() - MAX_FORGETTING
        self.accuracy, self.weights = 0.0, head.get_weights()

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        checkpoint.round_weights(self.head)  # Round the weights first, because the checkpoint stores rounded weights.
        accuracy = np.mean(self.forward(self.drawings.images).argmax(axis=1) == self.drawings.labels)
        if accuracy > self.accuracy and self._validation_accuracy() >= self.min_accuracy:
            self.accuracy, self.weights = accuracy, self.head.get_weights()

    def _validation_accuracy(self) -> float:
        return _digit_accuracy(self.forward(self.validation.images), self.validation.labels)


def _distillation(recipe: Recipe, outputs: np.ndarray):
    """Return the targets (N, K) of known images, and the loss function of the training.

    outputs: the outputs of the network for the known images before fine-tuning, (N, K).
    """
    if recipe.loss == SQUARED_ERROR:
        return outputs, keras.losses.MeanSquaredError()
    # One loss for each image. A mean over the batch would cancel the weights of the images.
    cross_entropy = keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None)
    targets = calibration.softmax(outputs, TEMPERATURE).astype(np.float32)
    return targets, lambda targets, logits: cross_entropy(targets, logits / TEMPERATURE)


def _features(body: ForwardPass, images: np.ndarray) -> np.ndarray:
    """Return the inputs of the last layer for images, float16 (N, F).

    float16 needs half the memory of float32. Its precision is enough, because weights are stored with this precision.
    """
    return np.concatenate([body(chunk).astype(np.float16) for chunk in finetuning_data.chunks(images)])


# Evaluation


def measure(classifier: Classifier, known: Dataset, held_out: Split) -> Accuracies:
    """Return the accuracies of a network on the held-out drawings and on the validation splits of `known`."""
    synthetic = known.synthetic_validation
    return Accuracies(
        held_out=_accuracy(classifier, held_out),
        mnist=_digit_accuracy(classifier.logits.single_view(known.validation.images), known.validation.labels),
        synthetic=None if synthetic is None else _accuracy(classifier, synthetic),
    )


def _digit_accuracy(outputs: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of outputs, (N, K), whose most probable digit is the label, (N,). No image is rejected."""
    return float(np.mean(outputs[:, :NUM_DIGITS].argmax(axis=1) == labels))


def _accuracy(classifier: Classifier, split: Split) -> float:
    """Return the accuracy. The correct answer to a non-digit and to several digits is a rejection."""
    predictions = classifier.predict(split.images)
    predicted = np.where(classifier.rejects(predictions.not_digit), CLASS_NOT_DIGIT, predictions.digits.argmax(axis=1))
    return float(np.mean(predicted == np.minimum(split.labels, CLASS_NOT_DIGIT)))


def check_improvement(before: Accuracies, after: Accuracies) -> None:
    """Raise UserError if accuracy on the held-out drawings did not rise, or if accuracy on MNIST fell too much."""
    reasons = []
    if after.held_out <= before.held_out:
        reasons.append("is not more accurate on the held-out drawings")
    if before.mnist - after.mnist > MAX_FORGETTING:
        reasons.append(f"lost more than {100 * MAX_FORGETTING:g} points of accuracy on MNIST's validation images")
    if reasons:
        raise UserError(
            f"the network {' and '.join(reasons)}. Nothing was written. More drawings or a smaller --learning-rate may "
            "help; --even-if-worse writes it in any case."
        )


def _comparison(before: Accuracies, after: Accuracies) -> str:
    lines = [
        f"accuracy on the held-out drawings: {before.held_out:.1%} before, {after.held_out:.1%} after",
        f"accuracy on MNIST's validation images: {before.mnist:.2%} before, {after.mnist:.2%} after",
    ]
    if before.synthetic is not None and after.synthetic is not None:
        lines.append(f"accuracy on synthetic drawings: {before.synthetic:.2%} before, {after.synthetic:.2%} after")
    return "\n".join(lines)
