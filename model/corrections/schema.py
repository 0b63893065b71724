"""The tables of a file of corrections, and the migration of files that earlier versions wrote."""

import hashlib
import sqlite3

from model.corrections import sqlite_file
from model.corrections.sqlite_file import StorageError

MIGRATIONS = (
    """CREATE TABLE corrections (
        id INTEGER PRIMARY KEY,
        time TEXT NOT NULL,
        label TEXT NOT NULL,
        strokes TEXT NOT NULL,
        number TEXT NOT NULL,
        verdict TEXT NOT NULL,
        model TEXT NOT NULL
    )""",
    "ALTER TABLE corrections ADD COLUMN token TEXT",
    "ALTER TABLE corrections ADD COLUMN digest TEXT",
    # Rows of older versions have no digest. SQLite does not regard two rows without a digest as equal.
    "CREATE UNIQUE INDEX one_row_for_each_digest ON corrections (digest)",
    # Each visitor who gave a correction has one row here. Only the hash of the visitor's token is stored.
    "CREATE TABLE claims (token_hash TEXT PRIMARY KEY, correction INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE INDEX claims_of_correction ON claims (correction)",
    # An operator deletes rows of `corrections` with any SQLite program.
    """CREATE TRIGGER no_claim_without_correction AFTER DELETE ON corrections BEGIN
        DELETE FROM claims WHERE correction = OLD.id;
    END""",
    "INSERT INTO claims SELECT token_hash(token), MAX(id) FROM corrections WHERE token IS NOT NULL GROUP BY token",
    "ALTER TABLE corrections DROP COLUMN token",
)
"""SQL statements that create and update the tables. Each statement leads to the next version of the file.

If the `user_version` of a SQLite file is n, the first n statements have run on this file. To change the tables, append
a statement and leave the earlier statements unchanged, because they do not run again on existing files.
"""


def token_hash(token: str) -> str:
    """Return the SHA-256 of a token, as hexadecimal text."""
    return hashlib.sha256(token.encode()).hexdigest()


def migrate(connection: sqlite3.Connection) -> None:
    """Run the statements of MIGRATIONS that have not run on this file yet, in one transaction.

    Raises StorageError if a newer version of this program wrote the file.
    """
    connection.create_function("token_hash", 1, token_hash, deterministic=True)
    connection.execute("PRAGMA secure_delete = ON")  # Overwrite the tokens that earlier versions stored.
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # Commits the transaction, or rolls it back after an exception.
        for statement in MIGRATIONS[version_of(connection) :]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute(f"PRAGMA application_id = {sqlite_file.APPLICATION_ID}")


def version_of(connection: sqlite3.Connection) -> int:
    """Return the version of the file. Raises StorageError if a newer version of this program wrote the file."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StorageError(
            f"The file of corrections has version {version}, from a newer version of this program, which supports "
            f"up to {len(MIGRATIONS)}. Update the program, or use another file."
        )
    return version
