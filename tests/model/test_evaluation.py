"""Metrics, robustness, corruptions and figures."""

from textwrap import fill
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.data.drawings import LabeledDrawings
from model.evaluation import corruptions, metrics, plots, robustness
from model.inference import calibration
from model.inference.classifier import Classifier
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize
from model.synthetic import generator

DOT = [np.array([[0.3, 0.4]])]
LINE = [np.array([[0.5, 0.1], [0.5, 0.9]])]
CORNER = [np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])]
SEVEN = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]


def synthetic(count: int, seed: int = 1) -> LabeledDrawings:
    """Return synthetic drawings of 0, 1, 2, …, in units of about 100."""
    rng = np.random.default_rng(seed)
    return LabeledDrawings(
        [generator.sample_digit(i % 10, rng) for i in range(count)],
        [str(i % 10) for i in range(count)],
        ["me"] * count,
    )


def normalized(drawings: list) -> np.ndarray:
    return normalization.normalize_all(rasterize(strokes) for strokes in drawings)


@pytest.fixture(scope="module")
def classifier():
    return Classifier.load()


# Accuracy and calibration


def test_the_confusion_matrix_counts_true_against_predicted_digits():
    measured = metrics.classification_metrics(np.eye(10)[[0, 1, 1, 9]], np.array([0, 1, 2, 9], np.uint8))
    assert measured["accuracy"] == 0.75
    assert measured["confusion"][2][1] == 1 and np.sum(measured["confusion"]) == 4
    assert measured["per_class"][:3] == [1.0, 1.0, 0.0]
    assert metrics.most_common_mistakes(measured) == [(2, 1, 1)]


def test_the_interval_is_the_wilson_interval():
    # Worked by hand: 9 of 10, z = 1.96.
    assert metrics.wilson_interval(9, 10) == pytest.approx([0.5958, 0.9821], abs=1e-4)
    low, high = metrics.wilson_interval(10, 10)
    assert low < 1 and high == pytest.approx(1)


def test_reliability_compares_confidence_with_accuracy():
    probabilities = np.full((100, 10), 0.2 / 9)
    probabilities[:, 3] = 0.8
    found = metrics.reliability(probabilities, np.where(np.arange(100) < 60, 3, 4))
    assert found["count"] == [0] * 12 + [100, 0, 0]
    assert (found["confidence"][12], found["accuracy"][12]) == (pytest.approx(0.8), pytest.approx(0.6))
    assert found["confidence"][0] is None and found["accuracy"][0] is None


def test_the_calibration_error_is_the_mean_gap_between_confidence_and_accuracy():
    rng = np.random.default_rng(1)
    probabilities, labels = calibration.softmax(rng.normal(0, 3, (500, 10))), rng.integers(0, 10, 500)
    confidence = probabilities.max(axis=1)
    gap = confidence - (probabilities.argmax(axis=1) == labels)
    sums = np.bincount(np.digitize(confidence, np.arange(1, 15) / 15), weights=gap)
    measured = metrics.classification_metrics(probabilities, labels)
    assert measured["calibration_error"] == pytest.approx(np.abs(sums).sum() / 500, abs=1e-12)


def test_writers_with_few_drawings_are_left_out():
    # Writer 0 has 0 correct predictions of 10, writer 1 has 1, and so on; one more writer has a single drawing.
    correct = np.concatenate([np.arange(10) < number for number in range(10)] + [[True]])
    found = metrics.writer_accuracy(correct, [*np.repeat([f"w{i}" for i in range(10)], 10), "once"])
    assert found == {"count": 10, "median": pytest.approx(0.45), "worst_decile": pytest.approx(0.09)}
    assert metrics.writer_accuracy(correct[-1:], ["once"]) == {"count": 0, "median": None, "worst_decile": None}


def test_a_sample_is_stratified_and_always_the_same(monkeypatch):
    monkeypatch.setattr(robustness, "SAMPLE_SIZE", 90)
    labels = np.array([1] * 200 + [5] * 60 + [7] * 10)
    picked = robustness.stratified_sample(labels)
    assert np.unique(labels[picked], return_counts=True)[1].tolist() == [30, 30, 10]
    assert len(set(picked)) == 70
    np.testing.assert_array_equal(picked, robustness.stratified_sample(labels))


# Rejection


@pytest.mark.parametrize(
    "digits, non_digits, expected",
    [([0.1, 0.2], [0.3, 0.4], 1), ([0.3, 0.4], [0.1, 0.2], 0), ([0.1, 0.3], [0.2], 0.5), ([0.1, 0.2], [0.2], 0.75)],
)
def test_auroc_agrees_with_values_worked_by_hand(digits, non_digits, expected):
    assert metrics.auroc(np.array(digits), np.array(non_digits)) == expected


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_auroc_is_the_share_of_ordered_pairs_and_ties_count_half(digits, non_digits):
    pairs = [(other > digit) + (other == digit) / 2 for digit in digits for other in non_digits]
    assert metrics.auroc(np.array(digits), np.array(non_digits)) == pytest.approx(np.mean(pairs))


def test_rejection_is_counted_at_the_threshold_and_by_label():
    digits, non_digits = np.array([0.0, 0.1, 0.2, 0.9]), np.array([0.95, 0.8, 0.1])
    found = metrics.rejection_metrics(digits, non_digits, ["A", "A", "B"], rejection_threshold=0.5)
    assert found["digits_accepted"] == 0.75 and found["non_digits_rejected"] == pytest.approx(2 / 3)
    assert list(found["per_label"].items()) == [
        ("B", {"count": 1, "rejected": 0.0}),
        ("A", {"count": 2, "rejected": 1.0}),
    ]
    # 98 % and 99 % of four digits are all four: the threshold is 0.9.
    assert found["at"] == {"0.98": pytest.approx(1 / 3), "0.99": pytest.approx(1 / 3)}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0, 1))
def test_the_acceptance_threshold_is_the_lowest_with_the_given_acceptance_rate(digits, rate):
    digits = np.array(digits)
    threshold = metrics.acceptance_threshold(digits, rate)
    assert np.mean(digits <= threshold) >= rate
    below = digits[digits < threshold]
    assert not len(below) or np.mean(digits <= below.max()) < rate + 1e-9


def test_the_rejection_rate_falls_as_the_acceptance_rate_rises():
    rng = np.random.default_rng(2)
    found = metrics.rejection_metrics(rng.random(200) / 2, rng.random(300), ["x"] * 300, 0.5)
    accepted, rejected = found["curve"]["digits_accepted"], found["curve"]["non_digits_rejected"]
    assert len(accepted) == len(rejected) == 101 and accepted[-1] == 1
    assert (np.diff(accepted) >= 0).all() and (np.diff(rejected) <= 0).all()


def test_a_network_that_distinguishes_digits_only_rejects_nothing():
    found = metrics.rejection_metrics(np.zeros(5), np.zeros(3), ["A", "B", "C"], rejection_threshold=1.0)
    assert (found["auroc"], found["non_digits_rejected"], found["digits_accepted"]) == (0.5, 0, 1)
    assert set(found["at"].values()) == {0}


# End to end


def test_accuracy_without_augmentation_is_that_of_the_bare_network(classifier):
    labels = np.arange(200) % 10
    images = normalized(synthetic(200).drawings)
    augmented = Classifier(classifier.network, classifier.notes | {"test_time_augmentation": True}, "augmented")
    bare = classifier.network(images, training=False).numpy()[:, :10].argmax(axis=1)
    assert metrics.accuracy_without_augmentation(augmented, images, labels) == {
        "without_augmentation": np.mean(bare == labels)
    }


def test_a_checkpoint_without_augmentation_has_no_separate_accuracy_without_it(classifier):
    plain = Classifier(classifier.network, classifier.notes | {"test_time_augmentation": False}, "plain")
    assert metrics.accuracy_without_augmentation(plain, normalized(synthetic(3).drawings), np.arange(3)) == {}


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


# Robustness


def test_position_and_size_on_the_pad_do_not_matter():
    rng = np.random.default_rng(5)
    drawings = synthetic(300).drawings
    moved = []
    for i, strokes in enumerate(drawings):
        size, position = rng.uniform(0.15, 1), list(robustness.POSITIONS.values())[i % 5]
        moved.append(robustness.fit_on_pad(strokes, size, *position))
        points = np.concatenate(moved[-1])
        assert points.min() > -1e-9 and points.max() < 1 + 1e-9
        assert np.ptp(points, axis=0).max() == pytest.approx(size)
    differences = np.abs(normalized(drawings) - normalized(moved)).max(axis=(1, 2))
    # The images differ only by rounding: `rasterize` rounds points to an eighth of a pixel, upward or downward.
    assert np.mean(differences < 1e-3) > 0.97 and differences.max() < 0.02


@pytest.mark.parametrize("name", robustness.SWEEPS)
def test_the_usual_setting_of_a_sweep_changes_nothing(name):
    sweep = robustness.SWEEPS[name]
    assert sweep.usual in sweep.settings
    drawings = synthetic(10).drawings
    usual = robustness.normalized_images(drawings, sweep.renderer(sweep.usual))
    # Jitter adds points to a stroke, which changes where `rasterize` puts its dots and so a pixel's shade a little.
    np.testing.assert_allclose(usual, normalized(drawings), atol=0.03 if name == "shake" else 1e-3)


@pytest.mark.parametrize("name", ["rotation", "pen", "aspect", "shake"])
def test_the_ends_of_a_sweep_change_the_image(name):
    sweep, drawings = robustness.SWEEPS[name], synthetic(10).drawings
    for setting in {sweep.settings[0], sweep.settings[-1]} - {sweep.usual}:
        changed = robustness.normalized_images(drawings, sweep.renderer(setting))
        assert np.abs(changed - normalized(drawings)).max(axis=(1, 2)).mean() > 0.2


def test_rotation_is_clockwise_and_stretching_is_horizontal():
    [rotated] = robustness.rotate([np.array([[0.0, 0.0], [1.0, 0.0]])], 90)
    np.testing.assert_allclose(rotated, [[0, 0], [0, 1]], atol=1e-12)  # A line to the right becomes a line downward.
    [wide] = robustness.stretch([np.array([[0.2, 0.4]])], 2)
    np.testing.assert_allclose(wide, [[0.4, 0.4]])


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_a_corruption_returns_a_valid_drawing_and_leaves_its_input_unchanged(name):
    rng = np.random.default_rng(3)
    for strokes in [*synthetic(20).drawings, DOT, LINE, DOT + DOT, [np.zeros((3, 2))]]:
        before = [stroke.copy() for stroke in strokes]
        after = corruptions.CORRUPTIONS[name](strokes, rng)
        assert after and all(stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) for stroke in after)
        assert np.isfinite(np.concatenate(after)).all()
        assert normalized([after]).max() > 0.3
        for stroke, same in zip(strokes, before, strict=True):
            np.testing.assert_array_equal(stroke, same)


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_a_corruption_is_visible_and_independent_of_size_and_position(name):
    small = [[np.array([[0.0, 0.0], [0.1, 0.0], [0.5, 1.0]]), np.array([[0.7, 0.3], [0.9, 0.4]])]]
    large = [[stroke * 50 + 7 for stroke in strokes] for strokes in small]
    render = robustness.corrupting(name)
    images = [robustness.normalized_images(drawings, render) for drawings in (small, large)]
    np.testing.assert_allclose(*images, atol=1e-2)
    drawings = [*synthetic(20).drawings, *small]
    changed = np.abs(robustness.normalized_images(drawings, render) - normalized(drawings)).max(axis=(1, 2))
    assert (changed > 0.1).any()


def test_each_corruption_has_the_effect_that_it_documents():
    rng = np.random.default_rng(4)

    def length(strokes):
        return sum(np.hypot(*np.diff(stroke, axis=0).T).sum() for stroke in strokes)

    two = [*CORNER, np.array([[0.2, 0.5], [0.4, 0.5]])]
    assert length(corruptions.gaps(CORNER, rng)) < 1.95
    assert len(corruptions.missing_stroke(two, rng)) == 1 and len(corruptions.missing_stroke(CORNER, rng)) == 1
    assert len(corruptions.stray_dot(CORNER, rng)[-1]) == 1
    assert length(corruptions.stray_line(CORNER, rng)[1:]) == pytest.approx(corruptions.STRAY_LINE)
    np.testing.assert_allclose(corruptions.long_tail(CORNER, rng)[0][-1], [1, 1 + corruptions.TAIL])
    assert len(corruptions.joined_strokes(two, rng)) == 1
    np.testing.assert_allclose(corruptions.cut_short(CORNER, rng)[0][-1], [1, 1 - corruptions.CUT])
    assert length(corruptions.hooks(CORNER, rng)) == pytest.approx(2 + 2 * corruptions.HOOK)
    grid = corruptions.coarse_grid([np.array([[0, 0], [0.33, 1]])], rng)[0] * corruptions.GRID_CELLS
    np.testing.assert_allclose(grid, np.rint(grid), atol=1e-9)
    rounded = corruptions.rounded_corners(CORNER, rng)[0]
    assert np.hypot(*(rounded - [1, 0]).T).min() > 0.02  # The corner is cut off,
    np.testing.assert_allclose(rounded[[0, -1]], CORNER[0][[0, -1]])  # but the ends stay.
    curve = [np.stack([np.linspace(0, 1, 50), np.linspace(0, 1, 50) ** 2], axis=1)]
    assert 3 <= len(corruptions.few_points(curve, rng)[0]) < 8
    assert len(corruptions.few_points([np.array([[0, 0], [0.5, 0.01], [1, 0]])], rng)[0]) == 2
    trembling = corruptions.tremor(LINE, rng)[0][:, 0] - 0.5
    assert 0.5 < np.abs(trembling).max() / (0.8 * corruptions.TREMOR) <= 1 + 1e-9
    assert len(corruptions.drawn_twice(two, rng)) == 4


def test_robustness_is_measured_and_position_and_size_do_not_change_accuracy(classifier):
    digits = synthetic(20)
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


# Figures


def test_figures_show_the_metrics(tmp_path):
    history = [dict(loss=1 / n, accuracy=0.9, validation_loss=2 / n, validation_accuracy=0.8) for n in (1, 2, 3)]
    drawings = synthetic(30).drawings
    labels, predicted = np.arange(30) % 10, np.eye(10)[(np.arange(30) + (np.arange(30) > 20)) % 10]
    measured = metrics.classification_metrics(predicted, labels)
    rejection = metrics.rejection_metrics(np.array([0.1, 0.2]), np.array([0.9, 0.8]), ["A", "$"], 0.5)
    sweeps = {
        "count": 30,
        "as_drawn": 0.9,
        "sweeps": {
            name: {"title": sweep.title, "usual": sweep.usual, "settings": list(sweep.settings)}
            | {"accuracy": np.linspace(1, 0.5, len(sweep.settings)).tolist()}
            for name, sweep in robustness.SWEEPS.items()
        },
        "corruptions": {name: {"accuracy": 0.8, "changed": 1.0} for name in corruptions.CORRUPTIONS},
    }
    images = [rasterize(strokes) for strokes in drawings]
    plots.draw_curves(history, tmp_path / "curves.svg")
    plots.draw_confusion("digits", measured["confusion"], tmp_path / "confusion.svg")
    plots.draw_reliability({"one": measured, "other": measured}, tmp_path / "reliability.svg")
    plots.draw_rejection("letters", rejection, tmp_path / "rejection.svg")
    plots.draw_mistakes("digits", images, labels, predicted, tmp_path / "mistakes.svg")
    plots.draw_sweeps("digits", sweeps, tmp_path / "sweeps.svg")
    shown = {path.stem: words(path) for path in tmp_path.iterdir()}
    assert {"loss", "accuracy", "training", "validation", "epoch"} <= shown["curves"]
    assert {"predicted digit", "true digit", "3", "2"} <= shown["confusion"]
    assert {"accuracy", "confidence", "one: ECE 30.00%"} <= shown["reliability"]
    assert {"letters", "A", "AUROC 1.0000", "rejection rate"} <= shown["rejection"]
    assert {"1 → 2  100%", "The 9 most confident of 9 mistakes in 30 predictions"} <= shown["mistakes"]
    titles = [fill(sweep.title, plots.TITLE_WIDTH) for sweep in robustness.SWEEPS.values()]
    assert {title.partition("\n")[0] for title in titles} <= shown["sweeps"]


def test_mistakes_are_drawn_even_without_any_or_with_a_blank_image(tmp_path):
    plots.draw_mistakes("digits", [np.zeros((0, 0))], np.array([3]), np.eye(10)[[4]], tmp_path / "blank.svg")
    plots.draw_mistakes("digits", [np.ones((5, 5))], np.array([3]), np.eye(10)[[3]], tmp_path / "none.svg")
    assert "3 → 4  100%" in words(tmp_path / "blank.svg")
    assert "The 0 most confident of 0 mistakes in 1 predictions" in words(tmp_path / "none.svg")


def test_figures_have_the_color_of_the_surrounding_text_and_no_background(tmp_path):
    plots.draw_confusion("digits", np.eye(10, dtype=int).tolist(), tmp_path / "one.svg")
    plots.draw_confusion("digits", np.eye(10, dtype=int).tolist(), tmp_path / "two.svg")
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn.count("currentColor") > 20 and "fill: #ffffff" not in drawn and plots.TEXT_COLOR not in drawn
    assert drawn == (tmp_path / "two.svg").read_text()


def words(path) -> set[str]:
    """Return all texts of an SVG."""
    return {"".join(text.itertext()) for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")}
