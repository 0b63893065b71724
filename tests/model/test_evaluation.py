"""Measurements of the default checkpoint.

Accuracy without augmentation, end-to-end results, robustness, files of drawings, and numbers of several digits.
"""

import numpy as np
import pytest

from model.corrections.export import export_drawings
from model.corrections.store import CorrectionStore
from model.data.drawings import LabeledDrawings
from model.errors import UserError
from model.evaluation import corruptions, metrics, multidigit, robustness
from model.inference.classifier import Classifier
from tests.helpers.corrections import ANSWER
from tests.helpers.drawings import DIGIT_DRAWINGS
from tests.helpers.labeled_drawings import LINE, SEVEN, normalized, synthetic_digits, write_digits


def test_accuracy_without_augmentation_is_the_accuracy_of_the_bare_network(classifier):
    labels = np.arange(200) % 10
    images = normalized(synthetic_digits(200).drawings)
    augmented = Classifier(classifier.network, classifier.notes | {"test_time_augmentation": True}, "augmented")
    bare = classifier.network(images, training=False).numpy()[:, :10].argmax(axis=1)
    assert metrics.accuracy_without_augmentation(augmented, images, labels) == {
        "without_augmentation": np.mean(bare == labels)
    }


def test_a_checkpoint_without_augmentation_has_no_separate_accuracy_without_it(classifier):
    plain = Classifier(classifier.network, classifier.notes | {"test_time_augmentation": False}, "plain")
    assert metrics.accuracy_without_augmentation(plain, normalized(synthetic_digits(3).drawings), np.arange(3)) == {}


def test_a_digit_that_is_read_as_two_digits_counts_as_wrong_end_to_end(classifier):
    both = [*SEVEN, SEVEN[0] + [1, 0]]
    found = metrics.end_to_end_digits(classifier, LabeledDrawings([SEVEN, both], ["7", "7"], ["me", "me"]))
    assert found == {"accuracy": 0.5, "rejected": 0, "several": 0.5}


def test_a_drawing_that_is_read_as_not_a_digit_counts_as_rejected_end_to_end(classifier, monkeypatch):
    monkeypatch.setattr(classifier, "notes", classifier.notes | {"rejection_threshold": -1.0})
    drawings = LabeledDrawings([SEVEN], ["7"], ["me"])
    assert metrics.end_to_end_rejection_rate(classifier, drawings) == 1
    assert metrics.end_to_end_digits(classifier, drawings)["rejected"] == 1


def test_drawings_are_read_in_batches_in_order_and_without_empty_strokes(classifier, monkeypatch):
    monkeypatch.setattr(metrics, "BATCH", 2)
    empty = np.zeros((0, 2))
    answers = list(metrics.read_all(classifier, [SEVEN, [empty, *LINE], [empty]]))
    assert [answer.number for answer in answers] == ["7", "1", ""]


def test_robustness_is_measured_and_position_and_size_do_not_change_accuracy(classifier):
    digits = synthetic_digits(20)
    labels = np.array(digits.labels).astype(int)
    found = robustness.measure(classifier, [*digits.drawings, []], np.append(labels, 0))
    assert found["count"] == 21
    for name in ("shift", "size"):
        assert set(found["sweeps"][name]["accuracy"]) == {found["as_drawn"]}
    rotation = found["sweeps"]["rotation"]
    assert rotation["accuracy"][rotation["settings"].index(0)] == found["as_drawn"] > 0.85
    assert set(found["corruptions"]) == set(corruptions.CORRUPTIONS)
    assert all(0.2 < corruption["accuracy"] <= 1 for corruption in found["corruptions"].values())
    assert found["corruptions"]["tremor"]["changed"] > 0.9 > found["corruptions"]["missing stroke"]["changed"]


# Files of drawings


def test_a_checkpoint_is_measured_on_a_file_of_drawings(classifier, tmp_path):
    measured = metrics.measure_drawings(classifier, write_digits(tmp_path / "mine.npz"))
    assert measured["count"] == 2
    assert measured["accuracy"] == 0.5
    assert measured["confusion"][7][7] == measured["confusion"][8][1] == 1


def test_the_network_reads_exported_corrections_as_it_reads_the_originals(classifier, tmp_path):
    store = CorrectionStore(tmp_path / "corrections.sqlite")
    for digit, strokes in enumerate(DIGIT_DRAWINGS):
        store.keep([np.array(stroke) for stroke in strokes], str(digit), *ANSWER)
    export_drawings(store, tmp_path / "digits.npz")
    assert metrics.measure_drawings(classifier, tmp_path / "digits.npz")["accuracy"] == 1


# Numbers of several digits


def test_numbers_are_composed_of_drawings_that_are_not_empty(classifier):
    results = multidigit.measure(classifier, [SEVEN, [], [np.zeros((0, 2))]], ["7", "1", "2"], count=3, seed=1)
    assert multidigit.overall(results)[0] == 1
    with pytest.raises(UserError, match="All drawings are empty"):
        multidigit.measure(classifier, [[]], ["7"], count=3, seed=1)
