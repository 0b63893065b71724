"""Read a folder of labeled pictures: `0/….png` to `9/….png`, and `other/….png` for pictures that are not digits.

Each picture shows one digit. A picture takes the same path as a picture on the page: its ink is found, thinned if the
pen was broad, and normalized to 28×28 pixels.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.classes import DIGIT_LABELS, LABEL_NOT_DIGIT
from model.errors import InputError, UserError
from model.preprocessing.decoding import decode
from model.preprocessing.normalization import normalize, normalize_all
from model.preprocessing.picture import extract
from model.preprocessing.stroke_width import adjust

NON_DIGITS = "other"
"""Name of the subfolder for pictures that are not digits."""
EXPECTED = "Expected the subfolders 0 to 9 with pictures of digits, and other with pictures that are not digits."
MAX_NAMED = 5
"""Maximum number of unreadable files that the warning names."""


@dataclass(frozen=True)
class LabeledPictures:
    """N pictures. Each shows one digit, or none.

    images: the normalized images, float32 (N, 28, 28). labels: "0" to "9", or LABEL_NOT_DIGIT.
    paths: the files.
    """

    images: np.ndarray
    labels: list[str]
    paths: list[Path]

    def __len__(self) -> int:
        return len(self.labels)

    def select(self, indices: Iterable[int]) -> "LabeledPictures":
        """Return the pictures with these indices."""
        indices = list(indices)
        images = self.images[indices] if indices else self.images[:0]
        return LabeledPictures(images, [self.labels[i] for i in indices], [self.paths[i] for i in indices])

    def contents(self) -> list[bytes]:
        """Return the pixels of each normalized image. Equal images have equal contents."""
        return [image.tobytes() for image in self.images]

    def digits(self) -> "LabeledPictures":
        """Return the pictures of digits. Raises UserError if there are none."""
        digits = self.select(i for i, label in enumerate(self.labels) if label in DIGIT_LABELS)
        if not len(digits):
            raise UserError(f"The folder has no readable pictures of digits. {EXPECTED}")
        return digits

    def non_digits(self) -> "LabeledPictures":
        """Return the pictures that are not digits."""
        return self.select(i for i, label in enumerate(self.labels) if label not in DIGIT_LABELS)


def read_pictures(folder: Path) -> LabeledPictures:
    """Read a folder of labeled pictures.

    Files that cannot be read, or that have no ink, are left out. A warning on stderr counts and names them.
    Raises UserError if no subfolder has the name of a label.
    """
    files = [(path, label) for name, label in _subfolders().items() for path in _files(folder / name)]
    if not files:
        raise UserError(f"{folder} is not a folder of labeled pictures. {EXPECTED}")
    images, labels, paths, unreadable = [], [], [], []
    for path, label in files:
        try:
            image = read_picture(path)
        except InputError:
            unreadable.append(path)
            continue
        images.append(image)
        labels.append(label)
        paths.append(path)
    if unreadable:
        _warn(folder, unreadable, len(files))
    return LabeledPictures(np.stack(images) if images else normalize_all([]), labels, paths)


def read_picture(path: Path) -> np.ndarray:
    """Return the normalized image, float32 (28, 28), of a picture of one digit. Raises InputError if there is none."""
    found = extract(decode(path))
    # A single digit can have the shape of a frame, such as a zero with corners.
    ink = found.ink if found.ink.any() or found.whole is None else found.whole.ink
    if not ink.any():
        raise InputError("The picture is blank. Expected a digit.")
    return normalize(adjust(ink))


def _subfolders() -> dict[str, str]:
    return {**{label: label for label in DIGIT_LABELS}, NON_DIGITS: LABEL_NOT_DIGIT}


def _files(folder: Path) -> list[Path]:
    """Return the files in a folder. Leave out hidden files, which other programs write, such as .DS_Store."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _warn(folder: Path, unreadable: list[Path], count: int) -> None:
    names = [path.relative_to(folder).as_posix() for path in unreadable[:MAX_NAMED]]
    more = f" and {len(unreadable) - MAX_NAMED:,} more" if len(unreadable) > MAX_NAMED else ""
    print(
        f"{folder}: {len(unreadable):,} of {count:,} pictures are left out, because they are blank or cannot be read: "
        f"{', '.join(names)}{more}.",
        file=sys.stderr,
        flush=True,
    )
