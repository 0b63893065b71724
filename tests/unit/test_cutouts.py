"""The parts of training images that change a map most: which are chosen, and the pictures beside the checkpoint."""

import io

import numpy as np
import pytest
from PIL import Image

from model.inference import cutouts
from model.inference.activations import MAPS, PRODUCTS, UNITS, Layer
from model.inference.feature_maps import LayerMaps

LOCAL = Layer("first", MAPS, (14, 14, 2), LayerMaps((1,), 1.0), (5, 2, 0.5), None)
"""A cell sees 5×5 pixels. The cell in row 3 and column 4 sees the pixels from row 4 and column 6 on."""
UNIT = Layer("dense", UNITS, (1, 1, 40), LayerMaps((7, 3), 1.0), None, None)


def gray(picture: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture)).convert("L"))


def test_the_pieces_that_change_a_map_most_stand_side_by_side_the_strongest_first():
    images = np.zeros((20, 28, 28), np.float32)
    images[:, 4:9, 6:11] = np.linspace(0.05, 1, 20)[:, None, None]
    changes = np.zeros((20, 14, 14, 2))
    changes[:, 3, 4, 0] = np.arange(20)  # Ink raises map 0, and lowers map 1.
    changes[:, 3, 4, 1] = -np.arange(20)
    changes[:, 0, 0, 1] = 5
    strongest = cutouts.Strongest(LOCAL)
    strongest.add(changes[:12])
    strongest.add(changes[12:])
    picture = gray(strongest.picture(images))
    assert picture.shape == (2 * 5, 9 * 5)
    pieces = picture.reshape(2, 5, 9, 5).mean(axis=(1, 3))
    assert (pieces[0] == pieces[1]).all() and pieces[0, 0] == 0 and (np.diff(pieces[0]) >= 0).all()
    assert pieces[0, 8] == pytest.approx(255 * (1 - 0.6), abs=30)


def test_a_piece_at_the_edge_of_an_image_has_paper_outside():
    images = np.ones((9, 28, 28), np.float32)
    changes = np.zeros((9, 14, 14, 2))
    changes[:, 0, 0] = 1
    strongest = cutouts.Strongest(LOCAL)
    strongest.add(changes)
    piece = gray(strongest.picture(images))[:5, :5]
    assert (piece[2:, 2:] == 0).all() and (piece[:2] == 255).all() and (piece[:, :2] == 255).all()


def test_a_unit_has_whole_images_and_only_shown_units_have_a_row():
    assert (cutouts.rows_of(UNIT), cutouts.size_of(UNIT)) == ([7, 3], 28)
    assert (cutouts.rows_of(LOCAL), cutouts.size_of(LOCAL)) == ([0, 1], 5)
    assert cutouts.rows_of(Layer("weights", PRODUCTS, (28, 28, 10), LayerMaps((0,), 1.0), None, None)) == []


def test_pictures_are_read_only_with_the_network_that_they_were_made_for(tmp_path):
    path = tmp_path / "mine.keras"
    cutouts.save([b"one", b"two"], "a" * 64, path)
    assert cutouts.load(path, "a" * 64, 1) == b"two"
    assert cutouts.load(path, "b" * 64, 1) is None and cutouts.load(path, "a" * 64, 2) is None
    cutouts.save([b"new"], "b" * 64, path)
    assert [file.name for file in cutouts.folder_of(path).iterdir()] == ["bbbbbbbbbbbb-1.webp"]
    cutouts.save([], "b" * 64, path)
    assert list(tmp_path.iterdir()) == []
