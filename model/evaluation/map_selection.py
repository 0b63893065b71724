"""Choose the maps of a network that the page shows, their scales, and their cut-outs, on validation images of MNIST.

    python -m model.evaluation.map_selection            # for all checkpoints
    python -m model.evaluation.map_selection PATH ...   # for some checkpoints

Training, fine-tuning and importing do the same when they write a checkpoint. Beside the checkpoint, the file
`<name>-maps.json` has maps and scales, and the folder `<name>-cutouts` has a picture for each layer.
"""

import argparse
from pathlib import Path

import numpy as np

from model.errors import InputError, exit_on_error
from model.inference import activations, backend, checkpoint, cutouts, feature_maps

IMAGES = 500
"""Number of images. With another 500 images, the scale of a layer of `digits` differs by less than 4 %."""
CUTOUT_IMAGES = 2000
"""Number of images among which the cut-outs are chosen."""
BATCH = 100


def select(network, images: np.ndarray, sha256: str, path: Path) -> None:
    """Choose the maps of a network and their cut-outs, and write them beside its checkpoint.

    Remove the files of a network without maps.
    images: normalized images of digits, float32 (N, 28, 28). At most IMAGES of them, evenly spaced, are used for the
        maps and their scales, and at most CUTOUT_IMAGES for the cut-outs.
    sha256, path: the hash and the path of the checkpoint's .keras file.
    """
    try:
        inside = activations.Activations(network)
    except InputError as error:
        feature_maps.path_of(path).unlink(missing_ok=True)
        cutouts.save([], sha256, path)
        print(f"{path}: {error}")
        return
    few = _spaced(images, IMAGES)
    batches = [inside.changes(batch) for batch in _batches(few)]
    chosen = [feature_maps.choose(np.concatenate(parts)) for parts in zip(*batches, strict=True)]
    feature_maps.save(chosen, sha256, len(few), path)
    _save_cutouts(activations.Activations(network, path, sha256), _spaced(images, CUTOUT_IMAGES), sha256, path)


def _save_cutouts(inside: activations.Activations, images: np.ndarray, sha256: str, path: Path) -> None:
    layers = [cutouts.Strongest(layer) for layer in inside.layers if cutouts.rows_of(layer)]
    for batch in _batches(images) if layers else []:
        for layer, changes in zip(layers, inside.changes(batch), strict=True):
            layer.add(changes)
    cutouts.save([layer.picture(images) for layer in layers], sha256, path)


def _spaced(images: np.ndarray, count: int) -> np.ndarray:
    return images[:: max(1, len(images) // count)][:count]


def _batches(images: np.ndarray) -> list[np.ndarray]:
    return [images[start : start + BATCH] for start in range(0, len(images), BATCH)]


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

    images = dataset.normalize_mnist(mnist.load(data).validation).images
    for path in paths:
        network, notes = checkpoint.load(path)
        select(network, images, notes["sha256"], path)
        print(f"{feature_maps.path_of(path)}: chosen on {len(_spaced(images, IMAGES))} images.", flush=True)


if __name__ == "__main__":
    main()
