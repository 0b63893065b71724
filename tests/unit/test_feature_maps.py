"""The maps of a layer that are shown: strong and different from each other; stored with the hash of the network."""

import numpy as np
import pytest

from model.inference import feature_maps
from model.inference.feature_maps import LayerMaps, choose


def test_strong_maps_that_differ_are_chosen_and_the_strongest_is_first():
    rng = np.random.default_rng(1)
    different = rng.normal(size=(50, 4, 4, 12))
    weak = 0.01 * rng.normal(size=(50, 4, 4, 10))
    copies = 0.9 * different[..., :4]
    changes = np.concatenate([weak, different * np.linspace(2, 1, 12), copies], axis=3)
    chosen = choose(changes)
    assert chosen.maps[0] == 10
    assert sorted(chosen.maps) == list(range(10, 22))


def test_the_scale_is_a_percentile_of_the_magnitudes_of_all_maps():
    changes = np.zeros((10, 10, 10, 2))
    changes[:, :, :, 1] = -np.linspace(0, 1, 1000).reshape(10, 10, 10)
    assert choose(changes).scale == pytest.approx(0.99, abs=0.002)


def test_a_layer_without_changes_and_a_layer_with_few_maps_are_shown():
    assert choose(np.zeros((3, 2, 2, 5))).scale == 1
    assert sorted(choose(np.ones((3, 2, 2, 5))).maps) == [0, 1, 2, 3, 4]


@pytest.fixture
def path(tmp_path):
    """The path of a checkpoint for which maps were chosen."""
    path = tmp_path / "mine.keras"
    feature_maps.save([LayerMaps((2, 0), 1.5), LayerMaps((1,), 0.25)], "hash", 500, path)
    return path


def test_chosen_maps_are_stored_beside_the_checkpoint(path):
    assert [file.name for file in path.parent.iterdir()] == ["mine-maps.json"]
    assert feature_maps.load(path, "hash", [3, 2]) == [LayerMaps((2, 0), 1.5), LayerMaps((1,), 0.25)]


@pytest.mark.parametrize("sha256, counts", [("other", [3, 2]), ("hash", [3]), ("hash", [2, 2])])
def test_maps_that_were_chosen_for_another_network_are_ignored(path, sha256, counts):
    assert feature_maps.load(path, sha256, counts) is None


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"sha256": "hash", "layers": [1, 2]}'])
def test_a_missing_or_damaged_file_is_ignored(path, content):
    feature_maps.path_of(path).write_text(content)
    assert feature_maps.load(path, "hash", [3, 2]) is None
    feature_maps.path_of(path).unlink()
    assert feature_maps.load(path, "hash", [3, 2]) is None
