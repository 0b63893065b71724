"""The intermediate images of normalization, from the ink to the normalized image."""

import numpy as np
import pytest

from model.preprocessing.normalization import normalize
from model.preprocessing.strokes import rasterize
from model.preprocessing.trace import trace_strokes
from tests.helpers.drawings import DIGIT_DRAWINGS

DRAWINGS = [[np.array(stroke) for stroke in strokes] for strokes in DIGIT_DRAWINGS]


@pytest.mark.parametrize("strokes", DRAWINGS)
def test_the_last_image_is_the_normalized_image(strokes):
    images = trace_strokes(strokes)
    assert list(images) == ["ink", "cropped", "fitted", "centred"]
    assert max(images["fitted"].shape) == 20
    np.testing.assert_array_equal(images["centred"], normalize(rasterize(strokes)))


def test_cropping_removes_paper_and_keeps_all_ink():
    images = trace_strokes(DRAWINGS[4])
    assert images["cropped"].size < images["ink"].size
    assert images["cropped"].sum() == pytest.approx(images["ink"].sum())


def test_an_empty_drawing_has_no_steps():
    assert trace_strokes([]) == {}
