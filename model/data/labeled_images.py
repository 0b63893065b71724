"""Read labeled digits as normalized images, from a file of drawings or from a folder of pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.classes import classes_of
from model.data.drawings import read_digits
from model.data.pictures import read_pictures
from model.preprocessing.normalization import normalize_all
from model.preprocessing.strokes import rasterize


def read_digit_images(source: Path) -> tuple[np.ndarray, np.ndarray, Sequence[str]]:
    """Return the normalized images, (N, 28, 28), the classes, (N,), and the writers, (N,), of labeled digits.

    source: a file of drawings, or a folder of pictures. The writers of pictures are unknown, so each has its own.
    Raises UserError if the source cannot be read or has no digits.
    """
    if source.is_dir():
        pictures = read_pictures(source).digits()
        return pictures.images, classes_of(pictures.labels), [str(path) for path in pictures.paths]
    drawings, labels = read_digits(source)
    return normalize_all(map(rasterize, drawings.drawings)), labels, drawings.writers
