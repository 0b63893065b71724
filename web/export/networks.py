"""The files of a network on the static site: its description as JSON, its weights, and its features."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from model.errors import InputError
from model.inference import backend, checkpoint, features
from model.inference.activations import Activations
from model.inference.comparison import kind_of
from model.inference.features import FeatureSpace
from model.preprocessing.normalization import IMAGE_SIDE
from web.export.arrays import ArrayFile
from web.export.network import describe

FOLDER = "networks"
NOTES = ("temperature", "confidence_threshold", "rejection_threshold", "bytes", "sha256")


def network_files(path: Path, is_own: bool = True) -> dict[str, bytes]:
    """Return the files of the network of a checkpoint, by path below the site.

    is_own: whether it is the network of the page. Then the files have its features.
    Raises UserError if the browser's engine does not have a layer of the network.
    """
    backend.load_tensorflow()
    network, notes = checkpoint.load(path)
    space = features.load(path, notes) if is_own else None
    return files_of(network, notes, path, lambda: Activations(network, path, notes["sha256"]), space)


def files_of(
    network,
    notes: dict,
    path: Path,
    activations: Callable[[], Activations],
    space: FeatureSpace | None = None,
) -> dict[str, bytes]:
    """Return the files of a network that is loaded already, as `network_files` does.

    network: a Keras model. notes: the content of the checkpoint's JSON file.
    activations: returns the layers that are shown. space: the features of the network, or None.
    Raises UserError if the browser's engine does not have a layer of the network.
    """
    name, weights = path.stem, ArrayFile()
    description = {
        "name": name,
        **{key: notes[key] for key in NOTES},
        "test_time_augmentation": bool(notes.get("test_time_augmentation", False)),
        "kind": kind_of(network),
        "mnist": notes["test"]["accuracy"],
    }
    description["layers"], ends = describe(network, name, weights)
    files = {f"{FOLDER}/{name}.bin": weights.content}
    description["inside"] = _inside(network, activations, ends)
    if space is not None:
        files[f"{FOLDER}/{name}.features.bin"], description["features"] = _features(space)
    return files | {f"{FOLDER}/{name}.json": json.dumps(description, separators=(",", ":")).encode()}


def _inside(network, activations: Callable[[], Activations], ends: list[int]) -> dict | None:
    """Return the layers whose maps are shown, for assets/engine/activations.js; None if the network has none.

    activations: see `files_of`. ends: see `describe`.
    """
    from model.inference import network_layers  # It imports Keras.

    blank = backend.load_tensorflow().zeros((1, IMAGE_SIDE, IMAGE_SIDE))
    shown = network_layers.shown_layers(network_layers.record(network, blank)[1], blank)
    try:
        inside = activations()
    except InputError:
        return None
    # Without inner layers, one layer holds the products of weights and pixels.
    outputs = [(ends[each.last], each.factor) for each in shown] or [(None, None)]
    layers = [
        {
            "output": output,
            "factor": factor,
            "name": layer.name,
            "kind": layer.kind,
            "maps": list(layer.chosen.maps),
            "scale": layer.chosen.scale,
            "window": layer.window and dict(zip(("size", "step", "start"), layer.window, strict=True)),
        }
        for (output, factor), layer in zip(outputs, inside.layers, strict=True)
    ]
    ledger = {"centered": inside.is_centered} if inside.has_ledger else None
    return {"measured": inside.is_measured, "ledger": ledger, "layers": layers}


def _features(space: FeatureSpace) -> tuple[bytes, dict]:
    """Return the file of features, and its description, which assets/engine/features.js reads."""
    file = ArrayFile()
    description = {
        "network": space.network,
        "mean": file.add(space.mean),
        "matrix": file.add(space.matrix.astype(np.float32)),
        "bank": {"offset": file.add_bytes(space.bank), "count": len(space.bank)},
        "classes": {"offset": file.add_bytes(space.classes), "count": len(space.classes)},
    }
    return file.content, description
