"""Cut-outs: the parts of training images that change a map of a network most, as pictures beside the checkpoint.

The folder `<name>-cutouts` has one WebP picture for each layer: a row for each map, with COUNT cut-outs side by side,
the strongest first, dark ink on light paper. The name of a picture holds the short hash of the network's file, so that
it is never used with another network. `model.evaluation.map_selection` makes the pictures.
"""

import io
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from model.files import atomic_write
from model.inference.activations import MAPS, PRODUCTS, Layer
from model.inference.features import short_hash
from model.preprocessing.normalization import IMAGE_SIDE

COUNT = 9
"""Number of cut-outs of a map."""
LEVELS = 6
"""Number of grays. Fewer grays make smaller pictures; with six, a cut-out looks like its original."""


@dataclass
class Strongest:
    """The images that change each map of one layer most, collected in batches.

    A map counts in the direction of its largest change: most maps are raised by ink, some are lowered.
    """

    layer: Layer

    def __post_init__(self):
        self._changes: list[np.ndarray] = []
        self._cells: list[np.ndarray] = []

    def add(self, changes: np.ndarray) -> None:
        """Add the changes of a batch of images, (N, H, W, C), in the order of the images."""
        flat = changes.reshape(len(changes), -1, changes.shape[-1])
        cells = np.stack([flat.argmax(axis=1), flat.argmin(axis=1)])
        self._cells.append(cells)
        self._changes.append(np.stack([np.take_along_axis(flat, each[:, None], axis=1)[:, 0] for each in cells]))

    def picture(self, images: np.ndarray) -> bytes:
        """Return the cut-outs as a WebP picture. images: those of all batches, float32 (N, 28, 28)."""
        changes, cells = np.concatenate(self._changes, axis=1), np.concatenate(self._cells, axis=1)
        rows = [
            np.hstack([self._cut(images[index], cells[direction, index, map_]) for index, direction in best])
            for map_ in rows_of(self.layer)
            for best in [_best(changes[:, :, map_])]
        ]
        return _to_webp(np.vstack(rows))

    def _cut(self, image: np.ndarray, cell: int) -> np.ndarray:
        size = size_of(self.layer)
        if size == IMAGE_SIDE:
            return image
        _, step, start = self.layer.window
        row, column = (round(start + step * index + 0.5 - size / 2) for index in divmod(int(cell), self.layer.shape[1]))
        return np.pad(image, size)[row + size : row + 2 * size, column + size : column + 2 * size]


def rows_of(layer: Layer) -> list[int]:
    """Return the maps that have cut-outs: all maps of a convolution, and the shown units of a dense layer."""
    if layer.kind == PRODUCTS:
        return []
    return list(range(layer.shape[2])) if layer.kind == MAPS else list(layer.chosen.maps)


def size_of(layer: Layer) -> int:
    """Return the side of a cut-out in pixels: the window of a cell, or the whole image if a cell sees most of it."""
    is_local = layer.kind == MAPS and layer.window and layer.window[0] < IMAGE_SIDE - 1
    return layer.window[0] if is_local else IMAGE_SIDE


def folder_of(checkpoint: Path) -> Path:
    """Return the folder beside a checkpoint."""
    return checkpoint.with_name(f"{checkpoint.stem}-cutouts")


def path_of(checkpoint: Path, sha256: str, layer: int) -> Path:
    """Return the path of the picture of a layer, counted from 0. sha256: of the network's file."""
    return folder_of(checkpoint) / f"{short_hash(sha256)}-{layer + 1}.webp"


def save(pictures: Sequence[bytes], sha256: str, checkpoint: Path) -> None:
    """Write the pictures of all layers beside a checkpoint, in place of those that are there."""
    shutil.rmtree(folder_of(checkpoint), ignore_errors=True)
    for layer, content in enumerate(pictures):
        path = path_of(checkpoint, sha256, layer)
        path.parent.mkdir(exist_ok=True)
        with atomic_write(path) as temporary:
            temporary.write_bytes(content)


def load(checkpoint: Path, sha256: str, layer: int) -> bytes | None:
    """Return the picture of a layer; None if there is none for this network."""
    try:
        return path_of(checkpoint, sha256, layer).read_bytes()
    except OSError:
        return None


def _best(changes: np.ndarray) -> list[tuple[int, int]]:
    """Return the indices of the COUNT strongest images, and the direction of a map. changes: (2, N), up and down."""
    direction = int(-changes[1].min() > changes[0].max())
    order = np.argsort(np.abs(changes[direction]), kind="stable")[::-1]
    return [(int(index), direction) for index in order[:COUNT]]


def _to_webp(ink: np.ndarray) -> bytes:
    grays = np.rint((1 - np.rint((LEVELS - 1) * ink) / (LEVELS - 1)) * 255).astype(np.uint8)
    content = io.BytesIO()
    Image.fromarray(grays).convert("RGB").save(content, "WEBP", lossless=True)
    return content.getvalue()
