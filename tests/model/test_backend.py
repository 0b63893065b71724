"""Keras has the settings that this project needs, whatever the user's environment says."""

import json
import os
import subprocess
import sys

import keras
import pytest

from model.errors import UserError
from model.inference import backend
from tests.helpers.paths import ROOT


def test_the_settings_of_keras_json_are_replaced():
    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_float16")
    keras.config.set_floatx("float16")
    backend.configure_keras()
    assert keras.config.image_data_format() == "channels_last"
    assert keras.config.floatx() == keras.config.dtype_policy().name == "float32"


def test_another_backend_that_is_already_in_use_is_an_error(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(UserError, match="already in use with the backend jax; this program needs tensorflow"):
        backend.configure_keras()


def test_an_invalid_keras_json_is_one_error_line(tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps({"floatx": "float8"}))
    environment = os.environ | {"KERAS_HOME": str(tmp_path), "KERAS_BACKEND": "jax"}
    command = [sys.executable, "train.py", "--list"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr.startswith("train: a setting in keras.json") and ended.stderr.count("\n") == 1
