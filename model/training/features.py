"""Make the file of features of a checkpoint, so that the page can learn from a visitor's corrections.

python -m model.training.features                     for `digits`
python -m model.training.features --checkpoint PATH   for another checkpoint

`train.py` makes the file with each checkpoint. This command makes it for a checkpoint that has none, or whose file was
made by an earlier version. `model/inference/features.py` describes the content of the file.

The known images are MNIST's validation images and synthetic handwriting. The training saw neither.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from model.data import mnist
from model.errors import UserError, exit_on_error
from model.inference import backend, checkpoint, features
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.features import FEATURES, FeatureSpace
from model.inference.forward_pass import ForwardPass

if TYPE_CHECKING:
    from model.data.dataset import Split

# The numbers of known images, 8,000 in all. With 6,000, examples of other people spoiled almost twice as many answers
# to MNIST's training images (0.018 % in place of 0.010 %).
MNIST_IMAGES, DIGITS, NON_DIGITS, NUMBERS = 5_000, 2_000, 700, 300
SYNTHETIC_SEED = 4
"""Differs from the seeds of the synthetic training and validation data (`model.data.dataset`)."""
PCA_SEED = 1
SPARE, POWER_STEPS = 32, 4
"""Randomized PCA: further components during the computation, and the number of power iterations."""


def write(validation: "Split", path: Path) -> bool:
    """Write the file of features beside a checkpoint that is already written. Return whether it was written.

    A network whose outputs do not come from a Dense layer gets no file, and an old file is deleted.
    validation: MNIST's validation images. path: the checkpoint.
    """
    network, notes = checkpoint.load(path)
    if features.last_dense(network) is None:
        features.path_of(path).unlink(missing_ok=True)
        return False
    features.save(make(network, known_images(validation), notes["sha256"]), path)
    return True


def known_images(validation: "Split") -> "Split":
    """Return the images for the bank, at most 8,000. With few validation images, also few synthetic images."""
    from model.data import dataset  # It imports Keras, which must follow `backend.load_tensorflow`.

    count = min(MNIST_IMAGES, len(validation.labels))
    synthetic = (round(part * count / MNIST_IMAGES) for part in (DIGITS, NON_DIGITS, NUMBERS))
    first = dataset.Split(validation.images[:count], validation.labels[:count])
    return first + dataset.generate(*synthetic, SYNTHETIC_SEED)


def make(network, known: "Split", sha256: str) -> FeatureSpace:
    """Return the features of a network, with a bank of the known images. sha256: of the network's file."""
    import keras

    body = ForwardPass(keras.Model(network.inputs, features.last_dense(network).input))
    inputs = body(known.images)
    mean = inputs.mean(axis=0)
    matrix = whitening(inputs - mean)
    vectors = (inputs - mean) @ matrix.astype(np.float32)
    return FeatureSpace(sha256, mean, matrix, features.quantize(vectors), known.labels)


def whitening(centered: np.ndarray) -> np.ndarray:
    """Return the principal components, each divided by its standard deviation, float16 (D, FEATURES).

    The components are those of the largest variance. If there are fewer, the last columns are 0. The largest number of
    the matrix is 1, because only the direction of a vector of features matters.
    centered: float32 (N, D), with a mean of 0.
    Source: Halko, Martinsson, Tropp 2011, "Finding structure with randomness".
    """
    size = min(FEATURES + SPARE, *centered.shape)
    rng = np.random.default_rng(PCA_SEED)
    basis = rng.standard_normal((centered.shape[1], size), np.float32)
    for _ in range(POWER_STEPS):
        basis, _ = np.linalg.qr(centered.T @ (centered @ basis))
    _, deviations, rows = np.linalg.svd(centered @ basis, full_matrices=False)
    kept = (deviations > 1e-4 * deviations[0])[:FEATURES]
    components = (basis @ rows.T)[:, :FEATURES][:, kept] / deviations[:FEATURES][kept]
    matrix = np.zeros((centered.shape[1], FEATURES), np.float32)
    matrix[:, : components.shape[1]] = components / np.abs(components).max()
    return matrix.astype(np.float16)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m model.training.features",
        description="Make the file of features of a checkpoint, so that the page can learn from corrections.",
    )
    parser.add_argument(
        "--checkpoint", type=Path, default=DEFAULT_CHECKPOINT, metavar="PATH", help="checkpoint (default: digits)"
    )
    parser.add_argument("--data", type=Path, metavar="PATH", help="MNIST, as for train.py (default: download)")
    options = parser.parse_args(arguments)
    with exit_on_error("features"):
        run(options.checkpoint, options.data)


def run(path: Path, data: Path | None) -> None:
    """Make the file of features of a checkpoint. Raises UserError. data: a file or folder with MNIST, or None."""
    backend.load_tensorflow()
    from model.data import dataset

    checkpoint.load_notes(path)  # If there is no such checkpoint, say so before MNIST is loaded.
    validation = dataset.normalize_mnist(mnist.load(data).validation)
    if not write(validation, path):
        raise UserError(f"{path.stem} has no features: its network has no Dense layer.")
    made = features.path_of(path)
    print(f"{made}: {made.stat().st_size / 1e6:.2f} MB.")


if __name__ == "__main__":
    main()
