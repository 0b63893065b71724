"""Store corrections in a SQLite file. A correction is a drawing with the label that a visitor gave.

Visitors correct drawings that the network read wrong. A row of the file holds the strokes, the label, the network's
answer, the SHA-256 of the network's checkpoint and the time. It holds nothing about the visitor. A stored correction
survives a crash of the process.
"""

import contextlib
import hashlib
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from model.classes import LABELS
from model.corrections import sqlite_file
from model.corrections.hub_backup import HubBackup
from model.corrections.sqlite_file import StorageError
from model.data.drawings import LabeledDrawings, write_drawings
from model.errors import InputError
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import parse_strokes

# Maximum size of one drawing as JSON: about 6,000 points, which is more than a minute of drawing.
MAX_DRAWING_BYTES = 100_000
# Decimal places of a stored coordinate. 1/10,000 of the pad's side is less than a pixel of the screen.
DECIMALS = 4
# Maximum size of the SQLite file, so that visitors cannot fill the disk. 1,000 corrections take about 1 MB.
MAX_FILE_BYTES = 2**30
# Maximum time that a call waits while another process writes to the file.
BUSY_SECONDS = 5.0

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
)
"""SQL statements that create and update the table. Each statement leads to the next version of the file.

If the `user_version` of a SQLite file is n, the first n statements have run on this file. To change the table, append
a statement and leave the earlier statements unchanged, because they do not run again on existing files.
"""


@dataclass(frozen=True)
class Correction:
    """A drawing with the label that the visitor gave.

    time: time at which the correction was stored, UTC, ISO 8601.
    label: the label that the visitor gave, one of LABELS.
    strokes: the JSON text `{"strokes": …}`, with coordinates in fractions of the pad's side.
    number, verdict: the network's answer to the drawing, `Answer.number` and `Answer.verdict`.
    model: SHA-256 of the network's checkpoint.
    """

    time: str
    label: str
    strokes: str
    number: str
    verdict: str
    model: str

    @classmethod
    def of(cls, strokes: Sequence[Stroke], label: object, number: str, verdict: str, model: str) -> "Correction":
        """Return a correction with the current time. Raises InputError if the label is not in LABELS, or if the drawing
        is empty or too large.
        """
        if label not in LABELS:
            raise InputError(f"The label of a drawing is one of {', '.join(LABELS)}.")
        if not strokes:
            raise InputError("Nothing is drawn yet; a correction needs a drawing.")
        text = json.dumps({"strokes": [stroke.round(DECIMALS).tolist() for stroke in strokes]}, separators=(",", ":"))
        if len(text) > MAX_DRAWING_BYTES:
            raise InputError(
                f"The drawing takes {len(text):,} bytes; a correction can have at most {MAX_DRAWING_BYTES:,}."
            )
        return cls(datetime.now(UTC).isoformat(timespec="seconds"), label, text, number, verdict, model)

    @property
    def digest(self) -> str:
        """The SHA-256 of the label and the strokes, as hexadecimal text."""
        return hashlib.sha256(f"{self.label}\n{self.strokes}".encode()).hexdigest()


COLUMNS = tuple(field.name for field in fields(Correction))


class CorrectionStore:
    """A file of corrections. Several threads and processes can use one file at the same time."""

    def __init__(self, path: str | os.PathLike, backup: HubBackup | None = None, read_only: bool = False):
        """Create the file, or update a file of an older version. Raises StorageError if the file cannot be used.

        The file of another program is refused and left unchanged.
        backup: the backup that also receives every correction; None for no backup.
        read_only: whether to leave the file as it is. It must exist. Then only reading is possible, also on a
            full disk.
        """
        self.path = Path(path)
        self.backup = backup
        if read_only:
            with sqlite_file.reading(self.path) as connection:
                _version(connection)
            return
        sqlite_file.check_unopened(self.path)
        with self._connection() as connection:
            sqlite_file.check_owner(connection)
            _migrate(connection)
            _enable_wal(connection)

    def keep(
        self, strokes: Sequence[Stroke], label: object, number: str, verdict: str, model: str
    ) -> tuple[Correction, str]:
        """Store a correction. When the call returns, the correction is on the disk.

        Returns the correction, and a random token with which its visitor can delete it. The same drawing with the same
        label is stored once. If it is already stored, the call changes nothing, and its token deletes nothing: the
        stored correction belongs to its first visitor.

        The arguments are those of `Correction.of`. Raises InputError if an argument is invalid, and StorageError if the
        correction cannot be stored.
        """
        correction = Correction.of(strokes, label, number, verdict, model)
        row, token = asdict(correction), secrets.token_urlsafe(16)
        columns = (*COLUMNS, "token", "digest")
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        with self._connection() as connection:
            inserted = connection.execute(
                f"INSERT INTO corrections ({names}) VALUES ({values}) ON CONFLICT (digest) DO NOTHING",
                row | {"token": token, "digest": correction.digest},
            )
        if inserted.rowcount and self.backup is not None:
            self.backup.append(row)
        return correction, token

    def delete(self, token: str) -> bool:
        """Delete the correction with this token. Return whether there was one. Raises StorageError.

        The backup on the Hub keeps its copy.
        """
        with self._connection() as connection:
            connection.execute("PRAGMA secure_delete = ON")  # Overwrite the deleted content in the file.
            return connection.execute("DELETE FROM corrections WHERE token = ?", [token]).rowcount > 0

    def count(self) -> dict[str, int]:
        """Return the number of corrections with each label, in the order of LABELS. Labels with none are left out."""
        with sqlite_file.reading(self.path) as connection:
            counts = dict(connection.execute("SELECT label, COUNT(*) FROM corrections GROUP BY label"))
        return {label: counts[label] for label in LABELS if label in counts}

    def __iter__(self) -> Iterator[Correction]:
        """Yield the corrections, oldest first. Corrections that are stored during the iteration are left out."""
        with sqlite_file.reading(self.path) as connection:
            for row in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM corrections ORDER BY id"):
                yield Correction(*row)

    def export(self, path: str | os.PathLike, labels: Sequence[str] = LABELS) -> int:
        """Write the corrections with these labels to a file of drawings. Return the number of written corrections.

        In the file, the writer of every drawing is "visitor".
        Raises StorageError if the store cannot be read, and OSError if `path` cannot be written.
        """
        exported = [correction for correction in self if correction.label in labels]
        try:
            drawings = [parse_strokes(correction.strokes) for correction in exported]
        except InputError as error:
            raise StorageError(f"The file of corrections is damaged. {error}") from None
        given = [correction.label for correction in exported]
        write_drawings(path, LabeledDrawings(drawings, given, ["visitor"] * len(exported)))
        return len(exported)

    @contextlib.contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a new connection to the file. Turn an error of SQLite inside the block into StorageError.

        Each call opens its own connection. Therefore, threads do not share connections. When `execute` returns, the
        statement is committed and on the disk, except inside a transaction that starts with BEGIN.
        """
        with (
            sqlite_file.storage_errors(),
            contextlib.closing(sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None)) as connection,
        ):
            connection.execute("PRAGMA synchronous = FULL")
            page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
            connection.execute(f"PRAGMA max_page_count = {MAX_FILE_BYTES // page_bytes}")
            yield connection


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging, in which readers and a writer do not block each other.

    The mode is stored in the file (https://www.sqlite.org/wal.html). SQLite's own timeout does not apply to this
    statement. Therefore, if another process uses the file, this function repeats the statement for up to BUSY_SECONDS.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _migrate(connection: sqlite3.Connection) -> None:
    """Run the statements of MIGRATIONS that have not run on this file yet, in one transaction.

    Raises StorageError if a newer version of this program wrote the file.
    """
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # Commits the transaction, or rolls it back after an exception.
        for statement in MIGRATIONS[_version(connection) :]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute(f"PRAGMA application_id = {sqlite_file.APPLICATION_ID}")


def _version(connection: sqlite3.Connection) -> int:
    """Return the version of the file. Raises StorageError if a newer version of this program wrote the file."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > len(MIGRATIONS):
        raise StorageError(
            f"The file of corrections has version {version}, from a newer version of this program, which supports "
            f"up to {len(MIGRATIONS)}. Update the program, or use another file."
        )
    return version


def configured_store(path: str | os.PathLike | None = None) -> CorrectionStore | None:
    """Return the store in the file `path`, or None if there is no path.

    Without `path`, the environment variable CORRECTIONS gives the path. If the variables HF_TOKEN and
    CORRECTIONS_DATASET are set, the store also has a backup on the Hub, uploaded from the folder `<path>.hub`.
    Raises UserError if the file or the backup cannot be used.
    """
    path = path or os.environ.get("CORRECTIONS")
    if not path:
        return None
    return CorrectionStore(path, HubBackup.configured(Path(f"{path}.hub")))
