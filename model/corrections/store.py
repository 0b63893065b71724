"""Storage of corrections in a SQLite file: drawings that the network read wrong, with the label that the visitor gave.

A row holds the strokes, the label, the network's answer, the SHA-256 of the network's checkpoint and the time. It holds
nothing about the visitor. A stored correction survives a crash of the process.
"""

import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from model.classes import LABELS
from model.corrections.hub_backup import HubBackup
from model.data.drawings import LabeledDrawings, write_drawings
from model.errors import InputError, UserError
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import parse_strokes

# Limit for the JSON of one drawing: about 6,000 points, more than a minute of drawing.
MAX_DRAWING_BYTES = 100_000
# Decimals of a coordinate: 1/10,000 of the pad's side is less than a pixel of the screen.
DECIMALS = 4
# Limit for the file, so that visitors cannot fill the disk. 1,000 corrections take about 1 MB.
MAX_FILE_BYTES = 2**30
# How long a call waits while another process writes.
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
)
"""SQL statements, one for each version of the file. A file with user_version n has passed the first n statements.

Only append statements: existing files do not run the earlier ones again.
"""

# Messages for SQLite's result codes, https://www.sqlite.org/rescode.html
FAILURES = {
    sqlite3.SQLITE_FULL: "there is no room left for corrections",
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


@dataclass(frozen=True)
class Correction:
    """A drawing with the label that the visitor gave.

    time: time at which the correction was stored, UTC, ISO 8601.
    label: the correct label, one of LABELS.
    strokes: the JSON text `{"strokes": …}`, with coordinates in fractions of the pad's side.
    number, verdict: the fields `number` and `verdict` of the network's `Answer`.
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
        """Return a correction with the present time. Raises InputError for a wrong label or an unsuitable drawing."""
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


COLUMNS = tuple(field.name for field in fields(Correction))


class CorrectionStore:
    """A file of corrections. Several threads and processes can use one file at the same time."""

    def __init__(self, path: str | os.PathLike, backup: HubBackup | None = None):
        """Create the file, or migrate a file of an older version. Raises StorageError.

        backup: a second place where every correction is stored; None for no backup.
        """
        self.path = Path(path)
        self.backup = backup
        with self._connection() as connection:
            _enable_wal(connection)
            _migrate(connection)

    def keep(self, strokes: Sequence[Stroke], label: object, number: str, verdict: str, model: str) -> Correction:
        """Store a correction. When the call returns, the correction is on the disk.

        The arguments are those of `Correction.of`.
        Raises InputError as `Correction.of` does, and StorageError if the correction cannot be stored.
        """
        correction = Correction.of(strokes, label, number, verdict, model)
        row = asdict(correction)
        with self._connection() as connection:
            connection.execute(
                f"INSERT INTO corrections ({', '.join(COLUMNS)}) VALUES ({', '.join(f':{name}' for name in COLUMNS)})",
                row,
            )
        if self.backup is not None:
            self.backup.append(row)
        return correction

    def count(self) -> dict[str, int]:
        """Return the number of corrections for each label that occurs, in the order of LABELS."""
        with self._connection() as connection:
            counts = dict(connection.execute("SELECT label, COUNT(*) FROM corrections GROUP BY label"))
        return {label: counts[label] for label in LABELS if label in counts}

    def __iter__(self) -> Iterator[Correction]:
        """Iterate over the corrections in the order of storing, without corrections stored during the iteration."""
        with self._connection() as connection:
            for row in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM corrections ORDER BY id"):
                yield Correction(*row)

    def export(self, path: str | os.PathLike, labels: Sequence[str] = LABELS) -> int:
        """Write the corrections with these labels to a file of drawings. Return the number of corrections.

        The writer of each drawing is "visitor".
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
        """Open a connection for one call, so that threads share nothing. Turns SQLite's errors into StorageError.

        Outside an explicit transaction, `execute` returns when the statement is committed and on the disk.
        """
        try:
            with contextlib.closing(sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count = {MAX_FILE_BYTES // page_bytes}")
                yield connection
        except sqlite3.Error as error:
            # The low byte is the primary result code. Errors of the sqlite3 module itself have no code.
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            reason = FAILURES.get(code, f"the file of corrections cannot be used ({error})")
            raise StorageError(f"Not possible now: {reason}. Stored corrections are unchanged.") from error


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging, in which readers and a writer do not block each other.

    The file keeps this mode (https://www.sqlite.org/wal.html). SQLite's own timeout does not apply to this statement,
    so this function repeats the statement while another process uses the file.
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
    """Apply the missing migrations in one transaction. Raises StorageError for a file of a newer version."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # Commits the transaction, or rolls it back after an exception.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise StorageError(
                f"The file of corrections has version {version}, from a newer version of this program, which supports "
                f"up to {len(MIGRATIONS)}. Update the program, or use another file."
            )
        for statement in MIGRATIONS[version:]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")


def configured_store(path: str | os.PathLike | None = None) -> CorrectionStore | None:
    """Return the store at `path`, else the store at $CORRECTIONS, else None. Raises UserError if a setting is invalid.

    If $HF_TOKEN and $CORRECTIONS_DATASET are set, corrections are also backed up, from the folder `<path>.hub`.
    """
    path = path or os.environ.get("CORRECTIONS")
    if not path:
        return None
    return CorrectionStore(path, HubBackup.configured(Path(f"{path}.hub")))
