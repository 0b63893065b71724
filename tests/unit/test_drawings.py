"""Files of labeled drawings: round trips, and messages for files that cannot be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.data.drawings import LabeledDrawings, read_drawings, write_drawings
from model.errors import UserError

SEVEN = [np.array([[0.2, 0.2], [0.7, 0.2], [0.4, 0.8]]), np.array([[0.3, 0.5], [0.6, 0.5]])]
DOT = [np.array([[0.5, 0.5]])]

strokes = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=6).map(
    lambda points: np.array(points, float).reshape(-1, 2)
)


def arrays(**changed):
    """Return the arrays of a file with two drawings. The first drawing has two strokes, the second has one stroke.

    changed: maps the name of an array to the array that replaces it. None removes the array from the file.
    """
    valid = {
        "points": np.array([[0, 0], [1000, 0], [400, 1000], [0, 0], [5, 5]], np.int16),
        "stroke_lengths": np.array([2, 1, 2], np.int32),
        "drawing_lengths": np.array([2, 1], np.int32),
        "labels": np.array(["7", "%"]),
        "writers": np.array(["ann", "bob"]),
    }
    return {name: array for name, array in (valid | changed).items() if array is not None}


def save(path, content):
    np.savez(path, **content)
    return path


def error_of(path):
    """Return the error message for a file that cannot be read. The message must name the file."""
    with pytest.raises(UserError) as error:
        read_drawings(path)
    assert str(path) in str(error.value)
    return str(error.value)


def test_strokes_are_read_as_fractions_of_the_longer_side(tmp_path):
    read = read_drawings(save(tmp_path / "two.npz", arrays()))
    assert (len(read), read.labels, read.writers) == (2, ["7", "%"], ["ann", "bob"])
    assert [[stroke.tolist() for stroke in drawing] for drawing in read.drawings] == [
        [[[0, 0], [1, 0]], [[0.4, 1]]],
        [[[0, 0], [0.005, 0.005]]],
    ]


@given(st.lists(st.lists(strokes, max_size=3), max_size=4))
def test_a_round_trip_keeps_everything_except_position_and_size(tmp_path_factory, drawn):
    path = tmp_path_factory.getbasetemp() / "drawn.npz"
    labels = [str(number) for number in range(len(drawn))]
    write_drawings(path, LabeledDrawings(drawn, labels, ["me"] * len(drawn)))
    read = read_drawings(path)
    assert (read.labels, len(read.drawings)) == (labels, len(drawn))
    for actual, original in zip(read.drawings, drawn, strict=True):
        assert [len(stroke) for stroke in actual] == [len(stroke) for stroke in original]
        points = np.concatenate([np.zeros((0, 2)), *original])
        if len(points):
            size = np.ptp(points, axis=0).max() or 1
            expected = (points - points.min(axis=0)) / size
            np.testing.assert_allclose(np.concatenate(actual), expected, atol=0.0005001)


def test_a_second_round_trip_changes_nothing(tmp_path):
    write_drawings(tmp_path / "one.npz", LabeledDrawings([SEVEN, DOT, []], ["7", ".", ""], ["ann", "ann", "bob"]))
    write_drawings(tmp_path / "two.npz", read_drawings(tmp_path / "one.npz"))
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "two.npz") as two:
        assert set(one) == set(two) == {"points", "stroke_lengths", "drawing_lengths", "labels", "writers"}
        for name in one:
            np.testing.assert_array_equal(one[name], two[name])
        assert one["points"].dtype == np.int16


def test_the_file_name_needs_no_npz_suffix(tmp_path):
    write_drawings(tmp_path / "mine", LabeledDrawings([SEVEN], ["7"], ["me"]))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert len(read_drawings(tmp_path / "mine")) == 1


def test_each_drawing_needs_a_label_and_a_writer():
    with pytest.raises(UserError, match="2 drawings, 1 labels and 2 writers"):
        LabeledDrawings([SEVEN, DOT], ["7"], ["me", "me"])


def test_a_missing_file_and_a_folder_are_rejected(tmp_path):
    assert "is not a file" in error_of(tmp_path / "nowhere.npz")
    assert "is not a file" in error_of(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 and nothing", b"\x93NUMPY"])
def test_a_file_that_is_not_an_npz_is_rejected(tmp_path, content):
    (tmp_path / "no.npz").write_bytes(content)
    assert "is not an .npz file" in error_of(tmp_path / "no.npz")


def test_a_truncated_or_altered_file_is_rejected(tmp_path):
    path = save(tmp_path / "two.npz", arrays())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "truncated" in error_of(path)
    middle = whole.index(b"stroke_lengths.npy") + 150  # A change of this byte makes the zip checksum wrong.
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    assert "cannot be read as drawings" in error_of(path)


@pytest.mark.parametrize("name", list(arrays()))
def test_a_missing_array_is_named(tmp_path, name):
    assert f"Missing arrays: {name}" in error_of(save(tmp_path / "less.npz", arrays(**{name: None})))


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"points": np.zeros(10)}, "points is not a 2-dimensional array of numbers"),
        ({"points": np.array([["0", "1"]] * 5)}, "points is not a 2-dimensional array of numbers"),
        ({"points": np.zeros((5, 3))}, "not pairs of finite numbers"),
        ({"points": np.full((5, 2), np.nan)}, "not pairs of finite numbers"),
        ({"stroke_lengths": np.array([2.0, 1, 2])}, "stroke_lengths is not a 1-dimensional array of numbers"),
        ({"labels": np.array([7, 8])}, "labels is not a 1-dimensional array of strings"),
    ],
)
def test_an_invalid_array_is_named_with_what_is_expected(tmp_path, changed, message):
    assert message in error_of(save(tmp_path / "wrong.npz", arrays(**changed)))


@pytest.mark.parametrize(
    "changed",
    [
        {"stroke_lengths": np.array([2, 1, 1])},
        {"stroke_lengths": np.array([6, 1, -2])},
        {"stroke_lengths": np.array([2**62, 2**62, 2**62, 2**62, 5])},
        {"drawing_lengths": np.array([2, 2])},
        {"labels": np.array(["7"])},
        {"writers": np.array(["ann", "bob", "cid"])},
    ],
)
def test_inconsistent_counts_are_rejected(tmp_path, changed):
    assert "is inconsistent" in error_of(save(tmp_path / "odd.npz", arrays(**changed)))


def test_pickled_objects_are_not_loaded(tmp_path):
    class Evil:
        def __reduce__(self):
            return (tmp_path / "ran").mkdir, ()

    path = save(tmp_path / "evil.npz", arrays(labels=np.array([Evil(), Evil()], object)))
    assert "cannot be read as drawings" in error_of(path)
    assert not (tmp_path / "ran").exists()
