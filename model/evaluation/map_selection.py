"""Choose the maps of a network that the page shows, and their scales, on validation images of MNIST.

    python -m model.evaluation.map_selection            # for all checkpoints
    python -m model.evaluation.map_selection PATH ...   # for some checkpoints

Training, fine-tuning and importing do the same when they write a checkpoint. The file is `<name>-maps.json` beside the
checkpoint.
"""

import argparse
from pathlib import Path

import numpy as np

from model.errors import InputError, exit_on_error
from model.inference import activations, backend, checkpoint, feature_maps

IMAGES = 500
"""Number of images. With another 500 images, the scale of a layer of `digits` differs by less than 4 %."""
BATCH = 100


def select(network, images: np.ndarray, sha256: str, path: Path) -> None:
    """Choose the maps of a network and write them beside its checkpoint. Remove the file of a network without maps.

    images: normalized images of digits, float32 (N, 28, 28). At most IMAGES of them are used, evenly spaced.
    sha256, path: the hash and the path of the checkpoint's .keras file.
    """
    images = images[:: max(1, len(images) // IMAGES)][:IMAGES]
    try:
        inside = activations.Activations(network)
    except InputError as error:
        feature_maps.path_of(path).unlink(missing_ok=True)
        print(f"{path}: {error}")
        return
    batches = [inside.changes(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
    chosen = [feature_maps.choose(np.concatenate(parts)) for parts in zip(*batches, strict=True)]
    feature_maps.save(chosen, sha256, len(images), path)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m model.evaluation.map_selection",
        description="Choose the maps that the page shows, on validation images of MNIST.",
    )
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH", help="checkpoints (default: all)")
    parser.add_argument("--data", type=Path, metavar="PATH", help="MNIST, as for train.py (default: download)")
    options = parser.parse_args(arguments)
    with exit_on_error("map_selection"):
        _run(options.paths or sorted(checkpoint.FOLDER.glob("*.keras")), options.data)


def _run(paths: list[Path], data: Path | None) -> None:
    backend.load_tensorflow()
    from model.data import dataset, mnist

    examples = mnist.load(data).validation
    step = max(1, len(examples.labels) // IMAGES)
    images = dataset.normalize_mnist(mnist.Examples(examples.images[::step], examples.labels[::step])).images
    for path in paths:
        network, notes = checkpoint.load(path)
        select(network, images, notes["sha256"], path)
        print(f"{feature_maps.path_of(path)}: chosen on {len(images[:IMAGES])} images.", flush=True)


if __name__ == "__main__":
    main()
