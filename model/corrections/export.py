"""Export corrections to a file of labeled drawings. The drawing of a number is divided into its digits if possible."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model.classes import is_number
from model.corrections.sqlite_file import StorageError
from model.corrections.store import Correction
from model.data.drawings import LabeledDrawings, write_drawings
from model.errors import InputError
from model.preprocessing.division import divide
from model.preprocessing.strokes import parse_strokes


@dataclass(frozen=True)
class Exported:
    """What an export has written. `drawings`: the number of drawings in the file.

    divided, undivided: how many numbers could be divided into digits, and how many could not.
    """

    drawings: int
    divided: int
    undivided: int


def export_drawings(
    corrections: Iterable[Correction], path: str | os.PathLike, labels: Sequence[str] | None = None
) -> Exported:
    """Write corrections to a file of drawings.

    Each digit of a number becomes a drawing of its own. A number that cannot be divided is one drawing, with the number
    as its label. In the file, the writer of every drawing is "visitor".
    labels: export only drawings with these labels, which are labels of single digits or of non-digits. None exports all
        drawings.
    Raises StorageError if the corrections cannot be read, and OSError if `path` cannot be written.
    """
    drawings, given, divided, undivided = [], [], 0, 0
    for correction in corrections:
        # Skip this correction before its strokes are parsed, because parsing takes time.
        if labels is not None and not set(labels) & {correction.label, *_digits_of(correction.label)}:
            continue
        strokes = _strokes_of(correction)
        parts = divide(strokes, len(correction.label)) if is_number(correction.label) else None
        divided += parts is not None
        undivided += parts is None and is_number(correction.label)
        pairs = zip(parts, correction.label, strict=True) if parts else [(strokes, correction.label)]
        for drawing, label in pairs:
            if labels is None or label in labels:
                drawings.append(drawing)
                given.append(label)
    write_drawings(path, LabeledDrawings(drawings, given, ["visitor"] * len(drawings)))
    return Exported(len(drawings), divided, undivided)


def _digits_of(label: str) -> Sequence[str]:
    return label if is_number(label) else ()


def _strokes_of(correction: Correction) -> list:
    try:
        return parse_strokes(correction.strokes)
    except InputError as error:
        raise StorageError(f"The file of corrections is damaged. {error}") from None
