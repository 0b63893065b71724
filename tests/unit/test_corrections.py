"""Storage of corrections: stored corrections survive killed processes, and invalid corrections are rejected."""

import base64
import hashlib
import json
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.classes import DIGIT_LABELS, LABEL_NOT_DIGIT, LABELS
from model.corrections.export import Exported, export_drawings
from model.corrections.store import Correction, CorrectionStore
from model.data.drawings import read_drawings
from model.errors import InputError
from model.inference.answer import Verdict
from model.preprocessing.strokes import parse_strokes
from tests.helpers.corrections import ANSWER, SEVEN, SHA256, delete_all, drawing
from tests.helpers.drawings import number as strokes_of_number
from tests.helpers.paths import ROOT

# A program for another process. It stores numbered corrections one after the other, and prints the number of each
# correction as soon as this correction is stored. The x coordinate of a correction is its number divided by 10,000.
WRITER = f"""
import sys
import numpy as np
from model.corrections.store import CorrectionStore
store = CorrectionStore(sys.argv[1])
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    store.keep([np.array([[number / 10000, 0.5]])], "7", "4", "unsure", {SHA256!r})
    print(number, flush=True)
"""


def strokes_of(number: str) -> list[np.ndarray]:
    """Return the drawing of a number."""
    return [np.array(stroke) for stroke in strokes_of_number(number)]


DIGIT_STROKES = strokes_of("3")


def writer(path: Path, first: int, end: int) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def numbers(kept: CorrectionStore) -> list[int]:
    """Return the numbers that WRITER has stored, in the order of the rows."""
    return [round(10000 * json.loads(row.strokes)["strokes"][0][0][0]) for row in kept]


# Storing


def test_a_correction_is_stored_with_the_networks_answer_and_the_time(kept):
    kept.keep(SEVEN, "7", "4?", Verdict.NOT_DIGIT, SHA256)
    [row] = CorrectionStore(kept.path)
    assert json.loads(row.strokes) == {"strokes": [stroke.tolist() for stroke in SEVEN]}
    assert (row.label, row.number, row.verdict, row.model) == ("7", "4?", "not a digit", SHA256)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row.time)


def test_keeping_returns_the_stored_correction(kept):
    correction, _ = kept.keep(SEVEN, "7", *ANSWER)
    assert list(kept) == [correction]


def test_coordinates_are_rounded_to_four_decimals(kept):
    kept.keep([np.array([[0.123456789, 0.5]])], "1", *ANSWER)
    assert [row.strokes for row in kept] == ['{"strokes":[[[0.1235,0.5]]]}']


def test_corrections_are_counted_by_label_in_the_order_of_the_labels(kept):
    assert kept.count() == {} and list(kept) == []
    for number, label in enumerate(("not a digit", "7", "0", "7")):
        kept.keep(drawing(number), label, *ANSWER)
    assert list(kept.count().items()) == [("0", 1), ("7", 2), ("not a digit", 1)]


def test_a_drawing_of_a_number_is_stored_with_the_number_and_numbers_are_counted_together(kept):
    for number, label in enumerate(("42", "0123456789", "42")):
        kept.keep(drawing(number), label, *ANSWER)
    assert [row.label for row in kept] == ["42", "0123456789", "42"]
    assert kept.count() == {"numbers": 3}


@pytest.mark.parametrize("label", ["12345678901", "1O", "-1", "1\n", "１２", "seven", "", 7, None, True, [], {}, ["7"]])
def test_a_wrong_label_is_rejected(kept, label):
    with pytest.raises(InputError, match="The label of a drawing is one of 0, 1, .*, not a digit, or a number of 2"):
        kept.keep(SEVEN, label, *ANSWER)
    assert kept.count() == {}


def test_a_blank_drawing_is_rejected(kept):
    with pytest.raises(InputError, match="Nothing is drawn"):
        kept.keep([], "7", *ANSWER)
    assert kept.count() == {}


def test_a_drawing_of_5000_points_is_stored_and_a_drawing_of_10000_points_is_rejected(kept):
    points = np.random.default_rng(1).random((10_000, 2))
    with pytest.raises(InputError, match="at most 100,000"):
        kept.keep([points], "8", *ANSWER)
    kept.keep([points[:5_000]], "8", *ANSWER)
    assert kept.count() == {"8": 1}


coordinates = st.floats(-1000, 1000)
points = st.tuples(coordinates, coordinates)
drawings = st.lists(st.lists(points, min_size=1, max_size=4).map(np.array), min_size=1, max_size=3)


@given(drawings, st.sampled_from(LABELS))
def test_any_drawing_can_be_parsed_again(drawing, label):
    correction = Correction.of(drawing, label, *ANSWER)
    assert correction.label == label
    for stored, stroke in zip(parse_strokes(correction.strokes), drawing, strict=True):
        np.testing.assert_allclose(stored, stroke, atol=0.00005001)


# The same drawing twice


def test_the_same_drawing_with_the_same_label_is_stored_once(kept):
    first, _ = kept.keep(SEVEN, "7", *ANSWER)
    kept.keep(SEVEN, "7", *ANSWER)
    kept.keep(SEVEN, "1", *ANSWER)
    kept.keep(drawing(1), "7", *ANSWER)
    assert kept.count() == {"1": 1, "7": 2}
    assert next(iter(kept)) == first


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_correction_of_two_visitors_stays_until_both_have_deleted_it(kept, order):
    tokens = [kept.keep(SEVEN, "7", *ANSWER)[1] for _ in range(2)]
    first, second = order
    assert kept.delete(tokens[first]) and not kept.delete(tokens[first])
    assert kept.count() == {"7": 1}
    assert kept.delete(tokens[second]) and kept.count() == {}


def test_a_token_has_128_bits_and_only_its_hash_is_stored(kept):
    _, token = kept.keep(SEVEN, "7", *ANSWER)
    assert len(base64.urlsafe_b64decode(f"{token}==")) == 16
    content = b"".join(path.read_bytes() for path in kept.path.parent.iterdir())
    assert token.encode() not in content and hashlib.sha256(token.encode()).hexdigest().encode() in content


def test_no_hash_of_a_token_stays_when_an_operator_deletes_its_correction(kept):
    _, token = kept.keep(SEVEN, "7", *ANSWER)
    delete_all(kept.path)
    kept.keep(SEVEN, "8", *ANSWER)  # SQLite gives the number of the deleted row to this row.
    assert not kept.delete(token) and kept.count() == {"8": 1}


def test_a_deleted_correction_can_be_stored_again(kept):
    _, token = kept.keep(SEVEN, "7", *ANSWER)
    kept.delete(token)
    _, again = kept.keep(SEVEN, "7", *ANSWER)
    assert kept.count() == {"7": 1} and kept.delete(again)


# Export


def test_exported_corrections_are_drawings(kept, tmp_path):
    kept.keep(SEVEN, "7", *ANSWER)
    kept.keep([np.array([[0.5, 0.5]])], "not a digit", *ANSWER)
    assert export_drawings(kept, tmp_path / "exported.npz") == Exported(2, divided=0, undivided=0)
    exported = read_drawings(tmp_path / "exported.npz")
    assert (exported.labels, exported.writers) == (["7", "not a digit"], ["visitor", "visitor"])
    # The export moves the upper left corner of the drawing's bounding box to (0, 0), and scales the longer side of the
    # box to 1. Here, the corner is at (0.2, 0.2), and the longer side is 0.65.
    for stroke, original in zip(exported.drawings[0], SEVEN, strict=True):
        np.testing.assert_allclose(stroke, (original - 0.2) / 0.65, atol=0.00051)


def test_only_corrections_with_the_given_labels_are_exported(kept, tmp_path):
    for label in ("7", "not a digit", "0"):
        kept.keep(SEVEN, label, *ANSWER)
    assert export_drawings(kept, tmp_path / "digits.npz", ["0", "7"]).drawings == 2
    assert read_drawings(tmp_path / "digits.npz").labels == ["7", "0"]


def test_a_number_is_exported_as_its_digits_or_as_a_number_if_the_division_is_uncertain(kept, tmp_path):
    kept.keep(strokes_of("74"), "74", *ANSWER)
    kept.keep(DIGIT_STROKES, "12", *ANSWER)  # One piece of ink cannot be divided.
    assert export_drawings(kept, tmp_path / "all.npz") == Exported(3, divided=1, undivided=1)
    exported = read_drawings(tmp_path / "all.npz")
    assert exported.labels == ["7", "4", "12"]
    kept.keep(strokes_of("7"), "7", *ANSWER)  # The same digit, drawn alone.
    export_drawings(kept, tmp_path / "digits.npz", DIGIT_LABELS)
    sevens = read_drawings(tmp_path / "digits.npz")
    assert sevens.labels == ["7", "4", "7"]
    np.testing.assert_allclose(sevens.drawings[0][0], sevens.drawings[2][0], atol=0.0021)
    assert export_drawings(kept, tmp_path / "others.npz", [LABEL_NOT_DIGIT]).drawings == 0


# Concurrency and kills


def test_threads_store_at_the_same_time(kept):
    def keep(first: int):
        for number in range(first, first + 20):
            kept.keep(drawing(number), "7", *ANSWER)

    threads = [threading.Thread(target=keep, args=[20 * thread]) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.count() == {"7": 160}


def test_two_processes_that_create_the_same_file_lose_no_corrections(tmp_path):
    path = tmp_path / "corrections.sqlite"
    writers = [writer(path, first, first + 300) for first in (0, 300)]
    for process in writers:
        process.communicate(timeout=120)
        assert process.returncode == 0
    assert sorted(numbers(CorrectionStore(path))) == list(range(600))


@pytest.mark.parametrize("after", [1, 30, 150])
def test_a_killed_process_loses_no_acknowledged_correction(tmp_path, after):
    path = tmp_path / "corrections.sqlite"
    with writer(path, 0, 10_000) as killed:
        acknowledged = [int(next(killed.stdout)) for _ in range(after)]
        killed.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in killed.stdout]
    # One correction may be in progress at the time of the kill. It is not acknowledged, so it may be stored or missing.
    found = numbers(CorrectionStore(path))
    assert found in (acknowledged, [*acknowledged, len(acknowledged)])
    CorrectionStore(path).keep(SEVEN, "7", *ANSWER)
    assert CorrectionStore(path).count() == {"7": len(found) + 1}
