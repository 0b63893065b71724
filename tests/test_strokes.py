"""Strokes → ink: what is taken for a drawing, and how the pen draws it."""

import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InputError
from model.preprocessing import normalization
from model.preprocessing.strokes import MAX_POINTS, NETWORK_PEN_WIDTH, RESOLUTION, parse_strokes, rasterize

L_SHAPE = [np.array([[0.3, 0.2], [0.3, 0.8], [0.6, 0.8]])]


def refused(drawing):
    """What is said when this drawing is refused."""
    with pytest.raises(InputError) as refusal:
        parse_strokes(drawing)
    return str(refusal.value)


def test_json_and_objects_are_read_alike():
    drawing = {"strokes": [[[0, 0.5], [1, 0.25]], [], [[0.125, 1]]]}
    for given_drawing in (drawing, json.dumps(drawing), json.dumps(drawing).encode()):
        strokes = parse_strokes(given_drawing)
        assert [stroke.tolist() for stroke in strokes] == [[[0, 0.5], [1, 0.25]], [[0.125, 1]]]
        assert all(stroke.dtype == np.float64 for stroke in strokes)


@pytest.mark.parametrize("text", ["", "strokes", "{", b"\xff\xfe\x00", "[" * 100_000, '{"strokes": [[[0, 1e]]]}'])
def test_what_is_not_json_is_said_to_be_none(text):
    assert "not JSON" in refused(text)


@pytest.mark.parametrize("drawing", [None, 3, [], "[]", "7", {}, {"strokes": None}, {"strokes": {"0": []}}])
def test_other_objects_are_told_what_a_drawing_is(drawing):
    assert '{"strokes": [[[x, y], …], …]}' in refused(drawing)


@pytest.mark.parametrize("stroke", [5, "ab", None, {"x": 1}])
def test_a_stroke_is_a_list(stroke):
    assert "list of points" in refused({"strokes": [stroke]})


@pytest.mark.parametrize("point", [5, "ab", None, [], [1], [1, 2, 3], ["0", "1"], [True, False], [[0], [1]], [0, None]])
def test_a_point_is_a_pair_of_numbers(point):
    assert "pair [x, y] of numbers" in refused({"strokes": [[[0.5, 0.5], point]]})


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1e9", "-1001", "9" * 400])
def test_numbers_that_lie_on_no_pad_are_refused(number):
    assert "expected fractions of the pad's side" in refused(f'{{"strokes": [[[0.5, {number}]]]}}')


def test_a_number_of_more_digits_than_python_reads_is_refused():
    assert "not JSON" in refused('{"strokes": [[[0.5, ' + "9" * 5000 + "]]]}")


def test_a_million_points_are_counted_and_refused():
    assert "1,000,000 points; at most 20,000" in refused({"strokes": [[[0.5, 0.5]] * 1_000_000]})
    assert "100,000 strokes; at most 1,000" in refused({"strokes": [[]] * 100_000})


def test_the_wildest_scribble_allowed_is_drawn_at_once():
    across = np.arange(MAX_POINTS) % 2
    down = np.random.default_rng(0).random(MAX_POINTS)
    start = time.process_time()
    drawn = rasterize([np.stack([across, down], axis=1)])
    assert time.process_time() - start < 5  # One second here; twelve, and 5 GB, were each dot drawn each time.
    assert drawn.max() == 1


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(json_values | st.fixed_dictionaries({"strokes": json_values}))
def test_whatever_comes_is_drawn_or_refused(drawing):
    try:
        strokes = parse_strokes(drawing)
    except InputError:
        return
    drawn = rasterize(strokes)
    assert drawn.dtype == np.float32 and np.isfinite(drawn).all()


def test_without_a_point_there_is_no_ink():
    for strokes in ([], [np.zeros((0, 2))], parse_strokes({"strokes": [[]]})):
        assert rasterize(strokes).size == 0


@pytest.mark.parametrize("points", [[[0.3, 0.7]], [[0.3, 0.7]] * 9, [[0.3, 0.7], [0.3, 0.7 + 1e-12]]])
def test_a_dot_is_round(points):
    drawn = normalization.crop(rasterize([np.array(points)]))
    assert drawn.shape[0] == drawn.shape[1]
    radius = NETWORK_PEN_WIDTH * RESOLUTION / 2
    assert drawn.sum() == pytest.approx(np.pi * radius**2, rel=0.02)


@pytest.mark.parametrize("end", [[0.9, 0.5], [0.5, 0.9]])
def test_a_straight_line_has_the_area_of_the_pens_way(end):
    drawn = rasterize([np.array([[0.5, 0.5], end])])
    width = NETWORK_PEN_WIDTH * RESOLUTION
    assert drawn.sum() == pytest.approx(RESOLUTION * width + np.pi * width**2 / 4, rel=0.01)


def test_two_strokes_that_cross_are_no_darker_than_ink():
    cross = [np.array([[0, 0], [1, 1.0]]), np.array([[0, 1], [1, 0.0]])]
    drawn = rasterize(cross)
    assert drawn.max() == 1 and drawn.min() == 0
    assert drawn[46, 46] == 1  # Where they meet.
    assert drawn[46, :30].max() == 0  # Beside it, paper.


@given(st.integers(2, 40))
def test_how_many_points_the_pen_reported_does_not_matter(count):
    between = np.linspace(0, 1, count)[:, None]
    (start, corner, end) = L_SHAPE[0]
    dense = [np.concatenate([start + (corner - start) * between, corner + (end - corner) * between])]
    np.testing.assert_allclose(rasterize(dense), rasterize(L_SHAPE), atol=0.12)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.01, 5))
def test_where_and_how_large_it_is_drawn_hardly_matters_for_any_fraction(right, down, scale):
    moved = [stroke * scale + (right, down) for stroke in L_SHAPE]
    difference = normalization.normalize(rasterize(moved)) - normalization.normalize(rasterize(L_SHAPE))
    assert np.abs(difference).max() < 0.05


def test_a_wider_pen_leaves_more_ink():
    assert rasterize(L_SHAPE, 0.2).mean() > 1.3 * rasterize(L_SHAPE, 0.1).mean()
