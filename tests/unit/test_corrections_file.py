"""The SQLite file of corrections: reading it writes nothing, and the files of other programs stay unchanged."""

import contextlib
import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from model.corrections import schema, sqlite_file
from model.corrections.export import export_drawings
from model.corrections.store import CorrectionStore
from model.data.drawings import read_drawings
from tests.helpers.corrections import ANSWER, SEVEN, storage_error, unprivileged
from tests.helpers.paths import ROOT


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def run_statements(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def killed_server(kept: CorrectionStore, folder: Path) -> Path:
    """Return the path of a file of corrections as a killed server leaves it: the newest one is in a WAL file only."""
    kept.keep(SEVEN, "7", *ANSWER)
    with contextlib.closing(sqlite3.connect(kept.path)) as connection:
        connection.execute("SELECT * FROM corrections").fetchall()
        kept.keep(SEVEN, "8", *ANSWER)
        for suffix in ("", "-wal"):
            shutil.copy(f"{kept.path}{suffix}", folder)
    return folder / kept.path.name


# --- reading


def test_reading_changes_nothing(kept, tmp_path):
    kept.keep(SEVEN, "7", *ANSWER)
    before = content_of(tmp_path)
    reader = CorrectionStore(kept.path, read_only=True)
    assert reader.count() == {"7": 1} and len(list(reader)) == 1
    assert content_of(tmp_path) == before


def test_corrections_are_exported_from_a_read_only_folder(kept, public_folder, tmp_path):
    path = killed_server(kept, public_folder)
    public_folder.chmod(0o555)
    for file in public_folder.iterdir():
        file.chmod(0o444)
    before = content_of(public_folder)
    with unprivileged():
        drawings = [correction.label for correction in CorrectionStore(path, read_only=True)]
    assert drawings == ["7", "8"]
    assert content_of(public_folder) == before


def test_corrections_are_exported_from_a_read_only_folder_after_a_clean_exit(kept, public_folder):
    kept.keep(SEVEN, "7", *ANSWER)
    shutil.copy(kept.path, public_folder)
    public_folder.chmod(0o555)
    with unprivileged():
        assert CorrectionStore(public_folder / kept.path.name, read_only=True).count() == {"7": 1}


def test_corrections_are_counted_when_the_disk_has_no_room(kept):
    kept.keep(SEVEN, "7", *ANSWER)
    command = [sys.executable, "-m", "model.corrections", "--database", kept.path]

    def forbid_writing() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    counted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, preexec_fn=forbid_writing, timeout=60)
    assert "1 stored (7: 1)." in counted.stdout, counted.stderr


def test_an_export_that_fails_leaves_the_earlier_export(kept, tmp_path, monkeypatch):
    kept.keep(SEVEN, "7", *ANSWER)
    export_drawings(kept, tmp_path / "exported.npz")
    before = content_of(tmp_path)

    def fail(file, **arrays) -> None:
        file.write(b"PK")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.savez_compressed", fail)
    with pytest.raises(OSError):
        export_drawings(kept, tmp_path / "exported.npz")
    assert content_of(tmp_path) == before
    assert read_drawings(tmp_path / "exported.npz").labels == ["7"]


# --- files of other programs

OTHER_PROGRAMS = {
    "another table": ["CREATE TABLE notes (text TEXT)"],
    "another application id": ["PRAGMA application_id = 7"],
    "another version": ["PRAGMA user_version = 2"],
    "a table of the same name": ["CREATE TABLE corrections (id, text)", "PRAGMA user_version = 2"],
    "a further table": [*schema.MIGRATIONS[:2], "CREATE TABLE notes (text TEXT)", "PRAGMA user_version = 2"],
    "the journal mode WAL": ["PRAGMA journal_mode = WAL", "CREATE TABLE notes (text TEXT)"],
}


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("statements", OTHER_PROGRAMS.values(), ids=OTHER_PROGRAMS)
def test_the_file_of_another_program_is_refused_and_unchanged(tmp_path, statements, read_only):
    path = tmp_path / "other.sqlite"
    run_statements(path, *statements)
    before = content_of(tmp_path)
    message = storage_error(CorrectionStore, path, None, read_only)
    assert message == "The file is not a file of corrections. It is unchanged. Choose another file."
    assert content_of(tmp_path) == before


def test_the_unfinished_file_of_another_program_is_refused_and_unchanged(tmp_path):
    path, folder = tmp_path / "other.sqlite", tmp_path / "copy"
    folder.mkdir()
    run_statements(path, "PRAGMA journal_mode = WAL", "CREATE TABLE notes (text TEXT)")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO notes VALUES ('a note')")
        connection.commit()
        for suffix in ("", "-wal"):
            shutil.copy(f"{path}{suffix}", folder)
    before = content_of(folder)
    assert "not a file of corrections" in storage_error(CorrectionStore, folder / path.name)
    assert content_of(folder) == before


@pytest.mark.parametrize("version", sqlite_file.COLUMNS_BEFORE_ID)
def test_a_file_of_an_earlier_version_gets_an_application_id(tmp_path, version):
    path = tmp_path / "corrections.sqlite"
    run_statements(path, *schema.MIGRATIONS[:version], f"PRAGMA user_version = {version}", "PRAGMA journal_mode = WAL")
    assert CorrectionStore(path, read_only=True).count() == {}
    CorrectionStore(path).keep(SEVEN, "7", *ANSWER)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (sqlite_file.APPLICATION_ID,)
        connection.execute("CREATE TABLE notes (text TEXT)")
    assert CorrectionStore(path).count() == {"7": 1}  # The id decides. The operator may add a table.


def test_an_empty_file_becomes_a_file_of_corrections(tmp_path):
    path = tmp_path / "corrections.sqlite"
    path.touch()
    assert "not a file of corrections" in storage_error(CorrectionStore, path, None, True)
    assert path.stat().st_size == 0
    assert CorrectionStore(path).count() == {}
