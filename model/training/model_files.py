"""Read a Keras model that somebody else trained, from a `.keras` or `.h5` file, without running code from the file.

Keras's safe mode refuses Lambda layers and functions. This module also refuses, before Keras reads the file, custom
layers and files that would take too much memory.
"""

import json
import math
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import h5py
import keras

from model.errors import UserError, first_line

EXPECTED = 'expected a file that model.save("my_model.keras") has written.'
MAX_BYTES = 2**30
"""Largest size of a file, before and after decompression. A model of MAX_PARAMETERS with its optimizer has 600 MB."""
MAX_CONFIG_BYTES = 2 * 2**20
"""Largest size of a model's description. A network of 50 layers has about 60 kB."""
MAX_PARAMETERS = 50_000_000
MAX_LAYER_VALUES = 500_000
"""Largest number of values that a layer computes for an image. The network reads 500 images at a time, so a layer takes
up to 1 GB. The layers of `deep-mnist` have up to 25,000 values."""

# Exceptions that zipfile, h5py and json raise for a damaged file.
_DAMAGED = (OSError, EOFError, ValueError, KeyError, TypeError, RuntimeError, zipfile.BadZipFile, zlib.error)


def load(path: Path) -> keras.Model:
    """Return the model in a `.keras` or `.h5` file, not compiled. Raises UserError if the file cannot be used."""
    config = _read_config(path)
    _check_config(config, path)
    _check_size(path)
    return _load(path)


def _read_config(path: Path) -> dict:
    """Return the description of the model: the classes and the settings of its layers."""
    if path.is_dir():
        kind = "a SavedModel folder" if (path / "saved_model.pb").exists() else "a folder"
        raise UserError(f"{path} is {kind}; {EXPECTED}")
    if not path.exists():
        raise UserError(f"{path} does not exist; {EXPECTED}")
    try:
        if zipfile.is_zipfile(path):
            return json.loads(_config_of_archive(path))
        if h5py.is_hdf5(path):
            return json.loads(_config_of_hdf5(path))
    except _DAMAGED as error:
        raise UserError(f"{path} is damaged ({first_line(error)}); {EXPECTED}") from None
    raise UserError(f"{path} is not a Keras model; {EXPECTED}")


def _config_of_archive(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if "config.json" not in archive.namelist():
            raise UserError(f"{path} is not a Keras model; {EXPECTED}")
        _check_suffix(path, (".keras",))
        config = archive.getinfo("config.json")
        if sum(member.file_size for member in members) > MAX_BYTES or config.file_size > MAX_CONFIG_BYTES:
            raise _too_large(path, f"more than {MAX_BYTES >> 20} MiB after decompression")
        return archive.read(config)


def _config_of_hdf5(path: Path) -> str | bytes:
    with h5py.File(path) as file:
        if "model_config" not in file.attrs:
            raise UserError(f"{path} contains only weights; {EXPECTED}")
        _check_suffix(path, (".h5", ".hdf5"))
        sizes = []
        file.visititems(lambda _, item: sizes.append(item.nbytes) if isinstance(item, h5py.Dataset) else None)
        if sum(sizes) > MAX_BYTES or len(file.attrs["model_config"]) > MAX_CONFIG_BYTES:
            raise _too_large(path, f"more than {MAX_BYTES >> 20} MiB after decompression")
        return file.attrs["model_config"]


def _check_suffix(path: Path, suffixes: tuple[str, ...]) -> None:
    if path.suffix not in suffixes:  # Keras chooses the format by the suffix.
        raise UserError(f"{path} is a {suffixes[0]} file with another suffix; rename it to {path.stem}{suffixes[0]}.")


def _check_config(config: dict, path: Path) -> None:
    """Raise UserError if the model contains a Lambda layer or custom code."""
    if not isinstance(config, dict):
        raise UserError(f"{path} is not a Keras model; {EXPECTED}")
    model = {name: value for name, value in config.items() if name != "compile_config"}  # The loss is not loaded.
    for part in _objects(model):
        name = str(part["class_name"])
        if name == "Lambda":
            raise UserError(
                f"{path} contains a Lambda layer, which is code and is not run; replace it by one of Keras's own "
                "layers, such as Rescaling."
            )
        module = str(part.get("module") or ("" if part.get("registered_name") else "keras"))
        is_own = module.split(".")[0] == "keras" and name not in ("function", "__lambda__") and ">" not in name
        if not is_own:
            raise _custom_code(path, str(part.get("registered_name") or name).rpartition(">")[2])


def _objects(description: dict) -> Iterator[dict]:
    """Yield every description of an object in a description of a model."""
    values = [description]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            if "class_name" in value:
                yield value
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)


def _check_size(path: Path) -> None:
    """Raise UserError if the model has too many parameters, or too large layers."""
    try:
        # In this scope, variables get no memory of their own, however large they are.
        with keras.StatelessScope(initialize_variables=False):
            model = _load(path)
        parameters = sum(math.prod(variable.shape) for variable in model.variables)
        values = max(_layer_values(model), default=0)
    finally:
        keras.utils.clear_session()  # Otherwise, Keras would initialize these variables later.
    if parameters > MAX_PARAMETERS:
        raise _too_large(path, f"{parameters:,} parameters; at most {MAX_PARAMETERS:,} are accepted")
    if values > MAX_LAYER_VALUES:
        raise _too_large(path, f"a layer with {values:,} values; at most {MAX_LAYER_VALUES:,} are accepted")


def _layer_values(model: keras.Model) -> Iterator[int]:
    """Yield the number of values that each layer computes for an image."""
    for layer in model.layers:
        # A layer that is used twice has no `output`, as it has several.
        for tensor in keras.tree.flatten(getattr(layer, "output", [])):
            yield math.prod(size or 1 for size in tensor.shape[1:])
        if isinstance(layer, keras.Model):
            yield from _layer_values(layer)


def _load(path: Path) -> keras.Model:
    try:
        return keras.saving.load_model(path, compile=False, safe_mode=True)
    except Exception as error:  # Keras raises many types of exceptions for a damaged file, and for custom code.
        unknown = re.search(r"(?:Unknown layer:|Could not locate class) '(?:\w+>)?(\w+)'", str(error))
        if unknown and path.suffix == ".keras":
            raise _custom_code(path, unknown[1]) from None
        if unknown:
            raise UserError(
                f"{path} contains {unknown[1]}, which is custom code or cannot be read from a {path.suffix} file; "
                "expected Keras's own layers, saved as .keras."
            ) from None
        reason = re.split(r"\. | using config", first_line(error))[0].rstrip(".")
        raise UserError(f"Keras cannot load {path} ({reason}); {EXPECTED}") from None


def _custom_code(path: Path, name: str) -> UserError:
    return UserError(f"{path} contains custom code ({name}), which is not run; expected only Keras's own layers.")


def _too_large(path: Path, size: str) -> UserError:
    return UserError(f"{path} is too large: it has {size}.")
