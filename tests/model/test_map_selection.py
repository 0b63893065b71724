"""The command that chooses the shown maps of a checkpoint on training images."""

import json
import shutil

import pytest

from model.data import mnist
from model.evaluation import map_selection
from model.inference import checkpoint, cutouts, feature_maps


@pytest.fixture
def path(tmp_path, small_mnist, monkeypatch):
    """The path of a copy of the checkpoint `quick` without chosen maps. MNIST has about 100 images in each split."""
    monkeypatch.setattr(mnist, "load", lambda path: small_mnist)
    for suffix in (".keras", ".json"):
        shutil.copy(checkpoint.FOLDER / f"quick{suffix}", tmp_path)
    return tmp_path / "quick.keras"


def test_the_command_writes_the_maps_and_scales_of_each_layer_with_the_hash_of_the_checkpoint(path, capsys):
    map_selection.main([str(path)])
    sha256 = checkpoint.load_notes(path)["sha256"]
    chosen = feature_maps.load(path, sha256, [16, 32, 64])
    assert [len(set(layer.maps)) for layer in chosen] == [12, 12, 12]
    committed = json.loads(feature_maps.path_of(checkpoint.FOLDER / "quick.keras").read_text())["layers"]
    for layer, expected in zip(chosen, committed, strict=True):
        assert layer.scale == pytest.approx(expected["scale"], rel=0.1)
    assert all(cutouts.load(path, sha256, index) for index in range(3))
    assert "chosen on" in capsys.readouterr().out


def test_a_missing_checkpoint_is_one_line(path):
    with pytest.raises(SystemExit, match="map_selection: .*does not exist"):
        map_selection.main([str(path.with_name("none.keras"))])
