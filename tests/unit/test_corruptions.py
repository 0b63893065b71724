"""Corruptions of drawings, to measure robustness."""

import numpy as np
import pytest

from model.evaluation import corruptions, robustness
from tests.helpers.labeled_drawings import LINE, normalized, synthetic_digits

DOT = [np.array([[0.3, 0.4]])]
CORNER = [np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])]


@pytest.mark.parametrize("name", corruptions.CORRUPTIONS)
def test_a_corruption_returns_a_valid_drawing_and_leaves_its_input_unchanged(name):
    rng = np.random.default_rng(3)
    for strokes in [*synthetic_digits(20).drawings, DOT, LINE, DOT + DOT, [np.zeros((3, 2))]]:
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
    drawings = [*synthetic_digits(20).drawings, *small]
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
    assert np.hypot(*(rounded - [1, 0]).T).min() > 0.02  # The corner is cut off.
    np.testing.assert_allclose(rounded[[0, -1]], CORNER[0][[0, -1]])  # The ends of the stroke stay in place.
    curve = [np.stack([np.linspace(0, 1, 50), np.linspace(0, 1, 50) ** 2], axis=1)]
    assert 3 <= len(corruptions.few_points(curve, rng)[0]) < 8
    assert len(corruptions.few_points([np.array([[0, 0], [0.5, 0.01], [1, 0]])], rng)[0]) == 2
    trembling = corruptions.tremor(LINE, rng)[0][:, 0] - 0.5
    assert 0.5 < np.abs(trembling).max() / (0.8 * corruptions.TREMOR) <= 1 + 1e-9
    assert len(corruptions.drawn_twice(two, rng)) == 4
