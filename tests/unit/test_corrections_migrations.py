"""Versions of the file of corrections: older files are migrated, and newer files are rejected."""

import contextlib
import sqlite3
from pathlib import Path

from model.corrections import store
from model.corrections.store import CorrectionStore
from tests.helpers.corrections import ANSWER, SEVEN, storage_error


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


def test_equal_rows_of_an_older_file_stay(tmp_path, monkeypatch):
    with monkeypatch.context() as older:
        older.setattr(store, "MIGRATIONS", store.MIGRATIONS[:2])
        CorrectionStore(tmp_path / "older.sqlite")
    with contextlib.closing(sqlite3.connect(tmp_path / "older.sqlite", isolation_level=None)) as connection:
        for token in ("one", "two"):
            connection.execute(
                "INSERT INTO corrections VALUES (NULL, '2026-01-01', '7', '{\"strokes\":[]}', '', '', '', ?)", [token]
            )
    newer = CorrectionStore(tmp_path / "older.sqlite")
    assert newer.count() == {"7": 2}
    assert newer.delete("one") and newer.count() == {"7": 1}
