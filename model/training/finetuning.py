"""A trained network learns drawings (`python train.py --with-drawings FILE`) and forgets nothing.

Only the last layer learns, on the features that the layers before it give, which stay as they are: for a few hundred
drawings that is enough, and it takes seconds (Kirichenko, Izmailov, Wilson 2023, "Last layer re-training is sufficient
for robustness to spurious correlations"). The drawings, in many guises, are mixed with much more of what the network
knew, for which it is taught its own old answers (Li, Hoiem 2016, "Learning without forgetting").

A share of the drawings is held back. By that share and by MNIST's validation images, measured before and after, it is
decided whether the new network replaces the old one; the test images decide nothing.
"""

import dataclasses
import hashlib
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
from model.data.drawings import LabeledDrawings, read_drawings
from model.errors import UserError
from model.inference import calibration, checkpoint
from model.inference.classifier import Classifier, calibrate
from model.inference.forward_pass import ForwardPass
from model.preprocessing import augmentation, normalization
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from model.recipes import SQUARED_ERROR, Recipe
from model.synthetic import generator
from model.training.publish import publish

HELD_BACK = 0.25
# Of fewer, one could not even tell a half from all.
LEAST_HELD_BACK = 5
# By how much accuracy on MNIST's validation images may fall: by two of 5,000.
FORGOTTEN = 0.0005

# How many of MNIST's training images are mixed with the drawings.
MNIST_IMAGES = 10_000
# Old answers are taught softened, by dividing logits by this, so that what is nearly sure is told from what is quite
# sure. Li and Hoiem take 2.
TEMPERATURE = 2.0
# How much all drawings together weigh beside all that was known: the first with which an epoch stays within FORGOTTEN.
# More than the first teaches hardly more (one drawing in twenty, in two styles) and forgets more.
WEIGHTS = (0.03, 0.01, 0.003)
# In how many guises each drawing is learned, at most; fewer when all of them would be more than so many images.
GUISES, IMAGES = 32, 5_000

# Of the notes beside a checkpoint, those that tell of its training; its figures are measured anew.
TRAINING = ("recipe", "parameters", "seconds", "best_epoch", "history", "settings", "command")


@dataclass(frozen=True)
class Accuracies:
    """How good a network is, in shares from 0 to 1. To be read rightly, a digit must not be refused, a non-digit must.

    held_back: of the drawings held back, read rightly. mnist: of MNIST's validation images, the likeliest digit is
    right. synthetic: of validation's handwriting by program, read rightly; None for a recipe without.
    """

    held_back: float
    mnist: float
    synthetic: float | None


def finetuning_recipe(recipe: Recipe) -> Recipe:
    """The recipe with what fine-tuning takes instead of its own: some 1,700 steps, and less handwriting."""
    return dataclasses.replace(
        recipe,
        learning_rate=1e-3,
        batch_size=256,
        epochs=10,
        synthetic_digits=min(6_000, recipe.synthetic_digits),
        synthetic_non_digits=min(3_000, recipe.synthetic_non_digits),
    )


def run(recipe: Recipe, file: Path, folder: Path, data: Path | None, seed: int, even_if_worse: bool) -> None:
    """Fine-tune the recipe's checkpoint in `folder`, or else the committed one, and write it to `folder`.

    recipe: as `finetuning_recipe` gives it. file: of drawings. data: where MNIST is, as `dataset.load` takes it. Raises
    UserError, and DrawingsError, CheckpointError, mnist.DataError; nothing was written then.
    """
    path = folder / f"{recipe.name}.keras"
    network, notes = checkpoint.load(path if path.exists() else checkpoint.FOLDER / path.name)
    learned, held_back = hold_back(_usable(file, network.output_shape[-1]), seed)
    print(f"{len(learned):,} drawings to learn from, {len(held_back):,} held back.", flush=True)
    known = dataset.load(recipe, data)
    before, after, fitted = finetune(network, notes, recipe, known, learned, held_back, seed)
    print(_in_words(before, after), flush=True)
    if not even_if_worse:
        check_improvement(before, after)
    about = {
        "from": notes["sha256"],
        "command": shlex.join(["python", *sys.argv]),
        "learned": len(learned),
        "held_back": len(held_back),
        "before": asdict(before),
        "after": asdict(after),
    }
    publish(network, {name: notes[name] for name in TRAINING} | fitted | {"finetuning": about}, known, path)


def finetune(
    network: keras.Model,
    notes: dict,
    recipe: Recipe,
    known: Dataset,
    learned: LabeledDrawings,
    held_back: LabeledDrawings,
    seed: int,
) -> tuple[Accuracies, Accuracies, dict]:
    """Train `network` in place → its figures before and after, and its new calibration, fitted as after any training.

    notes: its calibration so far. known: what it learned from, and is validated on.
    """
    kept = Split(_images(held_back), classes_of(held_back.labels))
    before = measure(Classifier(network, notes, recipe.name), known, kept)
    _learn(network, recipe, known, augmented_copies(learned, seed), seed)
    checkpoint.round_weights(network)
    fitted = calibrate(network, recipe.augmented, known.all_validation.images, known.all_validation.labels)
    return before, measure(Classifier(network, fitted, recipe.name), known, kept), fitted


def _learn(network: keras.Model, recipe: Recipe, known: Dataset, learned: Split, seed: int) -> None:
    """Train the last layer on the drawings `learned`, and on its own answers to what was known."""
    keras.utils.set_random_seed(seed)
    body = keras.Sequential([keras.Input((28, 28)), *network.layers[:-1]])
    remembered, drawn, validation = (
        _features(body, images) for images in (_remembered(known, seed), learned.images, known.validation.images)
    )
    head = keras.Sequential([keras.Input(drawn.shape[1:]), network.layers[-1]])
    answers, loss = _answers(recipe, ForwardPass(head)(remembered))
    features = np.concatenate([remembered, drawn])
    targets = np.concatenate([answers, np.eye(answers.shape[1], dtype=np.float32)[learned.labels]])
    steps = math.ceil(len(targets) / recipe.batch_size)
    for weight in WEIGHTS:
        weights = np.ones(len(targets), np.float32)
        weights[len(remembered) :] = weight / (1 - weight) * len(remembered) / len(drawn)
        rate = keras.optimizers.schedules.CosineDecay(recipe.learning_rate, steps * recipe.epochs)
        head.compile(keras.optimizers.Adam(rate), loss, jit_compile=False)
        choice = Choice(head, Split(drawn, learned.labels), Split(validation, known.validation.labels))
        head.fit(
            features,
            targets,
            sample_weight=weights,
            batch_size=recipe.batch_size,
            epochs=recipe.epochs,
            verbose=0,
            callbacks=[choice],
        )
        head.set_weights(choice.weights)
        if choice.learned_something:
            return


class Choice(keras.callbacks.Callback):
    """Of all epochs, the one that has learned most drawings without forgetting; at first, as things were."""

    def __init__(self, head: keras.Model, learned: Split, validation: Split):
        """Splits of features. `weights`: the best so far."""
        super().__init__()
        self.head, self.learned, self.validation = head, learned, validation
        self.forward = ForwardPass(head)
        self.least = _accuracy(self.forward, validation) - FORGOTTEN
        self.best, self.weights = 0.0, head.get_weights()

    @property
    def learned_something(self) -> bool:
        """Whether an epoch forgot too little to be refused, and learned."""
        return self.best > 0

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        checkpoint.round_weights(self.head)  # The choice is of what will be stored.
        learned = np.mean(self.forward(self.learned.images).argmax(axis=1) == self.learned.labels)
        if learned > self.best and _accuracy(self.forward, self.validation) >= self.least:
            self.best, self.weights = learned, self.head.get_weights()


def _answers(recipe: Recipe, outputs: np.ndarray) -> tuple[np.ndarray, keras.losses.Loss]:
    """What to teach for images that the network gave these outputs for, and the loss that teaches it."""
    if recipe.loss == SQUARED_ERROR:
        return outputs, keras.losses.MeanSquaredError()
    cross_entropy = keras.losses.CategoricalCrossentropy(from_logits=True)
    answers = calibration.softmax(outputs, TEMPERATURE).astype(np.float32)
    return answers, lambda targets, logits: cross_entropy(targets, logits / TEMPERATURE)


def _remembered(known: Dataset, seed: int) -> np.ndarray:
    """Images: some of MNIST's and all handwriting, as they are and augmented, without which less is remembered."""
    rng = np.random.default_rng(seed)
    places = rng.permutation(len(known.train.labels))[:MNIST_IMAGES]
    written = [] if known.synthetic is None else [known.synthetic.images]
    images = np.concatenate([known.train.images[places], *written])
    return np.concatenate([images, _augmented(images, rng)])


def _augmented(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chances = rng.uniform(-1, 1, (len(images), augmentation.RANDOM_NUMBERS)).astype(np.float32)
    pairs = zip(_parts(images), _parts(chances), strict=True)
    return np.concatenate([keras.ops.convert_to_numpy(augmentation.augment(*pair)) for pair in pairs])


def _features(body: keras.Model, images: np.ndarray) -> np.ndarray:
    """What the last layer sees of images, float16 (N, F): half the memory, and as precise as a checkpoint's weights."""
    forward = ForwardPass(body)
    return np.concatenate([forward(part).astype(np.float16) for part in _parts(images)])


def _parts(array: np.ndarray) -> list[np.ndarray]:
    """So many rows that what is made of them on the way stays small."""
    return np.array_split(array, math.ceil(len(array) / IMAGES))


def measure(classifier: Classifier, known: Dataset, held_back: Split) -> Accuracies:
    """Figures of a network with its calibration."""
    written = known.synthetic_validation
    return Accuracies(
        held_back=_read_rightly(classifier, held_back),
        mnist=_accuracy(ForwardPass(classifier.network), known.validation),
        synthetic=None if written is None else _read_rightly(classifier, written),
    )


def _accuracy(forward: ForwardPass, digits: Split) -> float:
    """The share whose likeliest digit is right at the first look, which is what learns here."""
    outputs = forward(digits.images)[:, :NUM_DIGITS]
    return float(np.mean(outputs.argmax(axis=1) == digits.labels))


def _read_rightly(classifier: Classifier, split: Split) -> float:
    probabilities, no_digit = classifier.judge(split.images)
    read = np.where(no_digit > classifier.notes["rejection_threshold"], CLASS_NOT_DIGIT, probabilities.argmax(axis=1))
    return float(np.mean(read == split.labels))


def check_improvement(before: Accuracies, after: Accuracies) -> None:
    """Raises UserError unless `after` has learned something, and without forgetting MNIST."""
    worse = []
    if after.held_back <= before.held_back:
        worse.append("reads no more of the drawings held back")
    if before.mnist - after.mnist > FORGOTTEN:
        worse.append(f"lost more than {100 * FORGOTTEN:g} points of MNIST's validation images")
    if worse:
        raise UserError(
            f"the network {' and '.join(worse)}. Nothing was written. More drawings or a smaller --learning-rate may "
            "help; --even-if-worse writes it nevertheless."
        )


def _in_words(before: Accuracies, after: Accuracies) -> str:
    lines = [
        f"drawings held back, read rightly: {before.held_back:.1%} before, {after.held_back:.1%} after",
        f"MNIST's validation images: {before.mnist:.2%} before, {after.mnist:.2%} after",
    ]
    if before.synthetic is not None and after.synthetic is not None:
        lines.append(
            f"handwriting by program, read rightly: {before.synthetic:.2%} before, {after.synthetic:.2%} after"
        )
    return "\n".join(lines)


# LabeledDrawings


def hold_back(drawn: LabeledDrawings, seed: int) -> tuple[LabeledDrawings, LabeledDrawings]:
    """Drawings to learn from, and HELD_BACK of each class to measure on. Raises UserError for too few.

    Which are held back depends on the seed and on the drawings alone, not on their order: equal drawings stay together,
    and a file that has grown holds back nearly the same ones again.
    """
    keys = np.array([_key(strokes, seed) for strokes in drawn.drawings])
    labels = classes_of(drawn.labels)
    held_back = np.zeros(len(drawn), bool)
    for label in np.unique(labels):
        places = np.flatnonzero(labels == label)
        ordered = np.sort(keys[places])
        held_back[places] = keys[places] < ordered[math.floor(HELD_BACK * len(places) + 0.5)]
    if held_back.sum() < LEAST_HELD_BACK:
        raise UserError(
            f"too few drawings: of {len(drawn):,}, only {held_back.sum()} could be held back to measure on, a quarter "
            f"of each label. At least {LEAST_HELD_BACK} are needed."
        )
    return _taken(drawn, np.flatnonzero(~held_back)), _taken(drawn, np.flatnonzero(held_back))


def _key(strokes: list[Stroke], seed: int) -> str:
    points = np.concatenate(strokes).tobytes()
    return hashlib.sha256(f"{seed} ".encode() + points).hexdigest()


def _taken(drawn: LabeledDrawings, places: np.ndarray) -> LabeledDrawings:
    return LabeledDrawings(*([column[i] for i in places] for column in (drawn.drawings, drawn.labels, drawn.writers)))


def _usable(file: Path, outputs: int) -> LabeledDrawings:
    """The drawings of a file that a network with so many outputs can learn from. Raises DrawingsError."""
    drawn = read_drawings(file)
    with_ink = np.array([any(map(len, strokes)) for strokes in drawn.drawings], bool)
    known = classes_of(drawn.labels) < outputs
    if not known.all():
        print(f"{np.sum(~known):,} drawings are no digits, of which this network knows nothing: left out.")
    return _taken(drawn, np.flatnonzero(with_ink & known))


def augmented_copies(drawn: LabeledDrawings, seed: int) -> Split:
    """Each drawing as several images, each with a pen by chance, as handwriting by program is; most are augmented."""
    rng = np.random.default_rng(seed)
    guises = int(np.clip(IMAGES // len(drawn), 1, GUISES))
    images = np.concatenate([_images(drawn, rng) for _ in range(guises)])
    first, others = images[: len(drawn)], images[len(drawn) :]
    if len(others):
        images = np.concatenate([first, _augmented(others, rng)])
    return Split(images, np.tile(classes_of(drawn.labels), guises))


def _images(drawn: LabeledDrawings, rng: np.random.Generator | None = None) -> np.ndarray:
    """Drawings by the full way, float32 (N, 28, 28): with the usual pen, or with others by chance."""
    widths = [NETWORK_PEN_WIDTH if rng is None else generator.sample_pen_width(rng) for _ in drawn.drawings]
    return normalization.normalize_all(map(rasterize, drawn.drawings, widths))
