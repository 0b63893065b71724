"""Files of drawings with their labels (`--drawings FILE`): an npz of plain arrays, strokes as points.

`points` int (P, 2), x right, y down, each drawing shifted to 0 and scaled so that its longer side is 1000;
`stroke_lengths` int (S,), the points of each stroke; `drawing_lengths` int (D,), the strokes of each drawing;
`labels` str (D,); `writers` str (D,), who drew it.
"""

import os
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from model.errors import UserError
from model.preprocessing.geometry import Stroke

# What the file calls the longer side of a drawing: a thousandth is finer than any pen.
UNITS = 1000
# Each array's number of dimensions, and the kinds of values (NumPy's letters) that it may hold.
ARRAYS = {
    "points": (2, "iuf"),
    "stroke_lengths": (1, "iu"),
    "drawing_lengths": (1, "iu"),
    "labels": (1, "U"),
    "writers": (1, "U"),
}


@dataclass(frozen=True)
class LabeledDrawings:
    """Drawings, each a list of strokes in fractions of its longer side (0 … 1), with their labels and writers."""

    drawings: list[list[Stroke]]
    labels: list[str]
    writers: list[str]

    def __post_init__(self):
        if not len(self.drawings) == len(self.labels) == len(self.writers):
            raise UserError(
                f"{len(self.drawings):,} drawings with {len(self.labels):,} labels and {len(self.writers):,} writers; "
                "each drawing has one of both."
            )

    def __len__(self) -> int:
        return len(self.drawings)


def read_drawings(path: str | os.PathLike) -> LabeledDrawings:
    """Read a file of drawings. Raises UserError when it is missing, damaged or none."""
    path = Path(path)
    if not path.is_file():
        raise UserError(f"{path} is no file. Expected an .npz of drawings.")
    arrays = _arrays(path)
    strokes = _split(arrays["points"] / UNITS, arrays["stroke_lengths"], path, "points in strokes")
    drawings = _split(strokes, arrays["drawing_lengths"], path, "strokes in drawings")
    try:
        return LabeledDrawings(drawings, arrays["labels"].tolist(), arrays["writers"].tolist())
    except UserError as error:
        raise UserError(f"{path} does not add up: it holds {error}") from None


def write_drawings(path: str | os.PathLike, drawings: LabeledDrawings) -> None:
    """Write a file that `read_drawings` understands. Where a drawing lay on its pad, and how large, is not kept."""
    strokes = [stroke for drawing in drawings.drawings for stroke in _in_units(drawing)]
    arrays = {
        "points": np.concatenate([np.zeros((0, 2), np.int16), *strokes]),
        "stroke_lengths": np.array([len(stroke) for stroke in strokes], np.int32),
        "drawing_lengths": np.array([len(drawing) for drawing in drawings.drawings], np.int32),
        "labels": np.array(drawings.labels, np.str_),
        "writers": np.array(drawings.writers, np.str_),
    }
    with open(path, "wb") as file:  # By name, NumPy would append .npz to what it was given.
        np.savez_compressed(file, **arrays)


def _arrays(path: Path) -> dict[str, np.ndarray]:
    """The five arrays, each checked by itself."""
    try:
        # An npz is a zip; NumPy alone would also open a lone array, or complain about pickles that nobody sent.
        if not zipfile.is_zipfile(path):
            raise UserError(f"{path} is no .npz file, or only half of one.")
        with np.load(path, allow_pickle=False) as file:
            missing = sorted(ARRAYS.keys() - file.keys())
            if missing:
                raise UserError(f"{path} is no file of drawings: it holds no {', '.join(missing)}.")
            arrays = {name: file[name] for name in ARRAYS}
    except UserError:
        raise
    except (OSError, EOFError, ValueError, RuntimeError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path} cannot be read as drawings ({error}).") from None
    for name, (dimensions, kinds) in ARRAYS.items():
        array = arrays[name]
        # What is no array in the zip comes back as bytes.
        if not isinstance(array, np.ndarray) or array.ndim != dimensions or array.dtype.kind not in kinds:
            raise UserError(f"{path} is no file of drawings: its {name} are not {_expected(dimensions, kinds)}.")
    points = arrays["points"]
    if points.shape[1] != 2 or not np.isfinite(points).all():
        raise UserError(f"{path} is no file of drawings: its points are not pairs of finite numbers.")
    return arrays


def _expected(dimensions: int, kinds: str) -> str:
    return f"{'a list' if dimensions == 1 else 'a table'} of {'words' if kinds == 'U' else 'numbers'}"


def _split(values, lengths: np.ndarray, path: Path, what: str) -> list:
    """`values` cut into consecutive pieces of the given lengths, which must use them up."""
    # Each by itself first: a sum of absurd lengths could overflow and come out right.
    if ((lengths < 0) | (lengths > len(values))).any() or lengths.sum() != len(values):
        raise UserError(f"{path} does not add up: it counts {lengths.sum():,} {what}, but holds {len(values):,}.")
    return [values[start:end] for start, end in pairwise(np.cumsum([0, *lengths.tolist()]))]


def _in_units(drawing: list[Stroke]) -> list[np.ndarray]:
    """Strokes shifted to 0 and scaled to whole thousandths of the drawing's longer side."""
    strokes = [np.asarray(stroke, np.float64).reshape(-1, 2) for stroke in drawing]
    points = np.concatenate([np.zeros((0, 2)), *strokes])
    if len(points) == 0:
        return [stroke.astype(np.int16) for stroke in strokes]
    size = np.ptp(points, axis=0).max() or 1.0  # A drawing of a single point has none.
    return [np.rint((stroke - points.min(axis=0)) / size * UNITS).astype(np.int16) for stroke in strokes]
