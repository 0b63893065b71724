"""The steps shown are the steps taken."""

import numpy as np
import pytest
from hand import DIGITS

from model.errors import InputError
from model.inference.classifier import image_of
from model.preprocessing import trace


def drawing(strokes) -> dict:
    return {"strokes": [[list(point) for point in stroke] for stroke in strokes]}


@pytest.mark.parametrize("digit", range(10))
def test_the_last_step_is_what_the_network_sees(digit):
    images = trace.trace_strokes(drawing(DIGITS[digit])).images
    assert list(images) == ["ink", "cropped", "fitted", "centred"]
    assert max(images["fitted"].shape) == 20
    np.testing.assert_array_equal(images["centred"], image_of(drawing(DIGITS[digit])))


def test_cropping_takes_away_paper_and_no_ink():
    images = trace.trace_strokes(drawing(DIGITS[4])).images
    assert images["cropped"].size < images["ink"].size
    assert images["cropped"].sum() == pytest.approx(images["ink"].sum())


def test_steps_are_told_as_whole_numbers():
    told = trace.trace_strokes(drawing(DIGITS[2])).as_json()["steps"]
    values = np.array(told[-1]["image"])
    assert values.shape == (28, 28) and values.min() == 0 and values.max() > 200 and values.dtype.kind == "i"


def test_nothing_drawn_has_no_steps():
    assert trace.trace_strokes({"strokes": []}).as_json() == {"steps": []}


def test_what_is_no_drawing_is_refused():
    with pytest.raises(InputError):
        trace.trace_strokes("two")
