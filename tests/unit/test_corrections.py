"""Storage of corrections: what was stored survives kills and failures, and invalid corrections are rejected."""

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.classes import LABELS
from model.corrections import store
from model.corrections.store import Correction, CorrectionStore, StorageError
from model.data.drawings import read_drawings
from model.errors import InputError
from model.inference.answer import Verdict
from model.preprocessing.strokes import parse_strokes
from tests.helpers.paths import ROOT

SEVEN = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]), np.array([[0.3, 0.5], [0.6, 0.5]])]
SHA256 = "0123456789abcdef" * 4
ANSWER = ("4", Verdict.UNSURE, SHA256)

# Run by another process: stores corrections one by one, and prints each number once it is stored.
WRITER = f"""
import sys
import numpy as np
from model.corrections.store import CorrectionStore
store = CorrectionStore(sys.argv[1])
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    store.keep([np.array([[number / 10000, 0.5]])], "7", "4", "unsure", {SHA256!r})
    print(number, flush=True)
"""


@pytest.fixture
def kept(tmp_path):
    """A new store."""
    return CorrectionStore(tmp_path / "corrections.sqlite")


def writer(path: Path, first: int, end: int) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, str(path), str(first), str(end)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def numbers(kept: CorrectionStore) -> list[int]:
    """The numbers that WRITER stored, in order."""
    return [round(10000 * json.loads(row.strokes)["strokes"][0][0][0]) for row in kept]


def storage_error(action, *arguments) -> str:
    with pytest.raises(StorageError) as failure:
        action(*arguments)
    return str(failure.value)


@contextlib.contextmanager
def unprivileged():
    """Run as a user who, unlike root, cannot write everywhere."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@contextlib.contextmanager
def unprivileged_owner(folder: Path):
    """Run as an unprivileged user who owns the folder."""
    if os.geteuid() == 0:
        os.chown(folder, 65534, -1)
    with unprivileged():
        yield


@pytest.fixture
def public_folder():
    """A folder that an unprivileged user can enter, unlike tmp_path."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


# Storing


def test_a_correction_is_stored_with_the_networks_answer_and_the_time(kept):
    kept.keep(SEVEN, "7", "4?", Verdict.NOT_DIGIT, SHA256)
    [row] = CorrectionStore(kept.path)
    assert json.loads(row.strokes) == {"strokes": [stroke.tolist() for stroke in SEVEN]}
    assert (row.label, row.number, row.verdict, row.model) == ("7", "4?", "not a digit", SHA256)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", row.time)


def test_keeping_returns_the_stored_correction(kept):
    correction = kept.keep(SEVEN, "7", *ANSWER)
    assert list(kept) == [correction]


def test_coordinates_are_rounded_to_four_decimals(kept):
    kept.keep([np.array([[0.123456789, 0.5]])], "1", *ANSWER)
    assert [row.strokes for row in kept] == ['{"strokes":[[[0.1235,0.5]]]}']


def test_corrections_are_counted_by_label_in_the_order_of_the_labels(kept):
    assert kept.count() == {} and list(kept) == []
    for label in ("not a digit", "7", "0", "7"):
        kept.keep(SEVEN, label, *ANSWER)
    assert list(kept.count().items()) == [("0", 1), ("7", 2), ("not a digit", 1)]


@pytest.mark.parametrize("label", ["10", "seven", "", 7, None, True, [], {}, ["7"]])
def test_a_wrong_label_is_rejected(kept, label):
    with pytest.raises(InputError, match="label of a drawing is one of 0, 1, 2, .*, not a digit"):
        kept.keep(SEVEN, label, *ANSWER)
    assert kept.count() == {}


def test_a_blank_drawing_is_rejected(kept):
    with pytest.raises(InputError, match="Nothing is drawn"):
        kept.keep([], "7", *ANSWER)
    assert kept.count() == {}


def test_a_drawing_of_a_minute_is_stored_and_a_much_longer_one_is_rejected(kept):
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


# Export


def test_exported_corrections_are_drawings(kept, tmp_path):
    kept.keep(SEVEN, "7", *ANSWER)
    kept.keep([np.array([[0.5, 0.5]])], "not a digit", *ANSWER)
    assert kept.export(tmp_path / "exported.npz") == 2
    exported = read_drawings(tmp_path / "exported.npz")
    assert (exported.labels, exported.writers) == (["7", "not a digit"], ["visitor", "visitor"])
    # Shifted to 0, and scaled to a longer side of 1.
    for stroke, original in zip(exported.drawings[0], SEVEN, strict=True):
        np.testing.assert_allclose(stroke, (original - 0.2) / 0.65, atol=0.00051)


def test_only_corrections_with_the_given_labels_are_exported(kept, tmp_path):
    for label in ("7", "not a digit", "0"):
        kept.keep(SEVEN, label, *ANSWER)
    assert kept.export(tmp_path / "digits.npz", ["0", "7"]) == 2
    assert read_drawings(tmp_path / "digits.npz").labels == ["7", "0"]


# Concurrency and kills


def test_threads_store_at_the_same_time(kept):
    def keep():
        for _ in range(20):
            kept.keep(SEVEN, "7", *ANSWER)

    threads = [threading.Thread(target=keep) for _ in range(8)]
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
    # The correction that was being stored may be there or not.
    found = numbers(CorrectionStore(path))
    assert found in (acknowledged, [*acknowledged, len(acknowledged)])
    CorrectionStore(path).keep(SEVEN, "7", *ANSWER)
    assert CorrectionStore(path).count() == {"7": len(found) + 1}


# Failures


def test_a_full_file_is_reported_and_stored_corrections_stay(tmp_path, monkeypatch):
    path, count = tmp_path / "corrections.sqlite", 0
    kept = CorrectionStore(path)
    with monkeypatch.context() as limited, pytest.raises(StorageError, match="there is no room left"):
        limited.setattr(store, "MAX_FILE_BYTES", 65_536)
        for count in range(10_000):  # noqa: B007  Used below.
            kept.keep(SEVEN, "7", *ANSWER)
    assert count > 100
    assert kept.count() == {"7": count}
    assert path.stat().st_size <= 65_536
    kept.keep(SEVEN, "7", *ANSWER)
    assert kept.count() == {"7": count + 1}


def test_a_read_only_file_is_reported_and_stored_corrections_stay(public_folder):
    with unprivileged_owner(public_folder):
        kept = CorrectionStore(public_folder / "corrections.sqlite")
        kept.keep(SEVEN, "7", *ANSWER)
        kept.path.chmod(0o444)
        assert "cannot be written" in storage_error(kept.keep, SEVEN, "8", *ANSWER)
        assert "cannot be written" in storage_error(CorrectionStore, kept.path)
        kept.path.chmod(0o644)
        assert kept.count() == {"7": 1}


def test_a_read_only_or_missing_folder_is_reported(public_folder, tmp_path):
    with unprivileged():
        assert "cannot be opened" in storage_error(CorrectionStore, public_folder / "corrections.sqlite")
    assert "cannot be opened" in storage_error(CorrectionStore, tmp_path / "missing" / "corrections.sqlite")
    assert "cannot be opened" in storage_error(CorrectionStore, tmp_path)


@pytest.mark.parametrize("content", [b"not a database, " * 100, b"SQLite format 3\0" + b"\xff" * 4080])
def test_a_damaged_file_is_reported_and_left_unchanged(tmp_path, content):
    path = tmp_path / "corrections.sqlite"
    path.write_bytes(content)
    assert "damaged" in storage_error(CorrectionStore, path)
    assert path.read_bytes() == content


def test_a_file_that_is_damaged_while_in_use_is_reported_by_every_call(kept, tmp_path):
    for _ in range(200):
        kept.keep(SEVEN, "7", *ANSWER)
    content = kept.path.read_bytes()
    kept.path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    for call in ((kept.count,), (list, kept), (kept.export, tmp_path / "out.npz"), (kept.keep, SEVEN, "7", *ANSWER)):
        assert "damaged" in storage_error(*call)


def test_damaged_strokes_are_reported_by_the_export(kept, tmp_path):
    kept.keep(SEVEN, "7", *ANSWER)
    with contextlib.closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("UPDATE corrections SET strokes = substr(strokes, 1, 20)")
    assert "damaged" in storage_error(kept.export, tmp_path / "exported.npz")


def test_a_locked_file_is_reported_after_a_while_and_works_again_later(kept, monkeypatch):
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(kept.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "try again in a moment" in storage_error(kept.keep, SEVEN, "7", *ANSWER)
        assert kept.count() == {}  # Reading is possible.
    kept.keep(SEVEN, "7", *ANSWER)
    assert kept.count() == {"7": 1}


# Versions of the file


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def add_migrations(monkeypatch, *statements: str) -> None:
    monkeypatch.setattr(store, "MIGRATIONS", (*store.MIGRATIONS, *statements))


def test_an_older_file_is_migrated_with_all_its_rows(kept, monkeypatch):
    kept.keep(SEVEN, "7", *ANSWER)
    add_migrations(monkeypatch, "ALTER TABLE corrections ADD COLUMN pen TEXT NOT NULL DEFAULT 'mouse'")
    newer = CorrectionStore(kept.path)
    newer.keep(SEVEN, "8", *ANSWER)
    assert version(kept.path) == len(store.MIGRATIONS)
    assert [row.label for row in newer] == ["7", "8"]
    with contextlib.closing(sqlite3.connect(kept.path)) as connection:
        assert connection.execute("SELECT pen FROM corrections").fetchall() == [("mouse",), ("mouse",)]
    assert CorrectionStore(kept.path).count() == {"7": 1, "8": 1}


def test_a_migration_that_fails_halfway_changes_nothing(kept, monkeypatch):
    kept.keep(SEVEN, "7", *ANSWER)
    with monkeypatch.context() as newer:
        statements = ("ALTER TABLE corrections ADD COLUMN pen TEXT", "ALTER TABLE missing DROP pen")
        add_migrations(newer, *statements)
        assert "no such table: missing" in storage_error(CorrectionStore, kept.path)
    assert version(kept.path) == len(store.MIGRATIONS)
    assert CorrectionStore(kept.path).count() == {"7": 1}


def test_a_file_of_a_newer_version_is_rejected_and_left_unchanged(kept, monkeypatch):
    kept.keep(SEVEN, "7", *ANSWER)
    with monkeypatch.context() as newer:
        add_migrations(newer, "CREATE TABLE pens (name TEXT)")
        CorrectionStore(kept.path)
    content = kept.path.read_bytes()
    assert "from a newer version of this program" in storage_error(CorrectionStore, kept.path)
    assert kept.path.read_bytes() == content
