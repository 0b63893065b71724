"""Normalization of ink to 28×28."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize

inks = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=60), elements=st.floats(0, 1, width=32))
# Multiples of 1/1024. In floating point, their sums and their products with powers of 2 are exact. Therefore a test can
# shift or scale the drawings without rounding errors.
dyadic = st.integers(0, 255).map(lambda integer: integer / 1024)
drawings = st.lists(st.lists(st.tuples(dyadic, dyadic), min_size=1, max_size=12), min_size=1, max_size=4).map(
    lambda strokes: [np.array(stroke) for stroke in strokes]
)


def image_of(strokes):
    return normalization.normalize(rasterize(strokes))


@given(inks)
def test_any_ink_gives_a_28_by_28_image_between_0_and_1(given_ink):
    image = normalization.normalize(given_ink)
    assert image.shape == (28, 28) and image.dtype == np.float32
    assert np.isfinite(image).all()
    assert image.min() >= 0 and image.max() <= 1 + 1e-6


@given(drawings)
def test_the_longer_side_is_20_pixels_and_the_center_of_mass_is_at_index_14(strokes):
    image = image_of(strokes)
    box = normalization.crop(image)
    assert max(box.shape) in (19, 20)  # 19 if an outermost row or column is so faint that it becomes 0.
    for axis, profile in enumerate((image.sum(axis=1), image.sum(axis=0))):
        center = np.dot(np.arange(28), profile) / profile.sum()
        filled = np.flatnonzero(profile)
        assert abs(center - 14) <= 0.51 or filled[0] <= 1 or filled[-1] >= 26, axis


@given(drawings, st.tuples(dyadic, dyadic), st.sampled_from([0.25, 0.5, 1, 2]))
def test_position_and_size_on_the_pad_do_not_change_the_image(strokes, shift, scale):
    moved = [stroke * scale + shift for stroke in strokes]
    np.testing.assert_array_equal(image_of(moved), image_of(strokes))


@given(inks)
def test_scaling_keeps_the_mean_of_the_ink(given_ink):
    cropped = normalization.crop(given_ink)
    if cropped.size:
        assert normalization.fit(cropped).mean() == pytest.approx(cropped.mean(), rel=1e-4, abs=1e-7)


def test_area_averaging_is_exact():
    columns = np.arange(30, dtype=np.float32)[None].repeat(30, axis=0)
    # The value of each pixel of `columns` is the index of its column. Scaling from 30 to 20 pixels averages 1.5 pixels:
    # pixel 0 and half of pixel 1, then the other half of pixel 1 and pixel 2, and so on.
    np.testing.assert_allclose(normalization.fit(columns)[0, :4], [1 / 3, 5 / 3, 10 / 3, 14 / 3], rtol=1e-6)


def test_centering_never_shifts_ink_over_the_edge():
    heavy = np.full((20, 20), 0.01, np.float32)
    heavy[:, -1] = 1
    image = normalization.normalize(heavy)
    assert image.sum() == pytest.approx(heavy.sum(), rel=1e-5)


@pytest.mark.parametrize("noise", [-1e-7, 0, 1e-7])
def test_rounding_noise_does_not_change_how_a_tie_is_centered(noise):
    # Without noise, the box has two equal rows, and its center of mass is halfway between them. The two rows could be
    # rows 13 and 14 or rows 14 and 15 of the image: in both cases, the center of mass is half a pixel away from CENTER.
    box = np.ones((2, 20))
    box[0] += 4 * noise  # Moves the center of mass by `noise` toward the first row.
    assert np.flatnonzero(normalization.center(box).any(axis=1)).tolist() == [14, 15]
    assert np.flatnonzero(normalization.center(box.T).any(axis=0)).tolist() == [14, 15]


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (28, 28), (1, 500), (500, 1)])
def test_without_ink_the_image_is_all_zero(shape):
    assert not normalization.normalize(np.zeros(shape, np.float32)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2000, 3)])
def test_the_longer_side_of_a_dot_or_a_line_is_20_pixels(shape):
    image = normalization.normalize(np.ones(shape, np.float32))
    assert max(normalization.crop(image).shape) == 20


def test_inks_of_different_sizes_form_one_batch():
    batch = normalization.normalize_all(np.ones((side, side)) for side in (3, 30, 300))
    assert batch.shape == (3, 28, 28)
    np.testing.assert_allclose(batch[0], batch[2], atol=1e-6)
    assert normalization.normalize_all([]).shape == (0, 28, 28)
