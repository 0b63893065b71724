"""Load and save checkpoints. A checkpoint is a network, `<recipe>.keras`, with notes, `<recipe>.json`.

The notes hold metrics, calibration, training settings, versions, and the size and SHA-256 of the network's file.
The weights are rounded to half precision before the file is compressed. This halves the size of the file. The metrics
are measured after the rounding, so they describe the saved weights.
"""

import hashlib
import json
import platform
import shlex
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from model.classes import NUM_CLASSES, NUM_DIGITS
from model.errors import UserError, first_line
from model.files import atomic_write
from model.preprocessing.normalization import IMAGE_SIDE

FOLDER = Path(__file__).parent.parent / "checkpoints"
DEFAULT_CHECKPOINT = FOLDER / "digits.keras"

CALIBRATION = ("temperature", "confidence_threshold", "rejection_threshold")
"""Entries that the notes must have. Without these entries, the network cannot be used."""

RECIPES_FILE = Path(__file__).parent.parent / "recipes.py"
"""The text of this file tells whether a recipe has a name. Importing the module would import Keras, in seconds."""

_INPUT_SHAPE = (None, IMAGE_SIDE, IMAGE_SIDE)
_OUTPUT_SHAPES = tuple((None, outputs) for outputs in range(NUM_DIGITS, NUM_CLASSES + 1))


def round_weights(network) -> None:
    """Round every float32 weight of the network to the nearest float16 value; the dtype stays float32."""
    for variable in network.weights:
        value = variable.numpy()
        if value.dtype == np.float32:
            variable.assign(value.astype(np.float16).astype(np.float32))


def save(network, notes: dict, path: Path) -> None:
    """Save a network and its notes. If a file cannot be written completely, the old checkpoint stays unchanged."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path.with_suffix(".json")) as notes_path, atomic_write(path) as network_path:
        _save_compressed(network, network_path)
        notes = notes | {"bytes": network_path.stat().st_size, "sha256": _sha256(network_path)}
        _write_notes(notes, notes_path)


def load(path: Path):
    """Return the network and the notes of a checkpoint. Raises UserError if a file is missing, damaged or unsuitable.

    The network maps normalized images (N, 28, 28) to logits (N, 10, 11 or 12).
    """
    path = Path(path)
    remedy = _remedy(path)
    notes = load_notes(path)
    try:
        described = _sha256(path) == notes.get("sha256")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).") from None
    if not described:
        raise UserError(f"{path} is not the file that {path.stem}.json describes. {remedy}")
    import keras

    try:
        # Safe mode rejects checkpoints that contain code: only weights and Keras's own layers are loaded.
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many types of exceptions for a damaged file.
        raise UserError(f"{path} is damaged or not a Keras checkpoint ({first_line(error)}). {remedy}") from None
    if network.input_shape != _INPUT_SHAPE or network.output_shape not in _OUTPUT_SHAPES:
        raise UserError(
            f"{path} has the input shape {network.input_shape} and the output shape {network.output_shape}; "
            f"expected {_INPUT_SHAPE} and {' or '.join(map(str, _OUTPUT_SHAPES))}. {remedy}"
        )
    return network, notes


def load_notes(path: Path) -> dict:
    """Return the notes of a checkpoint. Raises UserError if a file is missing, or if the notes are incomplete."""
    network_path, path = Path(path), Path(path).with_suffix(".json")
    remedy = _remedy(network_path)
    if not network_path.exists():
        raise UserError(f"{network_path} does not exist. {remedy}".rstrip())
    try:
        notes = json.loads(path.read_text())
        return notes | {name: float(notes[name]) for name in CALIBRATION}
    except FileNotFoundError:
        raise UserError(f"{path} does not exist. {remedy}") from None
    except KeyError as error:
        raise UserError(f"{path} has no entry {error}; another version of this project wrote it. {remedy}") from None
    except (OSError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged ({type(error).__name__}: {error}). {remedy}") from None


def update_notes(path: Path, part: str, name: str, figures: dict) -> None:
    """Add `figures`, which are metrics, to the entry notes[part][name] of a checkpoint. Keep all other entries."""
    path = path.with_suffix(".json")
    notes = json.loads(path.read_text())
    entries = notes.setdefault(part, {})
    entries[name] = entries.get(name, {}) | figures
    with atomic_write(path) as temporary:
        _write_notes(notes, temporary)


def versions() -> dict[str, str]:
    """Return the versions of Python, TensorFlow, Keras and NumPy."""
    import keras
    import tensorflow

    return {
        "python": platform.python_version(),
        "tensorflow": tensorflow.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def _remedy(path: Path) -> str:
    """Return how to make a checkpoint: by training, if a recipe has its name, or by importing a file that exists."""
    ways = []
    if f'name="{path.stem}"' in RECIPES_FILE.read_text(encoding="utf-8"):
        ways.append(f"make it with: python train.py --recipe {path.stem}")
    if path.exists():
        ways.append(f"import a Keras model of your own with: python train.py --import {shlex.quote(str(path))}")
    remedy = ", or ".join(ways)
    return remedy[:1].upper() + remedy[1:]


def _write_notes(notes: dict, path: Path) -> None:
    path.write_text(json.dumps(notes, indent=1) + "\n")


def _save_compressed(network, path: Path) -> None:
    """Save the network without the optimizer's state, which is twice as large as the weights.

    Two networks with equal layers and equal weights give identical files.
    """
    import keras

    inference_network = keras.models.clone_model(network)
    inference_network.set_weights(network.get_weights())
    with tempfile.TemporaryDirectory() as folder:
        uncompressed = Path(folder, "network.keras")
        inference_network.save(uncompressed)
        _compress(uncompressed, path)


def _compress(source: Path, target: Path) -> None:
    """Compress a Keras archive and remove the dates, so that equal networks give identical files."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w") as compressed:
        for member in archive.namelist():
            content = archive.read(member)
            if member == "metadata.json":
                content = json.dumps({"keras_version": json.loads(content)["keras_version"]}).encode()
            compressed.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
