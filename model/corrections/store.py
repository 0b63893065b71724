"""Store corrections in a SQLite file. A correction is a drawing with the label that a visitor gave.

Visitors correct drawings that the network read wrong. A row of the file holds the strokes, the label, the network's
answer, the SHA-256 of the network's checkpoint and the time. It holds nothing about the visitor, except for the hash
of a random token. A stored correction survives a crash of the process.
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

from model.classes import LABELS, MAX_NUMBER_DIGITS, is_label, is_number
from model.corrections import sqlite_file
from model.corrections.hub_backup import HubBackup
from model.corrections.schema import migrate, token_hash, version_of
from model.errors import InputError
from model.preprocessing.geometry import Stroke

# Maximum size of one drawing as JSON: about 6,000 points, which is more than a minute of drawing.
MAX_DRAWING_BYTES = 100_000
# Decimal places of a stored coordinate. 1/10,000 of the pad's side is less than a pixel of the screen.
DECIMALS = 4
# Maximum size of the SQLite file, so that visitors cannot fill the disk. 1,000 corrections take about 1 MB.
MAX_FILE_BYTES = 2**30
# Maximum time that a call waits while another process writes to the file.
BUSY_SECONDS = 5.0


@dataclass(frozen=True)
class Correction:
    """A drawing with the label that the visitor gave.

    time: time at which the correction was stored, UTC, ISO 8601.
    label: the label that the visitor gave: one of LABELS, or a number of up to MAX_NUMBER_DIGITS digits.
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
        """Return a correction with the current time. Raises InputError if the label is neither in LABELS nor a number,
        or if the drawing is empty or too large.
        """
        if not is_label(label):
            raise InputError(
                f"The label of a drawing is one of {', '.join(LABELS)}, or a number of 2 to {MAX_NUMBER_DIGITS} digits."
            )
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
NUMBERS = "numbers"

_RELEASE = "DELETE FROM claims WHERE token_hash = ? RETURNING correction"
_DELETE_UNCLAIMED = """DELETE FROM corrections
    WHERE id = ? AND NOT EXISTS (SELECT 1 FROM claims WHERE correction = corrections.id) RETURNING label, strokes"""


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
                version_of(connection)
            return
        sqlite_file.check_unopened(self.path)
        with self._connection() as connection:
            sqlite_file.check_owner(connection)
            migrate(connection)
            _enable_wal(connection)

    def keep(
        self, strokes: Sequence[Stroke], label: object, number: str, verdict: str, model: str
    ) -> tuple[Correction, str]:
        """Store a correction. When the call returns, the correction is on the disk.

        Returns the correction, and a random token with which its visitor can delete it. The same drawing with the same
        label is stored once. It stays until every visitor who gave it has deleted it.

        The arguments are those of `Correction.of`. Raises InputError if an argument is invalid, and StorageError if the
        correction cannot be stored.
        """
        correction = Correction.of(strokes, label, number, verdict, model)
        row, token = asdict(correction), secrets.token_urlsafe(16)
        columns = (*COLUMNS, "digest")
        names, values = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        with self._connection() as connection, _transaction(connection):
            inserted = connection.execute(
                f"INSERT INTO corrections ({names}) VALUES ({values}) ON CONFLICT (digest) DO NOTHING",
                row | {"digest": correction.digest},
            )
            connection.execute(
                "INSERT INTO claims SELECT ?, id FROM corrections WHERE digest = ?",
                [token_hash(token), correction.digest],
            )
        if inserted.rowcount and self.backup is not None:
            self.backup.append(row)
        return correction, token

    def delete(self, token: str) -> bool:
        """Delete the correction of the visitor who has this token. Return whether there was one.

        If another visitor gave the same correction, its row stays for this visitor. Otherwise, the row is deleted from
        the file and from the backup, so that the next upload to the Hub does not have it.
        Raises StorageError, and deletes nothing from the file, if the file or the backup cannot be written.
        """
        # The token itself is never compared. The duration of a search for its hash tells nothing about other tokens.
        claim = [token_hash(token)]
        with self._connection() as connection:
            if not connection.execute("SELECT 1 FROM claims WHERE token_hash = ?", claim).fetchone():
                return False
            connection.execute("PRAGMA secure_delete = ON")  # Overwrite the deleted content in the file.
            with _transaction(connection):
                released = connection.execute(_RELEASE, claim).fetchall()
                deleted = [row for (id,) in released for row in connection.execute(_DELETE_UNCLAIMED, [id]).fetchall()]
                for label, strokes in deleted if self.backup is not None else ():
                    self.backup.remove(label, strokes)
        return bool(released)

    def count(self) -> dict[str, int]:
        """Return the number of corrections with each label, in the order of LABELS. Labels with none are left out.

        All numbers of several digits together have the key NUMBERS.
        """
        with sqlite_file.reading(self.path) as connection:
            counts = dict(connection.execute("SELECT label, COUNT(*) FROM corrections GROUP BY label"))
        counts[NUMBERS] = sum(count for label, count in counts.items() if is_number(label))
        return {label: counts[label] for label in (*LABELS, NUMBERS) if counts.get(label)}

    def __iter__(self) -> Iterator[Correction]:
        """Yield the corrections, oldest first. Corrections that are stored during the iteration are left out."""
        with sqlite_file.reading(self.path) as connection:
            for row in connection.execute(f"SELECT {', '.join(COLUMNS)} FROM corrections ORDER BY id"):
                yield Correction(*row)

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


@contextlib.contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Run the statements of the block in one transaction. After an exception, roll all of them back."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        yield


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
