"""Ink → 28×28: the same for MNIST's images and for drawings."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from model.data import mnist
from model.preprocessing import normalization
from model.preprocessing.strokes import rasterize

inks = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=60), elements=st.floats(0, 1, width=32))
# Fractions with few binary digits: shifting and halving them is exact.
dyadic = st.integers(0, 255).map(lambda whole: whole / 1024)
drawings = st.lists(st.lists(st.tuples(dyadic, dyadic), min_size=1, max_size=12), min_size=1, max_size=4).map(
    lambda strokes: [np.array(stroke) for stroke in strokes]
)


def image_of(strokes):
    return normalization.normalize(rasterize(strokes))


def test_mnists_own_images_stay_as_they_are():
    images = mnist.load().test.images / np.float32(255)
    same = (normalization.normalize_all(images) == images).all(axis=(1, 2))
    assert same.mean() >= 0.999


@given(inks)
def test_whatever_the_ink_the_image_is_28_by_28_and_between_paper_and_ink(given_ink):
    image = normalization.normalize(given_ink)
    assert image.shape == (28, 28) and image.dtype == np.float32
    assert np.isfinite(image).all()
    assert image.min() >= 0 and image.max() <= 1 + 1e-6


@given(drawings)
@settings(deadline=None)
def test_the_longer_side_is_20_and_the_centre_of_mass_is_in_the_centre(strokes):
    image = image_of(strokes)
    box = normalization.crop(image)
    assert max(box.shape) in (19, 20)  # A rim of the faintest ink may be averaged to nothing.
    for axis, profile in enumerate((image.sum(axis=1), image.sum(axis=0))):
        centre = np.dot(np.arange(28), profile) / profile.sum()
        filled = np.flatnonzero(profile)
        assert abs(centre - 14) <= 0.51 or filled[0] <= 1 or filled[-1] >= 26, axis


@given(drawings, st.tuples(dyadic, dyadic), st.sampled_from([0.25, 0.5, 1, 2]))
@settings(deadline=None)
def test_where_and_how_large_one_draws_does_not_matter(strokes, shift, scale):
    moved = [stroke * scale + shift for stroke in strokes]
    np.testing.assert_array_equal(image_of(moved), image_of(strokes))


@given(inks)
def test_scaling_averages_and_so_keeps_the_mean_of_the_ink(given_ink):
    cropped = normalization.crop(given_ink)
    if cropped.size:
        assert normalization.fit(cropped).mean() == pytest.approx(cropped.mean(), rel=1e-4, abs=1e-7)


def test_area_averaging_is_exact():
    columns = np.arange(30, dtype=np.float32)[None].repeat(30, axis=0)
    # Each of 20 pixels takes one and a half: (0 + ½·1) / 1.5, (½·1 + 2) / 1.5, …
    np.testing.assert_allclose(normalization.fit(columns)[0, :4], [1 / 3, 5 / 3, 10 / 3, 14 / 3], rtol=1e-6)


def test_ink_far_to_one_side_is_not_pushed_over_the_edge():
    heavy = np.full((20, 20), 0.01, np.float32)
    heavy[:, -1] = 1
    image = normalization.normalize(heavy)
    assert image.sum() == pytest.approx(heavy.sum(), rel=1e-5)


@pytest.mark.parametrize("shape", [(0, 0), (1, 1), (28, 28), (1, 500), (500, 1)])
def test_without_ink_the_image_is_empty(shape):
    assert not normalization.normalize(np.zeros(shape, np.float32)).any()


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2000, 3)])
def test_a_dot_or_a_line_fills_its_longer_side(shape):
    image = normalization.normalize(np.ones(shape, np.float32))
    assert max(normalization.crop(image).shape) == 20


def test_inks_of_several_sizes_make_one_batch():
    batch = normalization.normalize_all(np.ones((side, side)) for side in (3, 30, 300))
    assert batch.shape == (3, 28, 28)
    np.testing.assert_allclose(batch[0], batch[2], atol=1e-6)
    assert normalization.normalize_all([]).shape == (0, 28, 28)
