"""The service loads the networks in the background."""

import gc
import threading
from types import SimpleNamespace

import pytest

from model.errors import InputError, UserError
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from tests.helpers.waiting import wait_until
from web import service
from web.service import Service


@pytest.fixture
def loading(monkeypatch) -> SimpleNamespace:
    """A fake of the networks. Loading ends when `release` is set. If `error` is set, loading fails."""
    classifier = SimpleNamespace(network="network", notes={"sha256": "0"}, compile_features=lambda: None)
    state = SimpleNamespace(release=threading.Event(), error=None, classifier=classifier)

    def load(path):
        assert state.release.wait(10)
        if state.error:
            raise state.error
        return state.classifier

    monkeypatch.setattr(service.Classifier, "load", load)
    monkeypatch.setattr(service.PictureDecoder, "start", lambda decoder: None)
    monkeypatch.setattr(service, "IntegratedGradients", lambda network: f"attribution of the {network}")
    monkeypatch.setattr(service, "Activations", lambda network, path, sha256: f"{path.name} of the {network}")
    return state


def test_the_networks_load_in_the_background(loading):
    loaded = Service(DEFAULT_CHECKPOINT)
    assert not loaded.ready
    assert loaded.name == "digits" and loaded.notes["parameters"] > 0  # The JSON is read before the networks load.
    loading.release.set()
    loaded.wait()
    assert loaded.classifier is loading.classifier
    assert loaded.attribution == "attribution of the network"
    wait_until(lambda: loaded.ready)


def test_a_checkpoint_that_cannot_be_loaded_is_never_ready_and_raises_its_error(loading):
    loading.error = UserError("The checkpoint is damaged.")
    failed = Service(DEFAULT_CHECKPOINT)
    loading.release.set()
    for use in (failed.wait, lambda: failed.classifier, lambda: failed.attribution):
        with pytest.raises(UserError, match="damaged"):
            use()
    assert not failed.ready


def test_the_activations_of_each_model_are_compiled_once(loading, monkeypatch):
    loaded = Service(DEFAULT_CHECKPOINT)
    loading.release.set()
    assert loaded.model() == loaded.model("digits") == (loading.classifier, DEFAULT_CHECKPOINT)
    assert loaded.activations() is loaded.activations("digits")
    assert loaded.activations() == "digits.keras of the network"
    assert loaded.activations("softmax") == "softmax.keras of the network"
    for name in ("none", "../checkpoints/digits", ""):
        with pytest.raises(InputError, match="no such model; expected one of deep-mnist, dense, "):
            loaded.activations(name)


def test_a_missing_file_is_named_and_a_command_is_suggested_only_if_it_would_help(tmp_path):
    (tmp_path / "my model.keras").touch()
    (tmp_path / "quick.keras").touch()
    command = "python train.py --import"
    for name, message in [
        ("misspelt.keras", f"{tmp_path}/misspelt.keras does not exist"),
        ("dense.keras", f"{tmp_path}/dense.keras does not exist. Make it with: python train.py --recipe dense"),
        (
            "my model.keras",
            f"model.json does not exist. Import a Keras model of your own with: {command} '{tmp_path}/my",
        ),
        (
            "quick.keras",
            f"python train.py --recipe quick, or import a Keras model of your own with: {command} {tmp_path}/quick",
        ),
    ]:
        with pytest.raises(UserError) as error:  # Before loading starts.
            Service(tmp_path / name)
        assert message in str(error.value) and str(error.value).count("python") == message.count("python")


def test_garbage_collection_leaves_out_the_objects_of_loading(loading):
    loaded = Service(DEFAULT_CHECKPOINT)
    assert not gc.isenabled()
    frozen = gc.get_freeze_count()
    loading.release.set()
    wait_until(lambda: loaded.ready and gc.isenabled())
    assert gc.get_freeze_count() > frozen
    gc.unfreeze()
