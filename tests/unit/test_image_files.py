"""Files of labeled images."""

import numpy as np
import pytest

from model.data.images import read_images
from model.errors import UserError

IMAGES = np.full((2, 16, 16), 255, np.uint8)


def saved(path, **arrays):
    np.savez(path, **arrays)
    return path


def test_images_are_read_as_ink_from_0_to_1_with_their_digits(tmp_path):
    images, labels = read_images(saved(tmp_path / "a.npz", images=IMAGES, labels=np.array([3, 4])))
    assert images.dtype == np.float32 and images.shape == (2, 16, 16) and (images == 1).all()
    assert labels.tolist() == [3, 4]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": IMAGES}, "labels"),
        ({"images": IMAGES[0], "labels": np.array([3])}, "Expected uint8"),
        ({"images": IMAGES / 255, "labels": np.array([3, 4])}, "Expected uint8"),
        ({"images": IMAGES[:0], "labels": np.zeros(0, int)}, "N ≥ 1"),
        ({"images": IMAGES, "labels": np.array([3, 11])}, "one digit"),
        ({"images": IMAGES, "labels": np.array([3])}, "one digit"),
        ({"images": IMAGES, "labels": np.array(["3", "4"])}, "one digit"),
        ({"images": np.array([None]), "labels": np.array([1])}, "cannot be read"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(tmp_path, arrays, message):
    with pytest.raises(UserError, match=message):
        read_images(saved(tmp_path / "a.npz", **arrays))


def test_a_missing_file_and_a_text_are_told(tmp_path):
    (tmp_path / "text.npz").write_text("7")
    for name in ("text.npz", "none.npz"):
        with pytest.raises(UserError, match=f"{name} is not an .npz file"):
            read_images(tmp_path / name)
