"""Failures of the store of corrections: each failure is reported, and the stored corrections stay."""

import contextlib
import sqlite3

import pytest

from model.corrections import store
from model.corrections.export import export_drawings
from model.corrections.sqlite_file import StorageError
from model.corrections.store import CorrectionStore
from tests.helpers.corrections import ANSWER, SEVEN, drawing, storage_error, unprivileged, unprivileged_owner


def test_a_full_file_is_reported_and_stored_corrections_stay(tmp_path, monkeypatch):
    path, count = tmp_path / "corrections.sqlite", 0
    kept = CorrectionStore(path)
    with monkeypatch.context() as limited, pytest.raises(StorageError, match="there is no room left"):
        limited.setattr(store, "MAX_FILE_BYTES", 65_536)
        for count in range(10_000):
            kept.keep(drawing(count), "7", *ANSWER)
    assert count > 50
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
    for number in range(200):
        kept.keep(drawing(number), "7", *ANSWER)
    content = kept.path.read_bytes()
    kept.path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    for call in (
        (kept.count,),
        (list, kept),
        (export_drawings, kept, tmp_path / "out.npz"),
        (kept.keep, SEVEN, "7", *ANSWER),
    ):
        assert "damaged" in storage_error(*call)


def test_damaged_strokes_are_reported_by_the_export(kept, tmp_path):
    kept.keep(SEVEN, "7", *ANSWER)
    with contextlib.closing(sqlite3.connect(kept.path)) as connection, connection:
        connection.execute("UPDATE corrections SET strokes = substr(strokes, 1, 20)")
    assert "damaged" in storage_error(export_drawings, kept, tmp_path / "exported.npz")


def test_a_locked_file_is_reported_after_a_while_and_can_be_written_after_the_lock_ends(kept, monkeypatch):
    monkeypatch.setattr(store, "BUSY_SECONDS", 0.1)
    with contextlib.closing(sqlite3.connect(kept.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "try again in a moment" in storage_error(kept.keep, SEVEN, "7", *ANSWER)
        assert kept.count() == {}  # The lock prevents writing only.
    kept.keep(SEVEN, "7", *ANSWER)
    assert kept.count() == {"7": 1}
