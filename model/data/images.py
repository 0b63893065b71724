"""Read files of labeled images of digits. A file is an .npz archive of two arrays:

images    uint8 (N, H, W)   gray values: 0 paper, 255 ink
labels    int (N,)          the digit in each image
"""

import zipfile
from pathlib import Path

import numpy as np

from model.classes import NUM_DIGITS
from model.errors import UserError, first_line


def read_images(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the images, float32 (N, H, W), 0 paper, 1 ink, and the labels, (N,). Raises UserError."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        raise UserError(f"{path} is not an .npz file. Expected a file with the arrays images and labels.")
    try:
        with np.load(path, allow_pickle=False) as file:
            images, labels = file["images"], file["labels"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} cannot be read as images ({first_line(error)}).") from None
    if images.ndim != 3 or images.dtype != np.uint8 or not len(images):
        raise UserError(f"{path}: images is {images.dtype} {images.shape}. Expected uint8 (N, H, W), N ≥ 1.")
    if (
        labels.shape != images.shape[:1]
        or labels.dtype.kind not in "iu"
        or not np.isin(labels, range(NUM_DIGITS)).all()
    ):
        raise UserError(f"{path}: labels is not one digit, 0 to 9, for each image.")
    return images / np.float32(255), labels
