"""Prepare the images for fine-tuning: copies of drawings, held-out drawings, and images from the original training."""

import hashlib
import math
from pathlib import Path

import keras
import numpy as np

from model.classes import CLASS_NOT_DIGIT, CLASS_SEVERAL, classes_of
from model.data.dataset import Dataset, Split
from model.data.drawings import LabeledDrawings, read_drawings
from model.data.pictures import LabeledPictures, read_pictures
from model.errors import UserError
from model.preprocessing import augmentation, normalization
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from model.synthetic import generator

Drawings = LabeledDrawings | LabeledPictures

HELD_OUT_SHARE = 0.25
MIN_HELD_OUT = 5
"""With fewer held-out drawings, an improvement cannot be distinguished from chance."""
NUM_MNIST_IMAGES = 10_000
"""Number of MNIST training images that are mixed with the drawings."""
MAX_COPIES, MAX_COPIED_IMAGES = 32, 5_000
"""Maximum number of copies of each drawing, and of copies of all drawings together. The second limit does not apply to
more than 5,000 drawings, because each drawing has at least one copy."""
IMAGES_PER_CHUNK = 5_000
"""Maximum number of images that are augmented or turned into features at a time, to limit the memory."""


def hold_out(drawings: Drawings, seed: int) -> tuple[Drawings, Drawings]:
    """Split drawings into two parts. Return the drawings for training, then the held-out drawings.

    Each drawing has a key, which is a hash of the seed and of the drawing's points, or of the picture's normalized
    image. In each class, about a quarter of the drawings is held out (HELD_OUT_SHARE): those with the smallest keys.
    Identical drawings of a class have equal keys. Therefore, they are always in the same part. The order of the
    drawings in the file has no effect. If drawings are added to the file, most of the held-out drawings are still held
    out.
    Raises UserError if there are too few drawings.
    """
    keys = np.array([hashlib.sha256(f"{seed} ".encode() + content).hexdigest() for content in drawings.contents()])
    labels = classes_of(drawings.labels)
    held_out = np.zeros(len(drawings), bool)
    for label in np.unique(labels):
        indices = np.flatnonzero(labels == label)
        ordered = np.sort(keys[indices])
        held_out[indices] = keys[indices] < ordered[math.floor(HELD_OUT_SHARE * len(indices) + 0.5)]
    if held_out.sum() < MIN_HELD_OUT:
        raise UserError(
            f"too few drawings: of {len(drawings):,}, only {held_out.sum()} can be held out to measure the accuracy "
            f"(a quarter of the drawings with each label). At least {MIN_HELD_OUT} are needed."
        )
    return drawings.select(np.flatnonzero(~held_out)), drawings.select(np.flatnonzero(held_out))


def usable_drawings(source: Path, num_outputs: int) -> Drawings:
    """Read a file of drawings, or a folder of pictures. Return those with ink and a class that the network knows.

    num_outputs: the number of outputs of the network. With 10 outputs, it knows only digits, with 11 also non-digits,
        and with 12 also the class of several digits, which is the class of drawings of whole numbers.
    Raises UserError if the source is missing or damaged.
    """
    drawings = read_pictures(source) if source.is_dir() else read_drawings(source)
    has_ink = np.array([len(content) > 0 for content in drawings.contents()], bool)
    classes = classes_of(drawings.labels)
    has_class = classes < num_outputs
    numbers, non_digits = (int(np.sum(~has_class & (classes == one))) for one in (CLASS_SEVERAL, CLASS_NOT_DIGIT))
    if numbers:
        print(f"Skipped {numbers:,} numbers that are not divided into digits: this network reads single digits only.")
    if non_digits:
        print(f"Skipped {non_digits:,} drawings that are not digits: this network distinguishes digits only.")
    return drawings.select(np.flatnonzero(has_ink & has_class))


def augmented_copies(drawings: Drawings, seed: int) -> Split:
    """Return several images of each drawing. Augment all except the first of each.

    The pen widths of drawings are random. Pictures keep theirs.
    """
    rng = np.random.default_rng(seed)
    copies = int(np.clip(MAX_COPIED_IMAGES // len(drawings), 1, MAX_COPIES))
    images = np.concatenate([drawing_images(drawings, rng) for _ in range(copies)])
    first, others = images[: len(drawings)], images[len(drawings) :]
    if len(others):
        images = np.concatenate([first, _augmented(others, rng)])
    return Split(images, np.tile(classes_of(drawings.labels), copies))


def drawing_images(drawings: Drawings, rng: np.random.Generator | None = None) -> np.ndarray:
    """Return normalized images, float32 (N, 28, 28). If `rng` is given, the pen width of each drawing is random."""
    if isinstance(drawings, LabeledPictures):
        return drawings.images
    widths = [NETWORK_PEN_WIDTH if rng is None else generator.sample_pen_width(rng) for _ in drawings.drawings]
    return normalization.normalize_all(map(rasterize, drawings.drawings, widths))


def known_images(known: Dataset, seed: int) -> np.ndarray:
    """Return training images of MNIST and synthetic images: first all images unchanged, then all images augmented.

    If the augmented images are left out, the network forgets more.
    """
    rng = np.random.default_rng(seed)
    indices = rng.permutation(len(known.train.labels))[:NUM_MNIST_IMAGES]
    synthetic = [] if known.synthetic is None else [known.synthetic.images]
    images = np.concatenate([known.train.images[indices], *synthetic])
    return np.concatenate([images, _augmented(images, rng)])


def _augmented(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    random_numbers = rng.uniform(-1, 1, (len(images), augmentation.RANDOM_NUMBERS)).astype(np.float32)
    pairs = zip(chunks(images), chunks(random_numbers), strict=True)
    return np.concatenate([keras.ops.convert_to_numpy(augmentation.augment(*pair)) for pair in pairs])


def chunks(array: np.ndarray) -> list[np.ndarray]:
    """Split an array (N, ...) into consecutive parts of at most IMAGES_PER_CHUNK rows."""
    return np.array_split(array, math.ceil(len(array) / IMAGES_PER_CHUNK))
