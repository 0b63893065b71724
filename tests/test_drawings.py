"""Files of drawings: what is written is read, and what is none is refused in words."""

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
    """The arrays of a right file with two drawings, one of two strokes and one of one."""
    right = {
        "points": np.array([[0, 0], [1000, 0], [400, 1000], [0, 0], [5, 5]], np.int16),
        "stroke_lengths": np.array([2, 1, 2], np.int32),
        "drawing_lengths": np.array([2, 1], np.int32),
        "labels": np.array(["7", "%"]),
        "writers": np.array(["ann", "bob"]),
    }
    return {name: array for name, array in (right | changed).items() if array is not None}


def written(path, content):
    np.savez(path, **content)
    return path


def refused(path):
    with pytest.raises(UserError) as refusal:
        read_drawings(path)
    assert str(path) in str(refusal.value)
    return str(refusal.value)


def test_strokes_are_fractions_of_the_drawings_longer_side(tmp_path):
    read = read_drawings(written(tmp_path / "two.npz", arrays()))
    assert (len(read), read.labels, read.writers) == (2, ["7", "%"], ["ann", "bob"])
    assert [[stroke.tolist() for stroke in drawing] for drawing in read.drawings] == [
        [[[0, 0], [1, 0]], [[0.4, 1]]],
        [[[0, 0], [0.005, 0.005]]],
    ]


@given(st.lists(st.lists(strokes, max_size=3), max_size=4))
def test_what_is_written_is_read_but_for_place_and_size(tmp_path_factory, drawn):
    path = tmp_path_factory.getbasetemp() / "drawn.npz"
    labels = [str(number) for number in range(len(drawn))]
    write_drawings(path, LabeledDrawings(drawn, labels, ["me"] * len(drawn)))
    read = read_drawings(path)
    assert (read.labels, len(read.drawings)) == (labels, len(drawn))
    for theirs, ours in zip(read.drawings, drawn, strict=True):
        assert [len(stroke) for stroke in theirs] == [len(stroke) for stroke in ours]
        points = np.concatenate([np.zeros((0, 2)), *ours])
        if len(points):
            size = np.ptp(points, axis=0).max() or 1
            expected = (points - points.min(axis=0)) / size
            np.testing.assert_allclose(np.concatenate(theirs), expected, atol=0.0005001)


def test_a_file_read_and_written_again_is_the_same(tmp_path):
    write_drawings(tmp_path / "one.npz", LabeledDrawings([SEVEN, DOT, []], ["7", ".", ""], ["ann", "ann", "bob"]))
    write_drawings(tmp_path / "two.npz", read_drawings(tmp_path / "one.npz"))
    with np.load(tmp_path / "one.npz") as one, np.load(tmp_path / "two.npz") as two:
        assert set(one) == set(two) == {"points", "stroke_lengths", "drawing_lengths", "labels", "writers"}
        for name in one:
            np.testing.assert_array_equal(one[name], two[name])
        assert one["points"].dtype == np.int16


def test_it_is_written_where_one_says_even_without_npz(tmp_path):
    write_drawings(tmp_path / "mine", LabeledDrawings([SEVEN], ["7"], ["me"]))
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert len(read_drawings(tmp_path / "mine")) == 1


def test_each_drawing_needs_a_label_and_a_writer():
    with pytest.raises(UserError, match="2 drawings with 1 labels and 2 writers"):
        LabeledDrawings([SEVEN, DOT], ["7"], ["me", "me"])


def test_a_missing_file_or_a_folder_is_no_file(tmp_path):
    assert "is no file" in refused(tmp_path / "nowhere.npz")
    assert "is no file" in refused(tmp_path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 and nothing", b"\x93NUMPY"])
def test_what_is_no_npz_is_refused(tmp_path, content):
    (tmp_path / "no.npz").write_bytes(content)
    assert "is no .npz file" in refused(tmp_path / "no.npz")


def test_a_truncated_or_altered_file_is_refused(tmp_path):
    path = written(tmp_path / "two.npz", arrays())
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "only half of one" in refused(path)
    middle = whole.index(b"stroke_lengths.npy") + 150  # In the values: the zip's own checksum tells.
    path.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
    assert "cannot be read as drawings" in refused(path)


@pytest.mark.parametrize("name", list(arrays()))
def test_a_missing_array_is_named(tmp_path, name):
    assert f"it holds no {name}" in refused(written(tmp_path / "less.npz", arrays(**{name: None})))


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"points": np.zeros(10)}, "points are not a table of numbers"),
        ({"points": np.array([["0", "1"]] * 5)}, "points are not a table of numbers"),
        ({"points": np.zeros((5, 3))}, "not pairs of finite numbers"),
        ({"points": np.full((5, 2), np.nan)}, "not pairs of finite numbers"),
        ({"stroke_lengths": np.array([2.0, 1, 2])}, "stroke_lengths are not a list of numbers"),
        ({"labels": np.array([7, 8])}, "labels are not a list of words"),
    ],
)
def test_a_wrong_array_is_named_with_what_it_should_be(tmp_path, changed, said):
    assert said in refused(written(tmp_path / "wrong.npz", arrays(**changed)))


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
def test_counts_that_do_not_add_up_are_refused(tmp_path, changed):
    assert "does not add up" in refused(written(tmp_path / "odd.npz", arrays(**changed)))


def test_pickled_objects_are_not_opened(tmp_path):
    class Evil:
        def __reduce__(self):
            return (tmp_path / "ran").mkdir, ()

    path = written(tmp_path / "evil.npz", arrays(labels=np.array([Evil(), Evil()], object)))
    assert "cannot be read as drawings" in refused(path)
    assert not (tmp_path / "ran").exists()
