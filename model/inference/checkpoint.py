"""A trained network and what is known of it, as two files side by side: `<recipe>.keras` and `<recipe>.json`.

Weights are rounded to half precision before they are measured and stored, and the archive is packed: half the size, and
the figures in the JSON are those of the very file beside it, which it names by its SHA-256.
"""

import hashlib
import json
import platform
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from model.errors import UserError, first_line
from model.files import replacing

FOLDER = Path(__file__).parent.parent / "checkpoints"
DEFAULT_CHECKPOINT = FOLDER / "digits.keras"


def round_weights(network) -> None:
    """Round every weight to the nearest half-precision number, kept as float32."""
    for variable in network.weights:
        value = variable.numpy()
        if value.dtype == np.float32:
            variable.assign(value.astype(np.float16).astype(np.float32))


def save(network, notes: dict, path: Path) -> None:
    """Write both files, each in one step: what is there is the old one or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path.with_suffix(".json")) as beside, replacing(path) as packed:
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            plain = Path(folder, "plain.keras")
            _bare(network).save(plain)
            _pack(plain, packed)
        notes = notes | {"bytes": packed.stat().st_size, "sha256": _sha256(packed)}
        beside.write_text(json.dumps(notes, indent=1) + "\n")


def load(path: Path):
    """(network, notes) of a checkpoint. Raises UserError when a file is missing, damaged or another project's."""
    path = Path(path)
    remedy = f"Make it with: python train.py --recipe {path.stem}"
    notes = load_notes(path)
    try:
        right = _sha256(path) == notes.get("sha256")
    except FileNotFoundError:
        raise UserError(f"{path} does not exist. {remedy}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}).") from None
    if not right:
        raise UserError(f"{path} is not the file that {path.stem}.json describes. {remedy}")
    import keras

    try:
        # Safe mode: a checkpoint may hold weights and Keras's own layers, no code.
        network = keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many kinds for a damaged file.
        raise UserError(f"{path} is damaged or not a Keras checkpoint ({first_line(error)}). {remedy}") from None
    if network.input_shape != (None, 28, 28) or network.output_shape not in ((None, 10), (None, 11)):
        raise UserError(
            f"{path} takes {network.input_shape} and gives {network.output_shape}; "
            f"expected (None, 28, 28) and (None, 10), or 11 with one for no digit. {remedy}"
        )
    return network, notes


def load_notes(path: Path) -> dict:
    """The JSON beside a checkpoint. Raises UserError when it is missing or damaged."""
    beside = Path(path).with_suffix(".json")
    remedy = f"Make it with: python train.py --recipe {beside.stem}"
    try:
        notes = json.loads(beside.read_text())
        return notes | {
            name: float(notes[name]) for name in ("temperature", "confidence_threshold", "rejection_threshold")
        }
    except FileNotFoundError:
        raise UserError(f"{beside} does not exist. {remedy}") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f"{beside} is damaged ({type(error).__name__}: {error}). {remedy}") from None


def update_notes(path: Path, part: str, name: str, figures: dict) -> None:
    """Merge figures into the JSON beside a checkpoint, at `part` and `name`. Other entries stay."""
    beside = path.with_suffix(".json")
    notes = json.loads(beside.read_text())
    measured = notes.setdefault(part, {})
    measured[name] = measured.get(name, {}) | figures
    with replacing(beside) as temporary:
        temporary.write_text(json.dumps(notes, indent=1) + "\n")


def versions() -> dict[str, str]:
    """What makes a checkpoint: of Python, TensorFlow, Keras and NumPy."""
    import keras
    import tensorflow

    return {
        "python": platform.python_version(),
        "tensorflow": tensorflow.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def _bare(network):
    """The network without its optimizer, whose state is twice as large as the weights."""
    import keras

    bare = keras.models.clone_model(network)
    bare.set_weights(network.get_weights())
    return bare


def _pack(source: Path, target: Path) -> None:
    """Keras stores its archive unpacked; deflate finds the zeros that rounding left."""
    with zipfile.ZipFile(source) as plain, zipfile.ZipFile(target, "w") as packed:
        for member in plain.namelist():
            content = plain.read(member)
            if member == "metadata.json":
                # Without the date of saving, there and in the archive, equal networks give equal files.
                content = json.dumps({"keras_version": json.loads(content)["keras_version"]}).encode()
            packed.writestr(zipfile.ZipInfo(member, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED, 9)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
