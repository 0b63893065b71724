"""Strokes: parsing, and rasterization to ink."""

import json
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.errors import InputError
from model.preprocessing import distance, normalization
from model.preprocessing import strokes as strokes_module
from model.preprocessing.strokes import MAX_POINTS, NETWORK_PEN_WIDTH, RESOLUTION, parse_strokes, rasterize

L_SHAPE = [np.array([[0.3, 0.2], [0.3, 0.8], [0.6, 0.8]])]


def error_message(drawing):
    """Return the message of the InputError that parsing the drawing raises."""
    with pytest.raises(InputError) as error:
        parse_strokes(drawing)
    return str(error.value)


def test_json_text_and_objects_give_the_same_strokes():
    drawing = {"strokes": [[[0, 0.5], [1, 0.25]], [], [[0.125, 1]]]}
    for given_drawing in (drawing, json.dumps(drawing), json.dumps(drawing).encode()):
        strokes = parse_strokes(given_drawing)
        assert [stroke.tolist() for stroke in strokes] == [[[0, 0.5], [1, 0.25]], [[0.125, 1]]]
        assert all(stroke.dtype == np.float64 for stroke in strokes)


@pytest.mark.parametrize("text", ["", "strokes", "{", b"\xff\xfe\x00", "[" * 100_000, '{"strokes": [[[0, 1e]]]}'])
def test_text_that_is_not_json_is_rejected(text):
    assert "not JSON" in error_message(text)


@pytest.mark.parametrize("drawing", [None, 3, [], "[]", "7", {}, {"strokes": None}, {"strokes": {"0": []}}])
def test_an_object_that_is_not_a_drawing_is_rejected_with_the_expected_format(drawing):
    assert '{"strokes": [[[x, y], …], …]}' in error_message(drawing)


@pytest.mark.parametrize("stroke", [5, "ab", None, {"x": 1}])
def test_a_stroke_that_is_not_a_list_is_rejected(stroke):
    assert "list of points" in error_message({"strokes": [stroke]})


@pytest.mark.parametrize("point", [5, "ab", None, [], [1], [1, 2, 3], ["0", "1"], [True, False], [[0], [1]], [0, None]])
def test_a_point_that_is_not_a_pair_of_numbers_is_rejected(point):
    assert "pair [x, y] of numbers" in error_message({"strokes": [[[0.5, 0.5], point]]})


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "1e9", "-1001", "9" * 400])
def test_non_finite_and_very_large_coordinates_are_rejected(number):
    assert "expected fractions of the pad's side" in error_message(f'{{"strokes": [[[0.5, {number}]]]}}')


def test_a_number_with_more_digits_than_python_parses_is_rejected():
    assert "not JSON" in error_message('{"strokes": [[[0.5, ' + "9" * 5000 + "]]]}")


def test_too_many_points_or_strokes_are_rejected_with_a_message_that_has_the_number():
    assert "1,000,000 points; at most 12,000" in error_message({"strokes": [[[0.5, 0.5]] * 1_000_000]})
    assert "100,000 strokes; at most 1,000" in error_message({"strokes": [[]] * 100_000})


def zigzag(points: int) -> list[np.ndarray]:
    across = np.arange(points) % 2
    return [np.stack([across, np.random.default_rng(0).random(points)], axis=1)]


def test_the_largest_allowed_scribble_is_rasterized_within_a_second():
    start = time.process_time()
    drawn = rasterize(zigzag(MAX_POINTS))
    assert time.process_time() - start < 1  # Usually 15 ms.
    assert drawn.max() == 1


@pytest.mark.parametrize("strokes", [L_SHAPE, zigzag(80), [np.array([[0.3, 0.7]])], [np.random.rand(9, 2) * [1, 0.1]]])
def test_both_methods_for_distances_give_the_same_ink(strokes, monkeypatch):
    expected = rasterize(strokes)
    monkeypatch.setattr(distance, "MAX_SCATTERED", 0)
    np.testing.assert_array_equal(rasterize(strokes), expected)


def test_a_very_long_path_has_almost_the_same_ink_as_with_small_steps(monkeypatch):
    back_and_forth = [np.array([[0, 0.2], [1, 0.7]] * (MAX_POINTS // 2))]
    coarse = rasterize(back_and_forth)
    monkeypatch.setattr(strokes_module, "MAX_POSITIONS", 10_000_000)
    np.testing.assert_allclose(coarse, rasterize(back_and_forth), atol=0.5)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
)


@given(json_values | st.fixed_dictionaries({"strokes": json_values}))
def test_any_json_value_is_rasterized_or_rejected(drawing):
    try:
        strokes = parse_strokes(drawing)
    except InputError:
        return
    drawn = rasterize(strokes)
    assert drawn.dtype == np.float32 and np.isfinite(drawn).all()


def test_a_drawing_without_points_has_no_ink():
    for strokes in ([], [np.zeros((0, 2))], parse_strokes({"strokes": [[]]})):
        assert rasterize(strokes).size == 0


@pytest.mark.parametrize("points", [[[0.3, 0.7]], [[0.3, 0.7]] * 9, [[0.3, 0.7], [0.3, 0.7 + 1e-12]]])
def test_a_single_point_becomes_a_round_dot(points):
    drawn = normalization.crop(rasterize([np.array(points)]))
    assert drawn.shape[0] == drawn.shape[1]
    radius = NETWORK_PEN_WIDTH * RESOLUTION / 2
    assert drawn.sum() == pytest.approx(np.pi * radius**2, rel=0.02)


@pytest.mark.parametrize("end", [[0.9, 0.5], [0.5, 0.9]])
def test_a_straight_stroke_has_the_area_that_a_round_pen_covers(end):
    drawn = rasterize([np.array([[0.5, 0.5], end])])
    width = NETWORK_PEN_WIDTH * RESOLUTION
    assert drawn.sum() == pytest.approx(RESOLUTION * width + np.pi * width**2 / 4, rel=0.01)


def test_crossing_strokes_are_not_darker_than_ink():
    cross = [np.array([[0, 0], [1, 1.0]]), np.array([[0, 1], [1, 0.0]])]
    drawn = rasterize(cross)
    assert drawn.max() == 1 and drawn.min() == 0
    assert drawn[46, 46] == 1  # At the crossing.
    assert drawn[46, :30].max() == 0  # Paper to the left of the crossing.


@given(st.integers(2, 40))
def test_the_number_of_points_on_a_path_does_not_change_its_ink(count):
    between = np.linspace(0, 1, count)[:, None]
    (start, corner, end) = L_SHAPE[0]
    dense = [np.concatenate([start + (corner - start) * between, corner + (end - corner) * between])]
    np.testing.assert_allclose(rasterize(dense), rasterize(L_SHAPE), atol=0.12)


@given(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.01, 5))
def test_position_and_size_on_the_pad_change_the_image_by_rounding_at_most(right, down, scale):
    moved = [stroke * scale + (right, down) for stroke in L_SHAPE]
    difference = normalization.normalize(rasterize(moved)) - normalization.normalize(rasterize(L_SHAPE))
    assert np.abs(difference).max() < 0.05


def test_a_wider_pen_gives_more_ink():
    assert rasterize(L_SHAPE, 0.2).mean() > 1.3 * rasterize(L_SHAPE, 0.1).mean()
