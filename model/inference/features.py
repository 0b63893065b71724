"""Features of images: the inputs of the network's last Dense layer, reduced to FEATURES numbers.

A principal component analysis (PCA) reduces and whitens the inputs: each component has the same variance. Then each
vector is scaled to unit length, so that the cosine of two drawings is the product of their vectors. Two drawings of one
person in one style have a large cosine. `model/inference/examples.py` uses it.

The file `<checkpoint>.features.npz` beside a checkpoint holds the PCA and a bank: the features and classes of known
images. It also holds the SHA-256 of the network's file, so that it is never used with another network.
`model/training/features.py` makes the file. A network without this file has no features.
"""

import os
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import UserError, first_line
from model.files import atomic_write

FEATURES = 128
"""Number of features of an image."""
HASH_LENGTH = 12
"""Length of a network's short hash: the first letters of the SHA-256 of its file."""

_DAMAGED = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error)


@dataclass(frozen=True)
class FeatureSpace:
    """The PCA of one network, and the bank.

    sha256: the SHA-256 of the network's file.
    mean: the mean input of the last Dense layer, float32 (D,).
    matrix: the principal components, each divided by its standard deviation, float16 (D, FEATURES).
    bank: the features of known images, int8 (B, FEATURES), see `quantize`.
    classes: the classes of the images in the bank, uint8 (B,): digits, CLASS_NOT_DIGIT or CLASS_SEVERAL.
    """

    sha256: str
    mean: np.ndarray
    matrix: np.ndarray
    bank: np.ndarray
    classes: np.ndarray

    @property
    def network(self) -> str:
        """The network's short hash."""
        return short_hash(self.sha256)


def short_hash(sha256: str) -> str:
    """Return the short hash of a network."""
    return sha256[:HASH_LENGTH]


def path_of(checkpoint: Path) -> Path:
    """Return the path of the features' file of a checkpoint."""
    return checkpoint.with_name(f"{checkpoint.stem}.features.npz")


def save(space: FeatureSpace, checkpoint: Path) -> None:
    """Write the file of features beside a checkpoint."""
    # NumPy appends .npz to a file name, but not to an open file.
    with atomic_write(path_of(checkpoint)) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(file, **vars(space))


def is_available(checkpoint: Path, notes: dict) -> bool:
    """Return whether the file of features exists and belongs to the network. notes: the notes of the checkpoint."""
    return _belongs(checkpoint, notes) is not None


def load(checkpoint: Path, notes: dict) -> FeatureSpace | None:
    """Return the features of a network, or None if the file is missing or belongs to another network.

    notes: the notes of the checkpoint. Raises UserError if the file is damaged.
    """
    arrays = _belongs(checkpoint, notes)
    if arrays is None:
        return None
    try:
        space = FeatureSpace(**{name: arrays[name] for name in arrays} | {"sha256": str(arrays["sha256"])})
        inputs, known = len(space.mean), len(space.bank)
        if not (space.matrix.shape == (inputs, FEATURES) and space.bank.shape == (known, FEATURES)):
            raise ValueError(f"the PCA has the shape {space.matrix.shape}, the bank {space.bank.shape}")
    except (*_DAMAGED, TypeError) as error:
        raise _damaged(checkpoint, error) from None
    return space


def _belongs(checkpoint: Path, notes: dict) -> np.lib.npyio.NpzFile | None:
    """Return the open file if it belongs to the network of the notes. Its arrays are read on access."""
    path = path_of(checkpoint)
    if not os.path.exists(path):
        return None
    try:
        arrays = np.load(path, allow_pickle=False)
        return arrays if str(arrays["sha256"]) == notes.get("sha256") else None
    except _DAMAGED as error:
        raise _damaged(checkpoint, error) from None


def _damaged(checkpoint: Path, error: Exception) -> UserError:
    return UserError(
        f"{path_of(checkpoint)} is damaged ({first_line(error)}). "
        f"Make it with: python -m model.training.features --checkpoint {checkpoint}"
    )


def last_dense(network):
    """Return the last Dense layer of a Keras network; None if the network has no Dense layer for its outputs."""
    import keras

    outputs = network.output_shape[-1]
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense) and layer.units == outputs]
    return dense[-1] if dense and len(dense[-1].input.shape) == 2 else None


def with_features(network, space: FeatureSpace):
    """Return a function from images, (N, 28, 28), to the logits (N, K) and the features, float32 (N, FEATURES).

    Both are tensors. The features have unit length. The function computes the layers before the last one only once.
    """
    import keras
    import tensorflow
    from keras import ops

    both = keras.Model(network.inputs, [last_dense(network).input, network.outputs[0]])
    matrix = space.matrix.astype(np.float32)
    offset = ops.convert_to_tensor(space.mean @ matrix)
    # Transposed, because the product of one vector and this matrix is then faster: 0.1 ms in place of 0.3 ms.
    rows = tensorflow.constant(np.ascontiguousarray(matrix.T))

    def run(images):
        inputs, logits = both(images, training=False)
        projected = tensorflow.matmul(inputs, rows, transpose_b=True) - offset
        return logits, ops.normalize(projected, axis=-1)

    return run


def quantize(features: np.ndarray) -> np.ndarray:
    """Return features as int8, (N, FEATURES). The largest number of each vector becomes 127 or -127."""
    largest = np.abs(features).max(axis=-1, keepdims=True)
    return np.rint(127 * features / np.maximum(largest, 1e-12)).astype(np.int8)


def unit(quantized: np.ndarray) -> np.ndarray:
    """Return quantized features as vectors of unit length, float32 (N, FEATURES). A vector of zeros stays zero."""
    vectors = np.asarray(quantized, np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
