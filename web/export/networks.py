"""The files of a network on the static site: its description as JSON, its weights, and its features."""

import json

import numpy as np

from model.inference.classifier import Classifier
from model.inference.features import FeatureSpace
from web.export.arrays import ArrayFile
from web.export.network import describe

FOLDER = "networks"
NOTES = ("temperature", "confidence_threshold", "rejection_threshold", "bytes", "sha256")


def network_files(classifier: Classifier, with_features: bool = True) -> dict[str, bytes]:
    """Return the files of one network, by path below the site.

    with_features: whether to add the features of the network, if it has any.
    Raises UserError if the browser's engine does not have a layer of the network.
    """
    name, notes = classifier.name, classifier.notes
    weights = ArrayFile()
    description = {
        "name": name,
        **{key: notes[key] for key in NOTES},
        "test_time_augmentation": bool(notes.get("test_time_augmentation", False)),
        "mnist": notes["test"]["accuracy"],
        "layers": describe(classifier.network, name, weights),
    }
    files = {f"{FOLDER}/{name}.bin": weights.content}
    if with_features and classifier.space is not None:
        files[f"{FOLDER}/{name}.features.bin"], description["features"] = _features(classifier.space)
    return files | {f"{FOLDER}/{name}.json": json.dumps(description, separators=(",", ":")).encode()}


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
