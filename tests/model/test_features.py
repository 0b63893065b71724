"""The features of a network, and what the page learns with them."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest

from model.errors import UserError
from model.evaluation import learning
from model.inference import checkpoint, features
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.features import FEATURES, FeatureSpace
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize
from model.synthetic.notation import parse_glyph
from model.synthetic.writer import Writer
from model.training import features as making
from tests.tools.styles import EASTERN

NOTES = checkpoint.load_notes(DEFAULT_CHECKPOINT)


@pytest.mark.parametrize("path", sorted(checkpoint.FOLDER.glob("*.features.npz")), ids=lambda path: path.name)
def test_the_shipped_features_belong_to_the_shipped_network(path):
    owner = checkpoint.FOLDER / f"{path.name.removesuffix('.features.npz')}.keras"
    assert features.is_available(owner, checkpoint.load_notes(owner))


def test_features_come_with_the_same_logits(classifier, few):
    logits, found = classifier.logits.with_features(few.images)
    assert logits == pytest.approx(classifier.logits(few.images), abs=1e-4)
    assert found.shape == (len(few.images), FEATURES)
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-4)


@pytest.fixture
def own_path(tmp_path):
    """The path of a checkpoint whose file of features belongs to a network with the hash "a"."""
    path = tmp_path / "own.keras"
    arrays = (np.zeros(2, np.float32), np.zeros((2, FEATURES), np.float16), np.zeros((3, FEATURES), np.int8))
    features.save(FeatureSpace("a", *arrays, np.zeros(3, np.uint8)), path)
    return path


def test_features_of_another_network_are_not_used(own_path):
    assert features.load(own_path, {"sha256": "a"}).bank.shape == (3, FEATURES)
    assert features.load(own_path, {"sha256": "b"}) is None
    assert features.load(own_path.with_name("other.keras"), {"sha256": "a"}) is None
    features.path_of(own_path).write_bytes(b"PK")
    with pytest.raises(UserError, match="is damaged .* python -m model.training.features"):
        features.load(own_path, {"sha256": "a"})


def test_whitened_components_have_the_same_variance():
    rng = np.random.default_rng(1)
    centered = rng.normal(size=(400, 200)) * np.linspace(1, 5, 200)
    centered -= centered.mean(axis=0)
    whitened = centered @ making.whitening(centered.astype(np.float32)).astype(np.float64)
    assert np.ptp(whitened.std(axis=0)) < 0.02 * whitened.std()
    few = making.whitening(centered[:20].astype(np.float32))
    assert few.any(axis=0).sum() == 20 and np.abs(few).max() == 1


def test_a_network_without_a_dense_layer_has_no_features_and_loses_its_old_file(own_path, few):
    calibration = dict.fromkeys(checkpoint.CALIBRATION, 1)
    body = [keras.Input((28, 28)), keras.layers.Reshape((28, 28, 1))]
    convolution = keras.Sequential([*body, keras.layers.Conv2D(10, 28), keras.layers.Flatten()])
    checkpoint.save(convolution, calibration, own_path)
    assert not making.write(few, own_path)
    assert not features.path_of(own_path).exists()
    dense = keras.Sequential([*body, keras.layers.Flatten(), keras.layers.Dense(10)])
    checkpoint.save(dense, calibration, own_path)
    assert making.write(few, own_path)
    assert features.load(own_path, checkpoint.load_notes(own_path)).bank.shape == (960, FEATURES)


WRITERS, DRAWINGS = 6, 20


@pytest.fixture(scope="module")
def eastern(classifier) -> SimpleNamespace:
    """The outputs of the network for digits in a style that it has not learned, with their labels and writers.

    Each of the writers has one hand, and draws the four digits of the style in turn.
    """
    rng = np.random.default_rng(5)
    ink, labels, writers = [], [], []
    for name in range(WRITERS):
        writer = Writer.sample(rng)
        for digit in (list(EASTERN) * DRAWINGS)[:DRAWINGS]:
            strokes = writer.draw(parse_glyph(*EASTERN[digit]).sample(rng, writer.unsteadiness), rng)
            ink.append(rasterize(strokes))
            labels.append(digit)
            writers.append(str(name))
    outputs = learning.outputs_of(classifier, normalization.normalize_all(ink))
    return SimpleNamespace(outputs=outputs, labels=np.array(labels), writers=writers)


def test_one_correction_for_each_error_removes_a_quarter_of_the_errors_in_an_unknown_style(eastern):
    before = eastern.outputs.answers(eastern.outputs.outcomes(slice(None))) != eastern.labels
    seen = learning.visit(eastern.outputs, eastern.labels, eastern.writers)
    after = eastern.outputs.answers(seen) != eastern.labels
    assert before.sum() > 100
    assert after.sum() <= 0.75 * before.sum()
    assert (after & ~before).sum() <= 1
    assert (learning.visit(eastern.outputs, eastern.labels, eastern.writers) == seen).all()  # Deterministic.


def test_the_corrections_of_somebody_else_do_no_harm(classifier, eastern, few):
    own = learning.outputs_of(classifier, few.images)
    changes = learning.foreign_changes(eastern.outputs, eastern.labels, own, few.labels)
    assert changes.min() >= -1 / len(few.labels)  # At most one image in 600.
