"""Open a SQLite file of corrections: recognize the files of other programs, and read without writing."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from model.errors import UserError

APPLICATION_ID = 0x44524157
"""Marks files of this project (https://www.sqlite.org/pragma.html#pragma_application_id): "DRAW" in ASCII."""
COLUMNS_BEFORE_ID = {
    1: ["id", "time", "label", "strokes", "number", "verdict", "model"],
    2: ["id", "time", "label", "strokes", "number", "verdict", "model", "token"],
}
"""The columns of the files that earlier versions wrote without APPLICATION_ID, by the `user_version` of the file."""

# Messages for SQLite's result codes, https://www.sqlite.org/rescode.html
FAILURES = {
    sqlite3.SQLITE_FULL: "there is no room left for corrections",
    sqlite3.SQLITE_IOERR_SHMSIZE: "there is no room left for corrections",
    sqlite3.SQLITE_READONLY: "the file of corrections cannot be written",
    sqlite3.SQLITE_PERM: "the file of corrections cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the file of corrections cannot be opened",
    sqlite3.SQLITE_NOTADB: "the file of corrections is damaged or not an SQLite file",
    sqlite3.SQLITE_CORRUPT: "the file of corrections is damaged",
    sqlite3.SQLITE_BUSY: "the file of corrections is in use; try again in a moment",
    sqlite3.SQLITE_IOERR: "the disk failed",
}


class StorageError(UserError):
    """Corrections cannot be stored or read at the moment. The message can be shown to visitors."""


@contextlib.contextmanager
def storage_errors() -> Iterator[None]:
    """Turn an error of SQLite inside the block into StorageError."""
    try:
        yield
    except sqlite3.Error as error:
        # The low byte of SQLite's error code is the primary result code. Only errors of SQLite have a code. Errors of
        # Python's sqlite3 module have none.
        code = getattr(error, "sqlite_errorcode", 0)
        reason = FAILURES.get(code) or FAILURES.get(code & 0xFF) or f"the file of corrections cannot be used ({error})"
        raise StorageError(f"Not possible now: {reason}. Stored corrections are unchanged.") from error


def check_unopened(path: Path) -> None:
    """Raise StorageError if another program wrote the file. Write nothing, neither to the file nor beside it.

    An ordinary connection could already change the file, because it writes an unfinished WAL file back.
    """
    if not path.is_file():
        return
    with contextlib.suppress(sqlite3.Error), _connected(path, "mode=ro&immutable=1") as connection:
        check_owner(connection)


def check_owner(connection: sqlite3.Connection, may_be_empty: bool = True) -> None:
    """Raise StorageError if another program wrote the file.

    may_be_empty: whether a file without tables is accepted.
    """
    application, version = _number(connection, "application_id"), _number(connection, "user_version")
    if application == APPLICATION_ID:
        return
    # SQLite's own tables have names that start with "sqlite_".
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'"
    tables = [name for (name,) in connection.execute(query)]
    columns = [row[1] for row in connection.execute("PRAGMA table_info(corrections)")]
    is_earlier = tables == ["corrections"] and columns == COLUMNS_BEFORE_ID.get(version)
    is_empty = may_be_empty and not tables and version == 0
    if application != 0 or not (is_earlier or is_empty):
        raise StorageError("The file is not a file of corrections. It is unchanged. Choose another file.")


@contextlib.contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection that changes no data. It works for a read-only file or folder, and on a full disk.

    Raises StorageError if the file cannot be read, or if another program wrote it.
    """
    check_unopened(path)
    with storage_errors(), contextlib.ExitStack() as stack:
        try:
            # With "mode=ro", SQLite would leave the index and the WAL file beside the file.
            connection = stack.enter_context(_connected(path, "mode=rw"))
            connection.execute("PRAGMA query_only = ON")
            check_owner(connection, may_be_empty=False)
        except sqlite3.OperationalError as error:
            # To read a file in WAL mode, SQLite writes an index beside the file. Without it, read a copy.
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise
            connection = stack.enter_context(_unchanging(path))
            check_owner(connection, may_be_empty=False)
        yield connection


@contextlib.contextmanager
def _unchanging(path: Path) -> Iterator[sqlite3.Connection]:
    """Yield a connection to a file, for reading only, where SQLite cannot create its own files.

    The newest corrections may be in the WAL file beside the file. Then the connection reads a copy of both.
    """
    wal = path.with_name(f"{path.name}-wal")
    with contextlib.ExitStack() as stack:
        try:
            if not (wal.exists() and wal.stat().st_size > 0):
                yield stack.enter_context(_connected(path, "mode=ro&immutable=1"))
                return
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for file in (path, wal):
                shutil.copyfile(file, folder / file.name)
        except OSError as error:
            raise StorageError(f"The file of corrections cannot be copied to be read ({error.strerror}).") from None
        yield stack.enter_context(_connected(folder / path.name, "mode=rw"))


@contextlib.contextmanager
def _connected(path: Path, options: str) -> Iterator[sqlite3.Connection]:
    address = f"{path.resolve().as_uri()}?{options}"
    with contextlib.closing(sqlite3.connect(address, isolation_level=None, uri=True)) as connection:
        yield connection


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return connection.execute(f"PRAGMA {pragma}").fetchone()[0]
