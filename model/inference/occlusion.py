"""Occlusion: how the score of an answer changes if a part of the ink is erased, or if a dot is added.

The normalized image has 7×7 blocks of 4×4 pixels. Each version of the image lacks the ink of one block, or has a dot in
one block. A version is not normalized again: the other pixels stay where they are, so that the change has one cause. If
a visitor erases the same ink from the drawing, the drawing is cropped, scaled and centered again, which can change the
score further. There is no test-time augmentation.

The score can also be what the image changes in one cell of an inner layer.

The score is the log-odds of the answer: its logit, less the logarithm of the summed exponentials of the other logits.
In contrast to another digit, the score is the difference of the two logits. The unit is nats, before calibration.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.classes import NUM_DIGITS
from model.errors import InputError
from model.preprocessing.normalization import IMAGE_SIDE

BLOCK = 4
BLOCKS = IMAGE_SIDE // BLOCK
DOT = np.array([[0.3, 0.8, 0.8, 0.3], [0.8, 1, 1, 0.8], [0.8, 1, 1, 0.8], [0.3, 0.8, 0.8, 0.3]], np.float32)
"""The ink of an added dot, which is as wide as a stroke of MNIST and fills one block."""

Score = Callable[[np.ndarray], np.ndarray]
"""A function from normalized images, float32 (N, 28, 28), to scores, (N,)."""
Forward = Callable[[np.ndarray], np.ndarray]
"""A function from normalized images, float32 (N, 28, 28), to logits, (N, K)."""


@dataclass(frozen=True)
class Occlusion:
    """The score of an image, and its changes: float64 (7, 7), row by row. Both are in nats.

    erased: the change if the ink of a block is erased; below 0 where the answer needs the ink.
    added: the change if a dot is added to a block; None if not requested.
    """

    score: float
    erased: np.ndarray
    added: np.ndarray | None = None


def occlude(
    forward: Forward, image: np.ndarray, digit: int | None, contrast: int | None = None, dots: bool = False
) -> Occlusion:
    """Return how erased blocks, and added dots, change the score of an answer. One call of `forward` computes all.

    image: a normalized image, float32 (28, 28).
    digit: the answer; None means "not one digit".
    contrast: the digit to compare the answer with; None means all other outputs.
    dots: whether to add dots, too.
    Raises InputError if `digit` equals `contrast`, or if `digit` is None and the network has no output for non-digits.
    """
    if digit is not None and digit == contrast:
        raise InputError("A digit cannot be compared with itself; expected another digit, or null.")
    return occlude_score(lambda images: _scores(forward(images), digit, contrast), image, dots)


def occlude_score(score: Score, image: np.ndarray, dots: bool = False) -> Occlusion:
    """Return how erased blocks, and added dots, change a score. One call of `score` computes all.

    image, dots: as for `occlude`.
    """
    versions = np.concatenate([_without_each_block(image), *([_with_each_dot(image)] if dots else [])])
    # Most blocks have no ink. To erase them changes nothing.
    changed = (versions != image).any(axis=(1, 2))
    scores = np.asarray(score(np.concatenate([image[None], versions[changed]])), np.float64)
    changes = np.zeros(len(versions))
    changes[changed] = scores[1:] - scores[0]
    erased, *added = changes.reshape(-1, BLOCKS, BLOCKS)
    return Occlusion(float(scores[0]), erased, added[0] if added else None)


def _scores(logits: np.ndarray, digit: int | None, contrast: int | None) -> np.ndarray:
    """Return the score of each row of logits, float64 (N,)."""
    if digit is None and logits.shape[1] == NUM_DIGITS:
        raise InputError("This network only knows digits; it cannot explain why a drawing is not a digit.")
    classes = np.arange(logits.shape[1])
    answer = classes >= NUM_DIGITS if digit is None else classes == digit
    others = ~answer if contrast is None else classes == contrast
    logits = logits.astype(np.float64)
    own, rivals = (np.logaddexp.reduce(logits[:, mask], axis=1) for mask in (answer, others))
    return own - rivals


def _blocks() -> list[tuple[slice, slice]]:
    starts = [slice(start, start + BLOCK) for start in range(0, IMAGE_SIDE, BLOCK)]
    return [(rows, columns) for rows in starts for columns in starts]


def _without_each_block(image: np.ndarray) -> np.ndarray:
    versions = np.repeat(image[None], BLOCKS**2, axis=0)
    for version, block in zip(versions, _blocks(), strict=True):
        version[block] = 0
    return versions


def _with_each_dot(image: np.ndarray) -> np.ndarray:
    versions = np.repeat(image[None], BLOCKS**2, axis=0)
    for version, block in zip(versions, _blocks(), strict=True):
        version[block] = np.maximum(version[block], DOT)
    return versions
