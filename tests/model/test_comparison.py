"""Comparison: every checkpoint in a folder, and the page's, reads one image. The first comparison loads them."""

import shutil

import numpy as np
import pytest

from model.inference import checkpoint
from model.inference.classifier import Classifier
from model.inference.comparison import Comparison
from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import rasterize
from tests.helpers.drawings import DIGIT_DRAWINGS, NON_DIGIT_DRAWINGS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with two checkpoints."""
    path = tmp_path_factory.mktemp("checkpoints")
    for name in ("softmax", "digits"):
        for suffix in (".keras", ".json"):
            shutil.copy(checkpoint.FOLDER / f"{name}{suffix}", path)
    return path


@pytest.fixture(scope="module")
def comparison(folder):
    return Comparison(folder)


def image_of(strokes) -> np.ndarray:
    return normalize(rasterize([np.array(stroke, float) for stroke in strokes]))


def test_each_model_reads_the_image_and_the_least_accurate_is_first(folder, comparison, classifier):
    image = image_of(DIGIT_DRAWINGS[7])
    models = comparison.compare(image)
    assert [model.name for model in models] == ["softmax", "digits"]
    assert [model.reading.digit for model in models] == [7, 7]
    assert [model.kind for model in models] == ["linear", "convolutional"]
    assert models[0].test_accuracy < models[1].test_accuracy
    assert all(model.milliseconds > 0 for model in models)
    expected = classifier.read_image(image)
    np.testing.assert_allclose(models[1].reading.probabilities, expected.probabilities, atol=1e-6)
    assert models[1].size == (folder / "digits.keras").stat().st_size


def test_only_a_model_that_was_trained_on_non_digits_rejects_them(comparison):
    softmax, digits = (model.reading for model in comparison.compare(image_of(NON_DIGIT_DRAWINGS["smiley"])))
    assert softmax.verdict in ("digit", "unsure") and softmax.digit is not None
    assert (softmax.not_digit, digits.verdict, digits.digit) == (0.0, "not a digit", None)
    assert digits.not_digit > 0.5


def test_a_blank_image_has_no_readings_and_loads_no_model(folder, monkeypatch):
    monkeypatch.setattr(Classifier, "load", lambda path: pytest.fail("loaded"))
    assert Comparison(folder).compare(np.zeros((28, 28), np.float32)) == []


def test_models_are_loaded_once(folder, classifier, monkeypatch):
    loaded = []
    monkeypatch.setattr(Classifier, "load", lambda path: loaded.append(path.stem) or classifier)
    comparison = Comparison(folder)
    for _ in range(2):
        comparison.compare(image_of(DIGIT_DRAWINGS[7]))
    assert sorted(loaded) == ["digits", "softmax"]


def test_the_pages_checkpoint_is_marked_even_if_another_one_has_its_name(folder, tmp_path):
    for suffix in (".keras", ".json"):
        shutil.copy(checkpoint.FOLDER / f"quick{suffix}", tmp_path / f"digits{suffix}")
    shutil.copy(checkpoint.FOLDER / "quick.keras", tmp_path / "without-json.keras")
    image = image_of(DIGIT_DRAWINGS[7])
    for own, expected in [
        (tmp_path / "digits.keras", [("softmax", False), ("digits", True), ("digits", False)]),
        (folder / ".." / folder.name / "digits.keras", [("softmax", False), ("digits", True)]),
    ]:
        assert [(model.name, model.own) for model in Comparison(folder, own).compare(image)] == expected
    [model] = Comparison(tmp_path).compare(image)
    assert model.name == "digits" and not model.own
