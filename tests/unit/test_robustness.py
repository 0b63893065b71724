"""Transformations of drawings that measure robustness. A sweep varies one parameter, such as the rotation."""

import numpy as np
import pytest

from model.evaluation import robustness
from tests.helpers.labeled_drawings import normalized, synthetic_digits


def test_a_sample_is_stratified_and_always_the_same(monkeypatch):
    monkeypatch.setattr(robustness, "SAMPLE_SIZE", 90)
    labels = np.array([1] * 200 + [5] * 60 + [7] * 10)
    picked = robustness.stratified_sample(labels)
    assert np.unique(labels[picked], return_counts=True)[1].tolist() == [30, 30, 10]
    assert len(set(picked)) == 70
    np.testing.assert_array_equal(picked, robustness.stratified_sample(labels))


def test_position_and_size_on_the_pad_do_not_matter():
    rng = np.random.default_rng(5)
    drawings = synthetic_digits(300).drawings
    moved = []
    for i, strokes in enumerate(drawings):
        size, position = rng.uniform(0.15, 1), list(robustness.POSITIONS.values())[i % 5]
        moved.append(robustness.fit_on_pad(strokes, size, *position))
        points = np.concatenate(moved[-1])
        assert points.min() > -1e-9 and points.max() < 1 + 1e-9
        assert np.ptp(points, axis=0).max() == pytest.approx(size)
    differences = np.abs(normalized(drawings) - normalized(moved)).max(axis=(1, 2))
    # The images may differ by rounding: `rasterize` rounds points to multiples of an eighth of a pixel. A point halfway
    # between two multiples may be rounded up in one image and down in the other.
    assert np.mean(differences < 1e-3) > 0.97 and differences.max() < 0.02


@pytest.mark.parametrize("name", robustness.SWEEPS)
def test_the_usual_setting_of_a_sweep_changes_nothing(name):
    sweep = robustness.SWEEPS[name]
    assert sweep.usual in sweep.settings
    drawings = synthetic_digits(10).drawings
    usual = robustness.normalized_images(drawings, sweep.renderer(sweep.usual))
    # The sweep "shake" adds points to a stroke, even at the usual setting, a jitter of 0. `rasterize` draws a stroke as
    # dots, and the added points move these dots along the stroke. Therefore the image changes slightly.
    np.testing.assert_allclose(usual, normalized(drawings), atol=0.03 if name == "shake" else 1e-3)


@pytest.mark.parametrize("name", ["rotation", "pen", "aspect", "shake"])
def test_the_ends_of_a_sweep_change_the_image(name):
    sweep, drawings = robustness.SWEEPS[name], synthetic_digits(10).drawings
    for setting in {sweep.settings[0], sweep.settings[-1]} - {sweep.usual}:
        changed = robustness.normalized_images(drawings, sweep.renderer(setting))
        assert np.abs(changed - normalized(drawings)).max(axis=(1, 2)).mean() > 0.2


def test_rotation_is_clockwise_and_stretching_is_horizontal():
    [rotated] = robustness.rotate([np.array([[0.0, 0.0], [1.0, 0.0]])], 90)
    np.testing.assert_allclose(rotated, [[0, 0], [0, 1]], atol=1e-12)  # A line to the right becomes a line down.
    [wide] = robustness.stretch([np.array([[0.2, 0.4]])], 2)
    np.testing.assert_allclose(wide, [[0.4, 0.4]])
