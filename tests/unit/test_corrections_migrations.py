"""Versions of the file of corrections: older files are migrated, and newer files are rejected."""

import contextlib
import sqlite3
from pathlib import Path

from model.corrections import schema
from model.corrections.store import CorrectionStore
from tests.helpers.corrections import ANSWER, SEVEN, storage_error


def version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def add_migrations(monkeypatch, *statements: str) -> None:
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, *statements))


def test_an_older_file_is_migrated_with_all_its_rows(kept, monkeypatch):
    kept.keep(SEVEN, "7", *ANSWER)
    add_migrations(monkeypatch, "ALTER TABLE corrections ADD COLUMN pen TEXT NOT NULL DEFAULT 'mouse'")
    newer = CorrectionStore(kept.path)
    newer.keep(SEVEN, "8", *ANSWER)
    assert version(kept.path) == len(schema.MIGRATIONS)
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
    assert version(kept.path) == len(schema.MIGRATIONS)
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
        older.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:2])
        CorrectionStore(tmp_path / "older.sqlite")
    with contextlib.closing(sqlite3.connect(tmp_path / "older.sqlite", isolation_level=None)) as connection:
        for token in ("one", "two"):
            connection.execute(
                "INSERT INTO corrections VALUES (NULL, '2026-01-01', '7', '{\"strokes\":[]}', '', '', '', ?)", [token]
            )
    newer = CorrectionStore(tmp_path / "older.sqlite")
    assert newer.count() == {"7": 2}
    assert newer.delete("one") and newer.count() == {"7": 1}


# The statements with which the last version without hashes of tokens (user_version 4) creates and fills a file.
VERSION_4 = """
PRAGMA journal_mode = WAL;
CREATE TABLE corrections (id INTEGER PRIMARY KEY, time TEXT NOT NULL, label TEXT NOT NULL, strokes TEXT NOT NULL,
    number TEXT NOT NULL, verdict TEXT NOT NULL, model TEXT NOT NULL);
ALTER TABLE corrections ADD COLUMN token TEXT;
ALTER TABLE corrections ADD COLUMN digest TEXT;
CREATE UNIQUE INDEX one_row_for_each_digest ON corrections (digest);
PRAGMA user_version = 4;
PRAGMA application_id = 0x44524157;
INSERT INTO corrections (time, label, strokes, number, verdict, model, token, digest) VALUES
    ('2026-01-01T00:00:00+00:00', '7', '{"strokes":[[[0.2,0.2]]]}', '1', 'digit', 'a', 'first-secret-token', 'one'),
    ('2026-01-02T00:00:00+00:00', '8', '{"strokes":[[[0.3,0.2]]]}', '1', 'digit', 'a', 'other-secret-token', 'two'),
    ('2026-01-03T00:00:00+00:00', '9', '{"strokes":[[[0.4,0.2]]]}', '1', 'digit', 'a', NULL, NULL);
"""


def test_a_file_with_plain_tokens_keeps_its_rows_and_its_tokens_still_delete(tmp_path):
    path = tmp_path / "corrections.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(VERSION_4)
    assert CorrectionStore(path, read_only=True).count() == {"7": 1, "8": 1, "9": 1}  # Reading does not migrate.
    assert version(path) == 4
    newer = CorrectionStore(path)
    assert version(path) == len(schema.MIGRATIONS)
    assert [(row.time[:10], row.label, row.number) for row in newer] == [
        ("2026-01-01", "7", "1"),
        ("2026-01-02", "8", "1"),
        ("2026-01-03", "9", "1"),
    ]
    assert b"secret-token" not in b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert newer.delete("other-secret-token") and not newer.delete("other-secret-token")
    assert newer.count() == {"7": 1, "9": 1}
