"""Read MNIST from files in the formats and folders in which people have it.

- `mnist.npz`, as Keras writes it. The labels can have any integer type.
- `mnist.pkl.gz` of deeplearning.net.
- Four IDX files. Each is in the given folder or in a subfolder with the file's name. The given folder can also be the
  root folder of torchvision, which has the files in `MNIST/raw`. A name has `-` or `.` before `idx` and `ubyte`.

All files can be compressed with gzip. The first two bytes tell whether they are, and not the name.
SHA-256 hashes verify that the four arrays have the content of the four IDX files that Yann LeCun published.
"""

import gzip
import hashlib
import io
import pickle
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from model.errors import UserError, first_line

Arrays = tuple[np.ndarray, ...]
"""Training images, training labels, test images, test labels. All uint8."""

# SHA-256 of the four uncompressed IDX files. The name of each IDX file starts with the key.
IDX_SHA256 = {
    "train-images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}

# Names of the same four arrays in Keras's mnist.npz.
NPZ_NAMES = ("x_train", "y_train", "x_test", "y_test")

# Maximum size of a decompressed file. The largest file of MNIST, mnist.pkl.gz, has 220 MB after decompression. A file
# above the maximum is not MNIST.
MAX_UNPACKED_BYTES = 256 * 2**20

EXPECTED_FORMATS = "a mnist.npz, a mnist.pkl.gz or a folder of IDX files"

# Exceptions that can occur when a damaged file, or a file that is not MNIST, is read in one of the three formats.
_DAMAGED = (
    OSError,
    EOFError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    ImportError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
    pickle.UnpicklingError,
)


def read(path: Path) -> Arrays:
    """Return MNIST from a file or a folder of IDX files. Raises UserError if it cannot be read or is not MNIST."""
    if not path.exists():
        raise UserError(f"{path} does not exist. Pass {EXPECTED_FORMATS} to --data.")
    if path.is_dir():
        return _from_idx_folder(path)
    name = path.name.lower()
    if name.endswith(".npz"):
        return verified(_undamaged(_from_npz, path), path)
    if name.endswith((".pkl.gz", ".pkl")):
        return verified(_undamaged(lambda path: from_pickle(path.read_bytes()), path), path)
    if any(_is_idx(path.name, start) for start in IDX_SHA256):
        return _from_idx_folder(path.parent)
    raise UserError(f"{path.name} has an unknown format. Pass {EXPECTED_FORMATS} to --data.")


def verified(arrays: Arrays, source: object) -> Arrays:
    """Return the arrays unchanged. Raises UserError if an array differs from the published file.

    source: the name of the source of the arrays, for the error message.
    """
    for name, array in zip(IDX_SHA256, arrays, strict=True):
        _verify(name, array, source)
    return arrays


def _verify(name: str, array: np.ndarray, source: object) -> None:
    if array.dtype != np.uint8 or _idx_sha256(array) != IDX_SHA256[name]:
        raise UserError(f"{source} is not MNIST: its {name.replace('-', ' ')} differ from the published file.")


def _idx_sha256(array: np.ndarray) -> str:
    """Return the SHA-256 of an IDX file with the content of the array."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return hashlib.sha256(header + np.ascontiguousarray(array).tobytes()).hexdigest()


def _undamaged(read_file, path: Path):
    """Return `read_file(path)`. Raises UserError if the file is damaged or cannot be opened."""
    try:
        return read_file(path)
    except PermissionError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).") from None
    except _DAMAGED as error:
        raise UserError(f"{path} is damaged or not MNIST ({first_line(error)}). Download it again.") from None


# .npz and pickle


def _from_npz(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as arrays:
        missing = [name for name in NPZ_NAMES if name not in arrays]
        if missing:
            raise UserError(f"{path} is not MNIST: it has no array {missing[0]}. Expected {', '.join(NPZ_NAMES)}.")
        return tuple(_bytes(arrays[name]) for name in NPZ_NAMES)


def _bytes(array: np.ndarray) -> np.ndarray:
    """Return an array of integers from 0 to 255 as uint8. Return another array unchanged."""
    is_small = array.dtype.kind in "iu" and array.size > 0 and array.min() >= 0 and array.max() <= 255
    return array.astype(np.uint8) if is_small else array


def from_pickle(content: bytes) -> Arrays:
    """Return the four arrays in the mnist.pkl.gz of deeplearning.net.

    The file holds 50,000 images for training, 10,000 for validation and 10,000 for testing. Each pixel is a float: the
    original value, 0 to 255, divided by 256.
    """
    splits = _ArraysOnly(io.BytesIO(_unpacked(content)), encoding="latin1").load()
    images = [np.round(np.asarray(split[0]) * 256).astype(np.uint8).reshape(-1, 28, 28) for split in splits]
    labels = [np.asarray(split[1]).astype(np.uint8) for split in splits]
    return np.concatenate(images[:2]), np.concatenate(labels[:2]), images[2], labels[2]


class _ArraysOnly(pickle.Unpickler):
    """An unpickler that creates only NumPy arrays, because a pickle from an untrusted source can call any function."""

    ALLOWED = {
        ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
        ("numpy._core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
    }

    def find_class(self, module: str, name: str):
        try:
            return self.ALLOWED[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"it contains {module}.{name}, but only NumPy arrays are read") from None


def _unpacked(content: bytes) -> bytes:
    """Return the content, decompressed if it is compressed with gzip."""
    if content[:2] != b"\x1f\x8b":
        return content
    with gzip.open(io.BytesIO(content)) as stream:
        unpacked = stream.read(MAX_UNPACKED_BYTES + 1)
    if len(unpacked) > MAX_UNPACKED_BYTES:
        raise ValueError(f"it is larger than {MAX_UNPACKED_BYTES >> 20} MiB after decompression")
    return unpacked


# IDX


def _from_idx_folder(folder: Path) -> Arrays:
    return tuple(_from_idx_files(folder, name) for name in IDX_SHA256)


def _from_idx_files(folder: Path, name: str) -> np.ndarray:
    """Return the array of the first file that is whole, if there are several files with this name.

    Raises the error of the first file if no file is whole.
    """
    failures = []
    for path in _idx_paths(folder, name):
        try:
            array = _undamaged(_from_idx, path)
            _verify(name, array, path)
            return array
        except UserError as error:
            failures.append(error)
    if failures:
        raise failures[0]
    raise UserError(f"{folder} has no file {name}-idx*-ubyte or {name}-idx*-ubyte.gz. All four IDX files are needed.")


def _idx_paths(folder: Path, name: str) -> Iterator[Path]:
    """Yield the IDX files that start with `name`, for example `train-images.idx3-ubyte.gz`, in all places."""
    for place in (folder, folder / "raw", folder / "MNIST" / "raw"):
        entries = sorted(place.iterdir()) if place.is_dir() else []
        named = [entry for entry in entries if _is_idx(entry.name, name)]
        yield from (entry for entry in named if entry.is_file())
        for subfolder in (entry for entry in named if entry.is_dir()):
            yield from (entry for entry in sorted(subfolder.iterdir()) if _is_idx(entry.name, name) and entry.is_file())


def _is_idx(file: str, name: str) -> bool:
    """Return whether a file or a folder can be, or can have, the IDX file that starts with `name`."""
    return re.match(rf"{name}.*idx", file, re.IGNORECASE) is not None


def _from_idx(path: Path) -> np.ndarray:
    """Return the array in an IDX file.

    Format: two zero bytes, type (8 is uint8), number of dimensions, sizes (32 bits, big-endian), values.
    """
    content = _unpacked(path.read_bytes())
    zeros, kind, dimensions = struct.unpack_from(">HBB", content)
    if zeros or kind != 8:
        raise ValueError(f"{path.name} is not an IDX file of bytes")
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)
