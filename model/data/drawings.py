"""Read and write files of labeled drawings. A file is an .npz archive of five arrays:

points            int (P, 2)   the points of all strokes, x right, y down
stroke_lengths    int (S,)     the number of points of each stroke
drawing_lengths   int (D,)     the number of strokes of each drawing
labels            str (D,)     the label of each drawing
writers           str (D,)     the name of the person who drew each drawing

In each drawing, the smallest x and the smallest y are 0, and the longer side of the bounding box is 1000.
"""

import os
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from model.classes import DIGIT_LABELS, classes_of, is_number
from model.errors import UserError, first_line
from model.files import atomic_write
from model.preprocessing.geometry import Stroke, bounding_box, longer_side

UNITS = 1000
"""Longer side of a drawing in a file. Coordinates are rounded to whole units, and a unit is less than any pen width."""

# Number of dimensions and permitted dtype kinds (`numpy.dtype.kind`) of each array.
ARRAYS = {
    "points": (2, "iuf"),
    "stroke_lengths": (1, "iu"),
    "drawing_lengths": (1, "iu"),
    "labels": (1, "U"),
    "writers": (1, "U"),
}

# Exceptions that NumPy and zipfile raise for a damaged archive.
_DAMAGED = (OSError, EOFError, ValueError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error)

DEVELOPMENT_DATA = ("unipen_digits", "unipen_other", "semeion")
"""Data sets that are not independent test data: mistakes on them showed which styles of synthetic digits to add."""


@dataclass(frozen=True)
class LabeledDrawings:
    """Drawings, with the label and the writer of each drawing.

    `read_drawings` returns strokes in fractions of the drawing's longer side, 0 to 1. `write_drawings` accepts strokes
    in any unit.
    """

    drawings: list[list[Stroke]]
    labels: list[str]
    writers: list[str]

    def __post_init__(self):
        if not len(self.drawings) == len(self.labels) == len(self.writers):
            raise UserError(
                f"There are {len(self.drawings):,} drawings, {len(self.labels):,} labels and {len(self.writers):,} "
                "writers. Each drawing needs one label and one writer."
            )

    def __len__(self) -> int:
        return len(self.drawings)

    def select(self, indices: Iterable[int]) -> "LabeledDrawings":
        """Return the drawings with these indices."""
        columns = (self.drawings, self.labels, self.writers)
        return LabeledDrawings(*([column[i] for i in indices] for column in columns))

    def contents(self) -> list[bytes]:
        """Return the points of each drawing. Equal drawings have equal contents."""
        return [np.concatenate([np.zeros((0, 2)), *strokes]).tobytes() for strokes in self.drawings]


def read_drawings(path: str | os.PathLike) -> LabeledDrawings:
    """Read a file of drawings. Raises UserError if the file is missing, damaged or not a file of drawings."""
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path} is not a file. Expected an .npz file of drawings.")
    arrays = _read_arrays(path)
    _check_arrays(arrays, path)
    strokes = _split(arrays["points"] / UNITS, arrays["stroke_lengths"], path, "points in strokes")
    drawings = _split(strokes, arrays["drawing_lengths"], path, "strokes in drawings")
    try:
        return LabeledDrawings(drawings, arrays["labels"].tolist(), arrays["writers"].tolist())
    except UserError as error:
        raise UserError(f"{path} is inconsistent. {error}") from None


def read_digits(path: Path) -> tuple[LabeledDrawings, np.ndarray]:
    """Read a file of drawn digits; return the drawings and their classes, uint8 (N,).

    Raises UserError if the file is unreadable or empty, or if it contains a drawing that is not a digit.
    """
    drawings = _read_nonempty(path)
    if not set(drawings.labels) <= set(DIGIT_LABELS):
        raise UserError(f"{path} contains drawings that are not digits. Expected digits only.")
    return drawings, classes_of(drawings.labels)


def read_non_digits(path: Path) -> LabeledDrawings:
    """Read a file of non-digits.

    Raises UserError if the file is unreadable or empty, or if it contains a digit or a number.
    """
    drawings = _read_nonempty(path)
    if any(label in DIGIT_LABELS or is_number(label) for label in drawings.labels):
        raise UserError(f"{path} contains digits. Expected drawings that are not digits.")
    return drawings


def _read_nonempty(path: Path) -> LabeledDrawings:
    drawings = read_drawings(path)
    if not len(drawings):
        raise UserError(f"{path} contains no drawings. Expected at least one.")
    return drawings


def write_drawings(path: str | os.PathLike, drawings: LabeledDrawings) -> None:
    """Write drawings to a file for `read_drawings`. The position and size of a drawing on the pad are not stored.

    Raises OSError, and leaves an existing file unchanged, if the file cannot be written.
    """
    strokes = [stroke for drawing in drawings.drawings for stroke in _in_units(drawing)]
    arrays = {
        "points": np.concatenate([np.zeros((0, 2), np.int16), *strokes]),
        "stroke_lengths": np.array([len(stroke) for stroke in strokes], np.int32),
        "drawing_lengths": np.array([len(drawing) for drawing in drawings.drawings], np.int32),
        "labels": np.array(drawings.labels, np.str_),
        "writers": np.array(drawings.writers, np.str_),
    }
    # NumPy appends .npz to a file name, but not to an open file.
    with atomic_write(Path(path)) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **arrays)


def _read_arrays(path: Path) -> dict[str, np.ndarray]:
    try:
        # Check this first: np.load would accept a file with a single array (.npy), and report any other as a pickle.
        if not zipfile.is_zipfile(path):
            raise UserError(f"{path} is not an .npz file, or it is truncated.")
        with np.load(path, allow_pickle=False) as file:
            missing = sorted(ARRAYS.keys() - file.keys())
            if missing:
                raise UserError(f"{path} is not a file of drawings. Missing arrays: {', '.join(missing)}.")
            return {name: file[name] for name in ARRAYS}
    except _DAMAGED as error:
        raise UserError(f"{path} cannot be read as drawings ({first_line(error)}).") from None


def _check_arrays(arrays: dict[str, np.ndarray], path: Path) -> None:
    """Raise UserError if an array has a wrong shape or a wrong dtype, or if a point is not finite."""
    for name, (dimensions, kinds) in ARRAYS.items():
        array = arrays[name]
        # NumPy returns bytes for a member of the archive that is not an array.
        if not isinstance(array, np.ndarray) or array.ndim != dimensions or array.dtype.kind not in kinds:
            expected = f"{dimensions}-dimensional array of {'strings' if kinds == 'U' else 'numbers'}"
            raise UserError(f"{path} is not a file of drawings: {name} is not a {expected}.")
    points = arrays["points"]
    if points.shape[1] != 2 or not np.isfinite(points).all():
        raise UserError(f"{path} is not a file of drawings: points are not pairs of finite numbers.")


def _split(values, lengths: np.ndarray, path: Path, what: str) -> list:
    """Cut `values` into consecutive parts of the given lengths.

    what: the name of the values, for the error message.
    Raises UserError if the lengths do not add up to the number of values.
    """
    # Check each length first, because the sum of huge lengths can overflow and equal the expected number by chance.
    if ((lengths < 0) | (lengths > len(values))).any() or lengths.sum() != len(values):
        raise UserError(f"{path} is inconsistent. It counts {lengths.sum():,} {what}, but has {len(values):,}.")
    return [values[start:end] for start, end in pairwise(np.cumsum([0, *lengths.tolist()]))]


def _in_units(drawing: list[Stroke]) -> list[np.ndarray]:
    """Return the strokes of a drawing as int16. The smallest x and y become 0, and the longer side becomes UNITS."""
    strokes = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in drawing]
    if not any(len(stroke) for stroke in strokes):
        return [stroke.astype(np.int16) for stroke in strokes]
    corner, _ = bounding_box(strokes)
    side = longer_side(strokes) or 1.0  # Avoid a division by 0: the longer side of a dot is 0.
    return [np.rint((stroke - corner) / side * UNITS).astype(np.int16) for stroke in strokes]


def dataset_title(name: str) -> str:
    """Return the name of a data set. If the name is in DEVELOPMENT_DATA, append "(development data)"."""
    return f"{name} (development data)" if name in DEVELOPMENT_DATA else name
