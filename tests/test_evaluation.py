"""Figures by hand, corruptions that do what they say, and a drawing's place and size that do not matter."""

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


def written(count: int, seed: int = 1) -> LabeledDrawings:
    """So many drawings by program, 0, 1, 2, …, in units of about 100."""
    rng = np.random.default_rng(seed)
    return LabeledDrawings(
        [generator.sample_digit(i % 10, rng) for i in range(count)],
        [str(i % 10) for i in range(count)],
        ["me"] * count,
    )


def plain_images(drawn: list) -> np.ndarray:
    return normalization.normalize_all(rasterize(strokes) for strokes in drawn)


@pytest.fixture(scope="module")
def network():
    return Classifier.load()


# Figures


def test_figures_count_what_was_read_as_what():
    measured = metrics.classification_metrics(np.eye(10)[[0, 1, 1, 9]], np.array([0, 1, 2, 9], np.uint8))
    assert measured["accuracy"] == 0.75
    assert measured["confusion"][2][1] == 1 and np.sum(measured["confusion"]) == 4
    assert measured["per_class"][:3] == [1.0, 1.0, 0.0]
    assert metrics.most_common_mistakes(measured) == [(2, 1, 1)]


def test_the_interval_is_wilsons():
    # Worked by hand: 9 of 10, z = 1.96.
    assert metrics.wilson_interval(9, 10) == pytest.approx([0.5958, 0.9821], abs=1e-4)
    low, high = metrics.wilson_interval(10, 10)
    assert low < 1 and high == pytest.approx(1)


def test_reliability_sets_how_sure_against_how_right():
    sure = np.full((100, 10), 0.2 / 9)
    sure[:, 3] = 0.8
    found = metrics.reliability(sure, np.where(np.arange(100) < 60, 3, 4))
    assert found["count"] == [0] * 12 + [100, 0, 0]
    assert (found["sure"][12], found["right"][12]) == (pytest.approx(0.8), pytest.approx(0.6))
    assert found["sure"][0] is None and found["right"][0] is None


def test_the_calibration_error_is_the_mean_gap_of_the_reliability_diagram():
    rng = np.random.default_rng(1)
    probabilities, labels = calibration.softmax(rng.normal(0, 3, (500, 10))), rng.integers(0, 10, 500)
    measured = metrics.classification_metrics(probabilities, labels)
    bins = measured["reliability"]
    gaps = [
        count * abs(sure - right)
        for count, sure, right in zip(bins["count"], bins["sure"], bins["right"], strict=True)
        if count
    ]
    assert sum(gaps) / 500 == pytest.approx(measured["calibration_error"])


def test_writers_of_few_drawings_are_left_out():
    # Of ten writers, ten drawings each, none, one, two … are read rightly; one writer drew a single one.
    right = np.concatenate([np.arange(10) < number for number in range(10)] + [[True]])
    found = metrics.writer_accuracy(right, [*np.repeat([f"w{i}" for i in range(10)], 10), "once"])
    assert found == {"count": 10, "median": pytest.approx(0.45), "worst_decile": pytest.approx(0.09)}
    assert metrics.writer_accuracy(right[-1:], ["once"]) == {"count": 0, "median": None, "worst_decile": None}


def test_a_sample_is_even_over_the_labels_and_always_the_same():
    labels = np.array([1] * 200 + [5] * 60 + [7] * 10)
    picked = metrics.stratified_sample(labels, 90, seed=1)
    assert np.unique(labels[picked], return_counts=True)[1].tolist() == [30, 30, 10]
    assert len(set(picked)) == 70
    np.testing.assert_array_equal(picked, metrics.stratified_sample(labels, 90, seed=1))


# Refusal


@pytest.mark.parametrize(
    "digits, others, expected",
    [([0.1, 0.2], [0.3, 0.4], 1), ([0.3, 0.4], [0.1, 0.2], 0), ([0.1, 0.3], [0.2], 0.5), ([0.1, 0.2], [0.2], 0.75)],
)
def test_auroc_by_hand(digits, others, expected):
    assert metrics.auroc(np.array(digits), np.array(others)) == expected


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_auroc_is_the_share_of_pairs_in_order_equals_half(digits, others):
    pairs = [(other > digit) + (other == digit) / 2 for digit in digits for other in others]
    assert metrics.auroc(np.array(digits), np.array(others)) == pytest.approx(np.mean(pairs))


def test_refusal_is_counted_at_the_line_and_by_label():
    digits, others = np.array([0.0, 0.1, 0.2, 0.9]), np.array([0.95, 0.8, 0.1])
    found = metrics.rejection_metrics(digits, others, ["A", "A", "B"], rejection_threshold=0.5)
    assert found["digits_accepted"] == 0.75 and found["non_digits_rejected"] == pytest.approx(2 / 3)
    assert list(found["per_label"].items()) == [
        ("B", {"count": 1, "refused": 0.0}),
        ("A", {"count": 2, "refused": 1.0}),
    ]
    # 98 and 99 of 100 of four digits are all four: only what is above 0.9 is refused.
    assert found["at"] == {"0.98": pytest.approx(1 / 3), "0.99": pytest.approx(1 / 3)}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50), st.floats(0, 1))
def test_the_threshold_accepts_what_was_asked_for_and_no_lower_one_does(digits, accepted):
    digits = np.array(digits)
    line = metrics.threshold(digits, accepted)
    assert np.mean(digits <= line) >= accepted
    below = digits[digits < line]
    assert not len(below) or np.mean(digits <= below.max()) < accepted + 1e-9


def test_the_curve_of_refusal_goes_down_as_more_digits_are_accepted():
    rng = np.random.default_rng(2)
    found = metrics.rejection_metrics(rng.random(200) / 2, rng.random(300), ["x"] * 300, 0.5)
    accepted, refused = found["curve"]["digits_accepted"], found["curve"]["non_digits_rejected"]
    assert len(accepted) == len(refused) == 101 and accepted[-1] == 1
    assert (np.diff(accepted) >= 0).all() and (np.diff(refused) <= 0).all()


def test_a_network_that_knows_digits_alone_refuses_nothing():
    found = metrics.rejection_metrics(np.zeros(5), np.zeros(3), ["A", "B", "C"], rejection_threshold=1.0)
    assert (found["auroc"], found["non_digits_rejected"], found["digits_accepted"]) == (0.5, 0, 1)
    assert set(found["at"].values()) == {0}


# The network


def test_accuracy_at_the_first_look_is_that_of_the_bare_network(network):
    labels = np.arange(200) % 10
    images = plain_images(written(200).drawings)
    twice = Classifier(network.network, network.notes | {"test_time_augmentation": True}, "twice")
    bare = network.network(images, training=False).numpy()[:, :10].argmax(axis=1)
    assert metrics.accuracy_without_augmentation(twice, images, labels) == {
        "without_augmentation": np.mean(bare == labels)
    }


def test_a_network_that_looks_once_has_no_first_look(network):
    once = Classifier(network.network, network.notes | {"test_time_augmentation": False}, "once")
    assert metrics.accuracy_without_augmentation(once, plain_images(written(3).drawings), np.arange(3)) == {}


def test_what_the_page_takes_for_two_digits_is_not_read_rightly(network):
    both = [*SEVEN, SEVEN[0] + [1, 0]]
    found = metrics.end_to_end_digits(network, LabeledDrawings([SEVEN, both], ["7", "7"], ["me", "me"]))
    assert found == {"right": 0.5, "refused": 0, "several": 0.5}


def test_what_the_page_calls_no_digit_is_refused(network, monkeypatch):
    monkeypatch.setattr(network, "notes", network.notes | {"rejection_threshold": -1.0})
    drawn = LabeledDrawings([SEVEN], ["7"], ["me"])
    assert metrics.end_to_end_rejection_rate(network, drawn) == 1
    assert metrics.end_to_end_digits(network, drawn)["refused"] == 1


# What is done to a drawing


def test_place_and_size_on_the_pad_do_not_matter():
    rng = np.random.default_rng(5)
    drawn = written(300).drawings
    moved = []
    for i, strokes in enumerate(drawn):
        size, place = rng.uniform(0.15, 1), list(robustness.PLACES.values())[i % 5]
        moved.append(robustness.placed(strokes, size, *place))
        points = np.concatenate(moved[-1])
        assert points.min() > -1e-9 and points.max() < 1 + 1e-9
        assert np.ptp(points, axis=0).max() == pytest.approx(size)
    differences = np.abs(plain_images(drawn) - plain_images(moved)).max(axis=(1, 2))
    # Nothing but rounding: `ink` keeps the pen's way to the eighth of a pixel, and a dot may tip over to the next.
    assert np.mean(differences < 1e-3) > 0.97 and differences.max() < 0.02


@pytest.mark.parametrize("name", robustness.SWEEPS)
def test_the_usual_setting_of_a_sweep_changes_nothing(name):
    sweep = robustness.SWEEPS[name]
    assert sweep.usual in sweep.settings
    drawn = written(10).drawings
    usual = robustness.images(drawn, sweep.at(sweep.usual))
    # Shake adds points to the way; between two points, a pixel's shade depends a little on where dots are drawn.
    np.testing.assert_allclose(usual, plain_images(drawn), atol=0.03 if name == "shake" else 1e-3)


@pytest.mark.parametrize("name", ["rotation", "pen", "aspect", "shake"])
def test_the_ends_of_a_sweep_change_the_picture(name):
    sweep, drawn = robustness.SWEEPS[name], written(10).drawings
    for setting in {sweep.settings[0], sweep.settings[-1]} - {sweep.usual}:
        changed = robustness.images(drawn, sweep.at(setting))
        assert np.abs(changed - plain_images(drawn)).max(axis=(1, 2)).mean() > 0.2


def test_turning_is_clockwise_and_stretching_is_to_the_side():
    [turned] = robustness.turned([np.array([[0.0, 0.0], [1.0, 0.0]])], 90)
    np.testing.assert_allclose(turned, [[0, 0], [0, 1]], atol=1e-12)  # From the right to down.
    [wide] = robustness.stretched([np.array([[0.2, 0.4]])], 2)
    np.testing.assert_allclose(wide, [[0.4, 0.4]])


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_a_corruption_keeps_drawings_drawable_and_its_input_as_it_was(name):
    rng = np.random.default_rng(3)
    for strokes in [*written(20).drawings, DOT, LINE, DOT + DOT, [np.zeros((3, 2))]]:
        before = [stroke.copy() for stroke in strokes]
        after = corruptions.CORRUPTIONS[name](strokes, rng)
        assert after and all(stroke.ndim == 2 and stroke.shape[1] == 2 and len(stroke) for stroke in after)
        assert np.isfinite(np.concatenate(after)).all()
        assert plain_images([after]).max() > 0.3
        for stroke, same in zip(strokes, before, strict=True):
            np.testing.assert_array_equal(stroke, same)


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_a_corruption_is_seen_and_is_the_same_at_any_size(name):
    small = [[np.array([[0.0, 0.0], [0.1, 0.0], [0.5, 1.0]]), np.array([[0.7, 0.3], [0.9, 0.4]])]]
    large = [[stroke * 50 + 7 for stroke in strokes] for strokes in small]
    draw = robustness.corrupted(name)
    np.testing.assert_allclose(robustness.images(small, draw), robustness.images(large, draw), atol=1e-2)
    drawn = [*written(20).drawings, *small]
    changed = np.abs(robustness.images(drawn, draw) - plain_images(drawn)).max(axis=(1, 2))
    assert (changed > 0.1).any()


def test_corruptions_do_what_they_say():
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
    grid = corruptions.coarse_grid([np.array([[0, 0], [0.33, 1]])], rng)[0] * corruptions.CELLS
    np.testing.assert_allclose(grid, np.rint(grid), atol=1e-9)
    rounded = corruptions.rounded_corners(CORNER, rng)[0]
    assert np.hypot(*(rounded - [1, 0]).T).min() > 0.02  # The corner is cut,
    np.testing.assert_allclose(rounded[[0, -1]], CORNER[0][[0, -1]])  # the ends are kept.
    curve = [np.stack([np.linspace(0, 1, 50), np.linspace(0, 1, 50) ** 2], axis=1)]
    assert 3 <= len(corruptions.few_points(curve, rng)[0]) < 8
    assert len(corruptions.few_points([np.array([[0, 0], [0.5, 0.01], [1, 0]])], rng)[0]) == 2
    trembling = corruptions.tremor(LINE, rng)[0][:, 0] - 0.5
    assert 0.5 < np.abs(trembling).max() / (0.8 * corruptions.TREMOR) <= 1 + 1e-9
    assert len(corruptions.drawn_twice(two, rng)) == 4


def test_sensitivity_is_measured_and_place_and_size_change_no_answer(network):
    drawn = written(20)
    labels = np.array(drawn.labels).astype(int)
    found = robustness.measure(network, [*drawn.drawings, []], np.append(labels, 0))
    assert found["count"] == 21
    for name in ("shift", "size"):
        assert set(found["sweeps"][name]["accuracy"]) == {found["as_drawn"]}
    rotation = found["sweeps"]["rotation"]
    assert rotation["accuracy"][rotation["settings"].index(0)] == found["as_drawn"] > 0.85
    assert set(found["corruptions"]) == set(corruptions.CORRUPTIONS)
    assert all(0.2 < corruption["accuracy"] <= 1 for corruption in found["corruptions"].values())
    assert found["corruptions"]["tremor"]["changed"] > 0.9 > found["corruptions"]["missing stroke"]["changed"]


# Pictures


def test_pictures_show_what_was_measured(tmp_path):
    history = [dict(loss=1 / n, accuracy=0.9, validation_loss=2 / n, validation_accuracy=0.8) for n in (1, 2, 3)]
    drawn = written(30)
    labels, read = np.arange(30) % 10, np.eye(10)[(np.arange(30) + (np.arange(30) > 20)) % 10]
    measured = metrics.classification_metrics(read, labels)
    refusal = metrics.rejection_metrics(np.array([0.1, 0.2]), np.array([0.9, 0.8]), ["A", "$"], 0.5)
    swept = {
        "count": 30,
        "as_drawn": 0.9,
        "sweeps": {
            name: {"title": sweep.title, "usual": sweep.usual, "settings": list(sweep.settings)}
            | {"accuracy": np.linspace(1, 0.5, len(sweep.settings)).tolist()}
            for name, sweep in robustness.SWEEPS.items()
        },
        "corruptions": {name: {"accuracy": 0.8, "changed": 1.0} for name in corruptions.CORRUPTIONS},
    }
    images = [rasterize(strokes) for strokes in drawn.drawings]
    plots.draw_curves(history, tmp_path / "curves.svg")
    plots.draw_confusion(measured["confusion"], tmp_path / "confusion.svg")
    plots.draw_reliability({"one": measured, "other": measured}, tmp_path / "reliability.svg")
    plots.draw_refusal("letters", refusal, tmp_path / "refusal.svg")
    plots.draw_mistakes(images, labels, read, tmp_path / "mistakes.svg")
    plots.draw_sweeps(swept, tmp_path / "sweeps.svg")
    shown = {path.stem: words(path) for path in tmp_path.iterdir()}
    assert {"loss", "accuracy", "training", "validation", "epoch"} <= shown["curves"]
    assert {"read as", "drawn", "3", "2"} <= shown["confusion"]
    assert {"share right", "measured"} <= shown["reliability"]
    assert {"letters", "A", "AUROC 1.0000"} <= shown["rejection"]
    assert {"1 → 2  100%", "The 9 surest of 9 mistakes among 30"} <= shown["mistakes"]
    assert {fill(sweep.title, 48).partition("\n")[0] for sweep in robustness.SWEEPS.values()} <= shown["sweeps"]


def test_a_sheet_without_mistakes_and_one_of_blank_paper_are_drawn(tmp_path):
    plots.draw_mistakes([np.zeros((0, 0))], np.array([3]), np.eye(10)[[4]], tmp_path / "blank.svg")
    plots.draw_mistakes([np.ones((5, 5))], np.array([3]), np.eye(10)[[3]], tmp_path / "none.svg")
    assert "3 → 4  100%" in words(tmp_path / "blank.svg")
    assert "The 0 surest of 0 mistakes among 1" in words(tmp_path / "none.svg")


def test_pictures_take_the_colour_of_the_text_around_them_and_have_no_paper(tmp_path):
    plots.draw_confusion(np.eye(10, dtype=int).tolist(), tmp_path / "one.svg")
    plots.draw_confusion(np.eye(10, dtype=int).tolist(), tmp_path / "two.svg")
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn.count("currentColor") > 20 and "fill: #ffffff" not in drawn and plots.INK not in drawn
    assert drawn == (tmp_path / "two.svg").read_text()


def words(path) -> set[str]:
    """All texts of an SVG."""
    return {"".join(text.itertext()) for text in ElementTree.parse(path).iter("{http://www.w3.org/2000/svg}text")}
