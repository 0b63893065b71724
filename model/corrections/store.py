"""What visitors teach: each drawing that the network got wrong, with what it is, in a SQLite file that survives a kill.

Kept are the strokes, their label, what the network said, its hash and the time; nothing about who drew them.

    python -m model.corrections --database FILE                  how many there are of which label
    python -m model.corrections --database FILE --export FILE    the same as drawings, to measure and to learn from
"""

import contextlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from model.classes import LABELS
from model.corrections.hub_backup import HubBackup
from model.data.drawings import LabeledDrawings, write_drawings
from model.errors import InputError, UserError
from model.inference.answer import Verdict
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import parse_strokes

VERDICTS = (Verdict.DIGIT, Verdict.UNSURE, Verdict.NOT_DIGIT)
# What `classifier.Answer.number` can be: at most one sign for each of segmentation.MOST_MARKS strokes.
NUMBER = re.compile(r"[0-9?]{1,64}")
SHA256 = re.compile(r"[0-9a-f]{64}")

# Of a drawing's JSON as it is kept: some 6,000 points, more than a minute of drawing.
MAX_DRAWING_BYTES = 100_000
# A ten-thousandth of the pad's side is finer than its pixels.
DECIMALS = 4
# Of the whole file: visitors cannot fill the disk. A thousand corrections take about 1 MB.
MAX_FILE_BYTES = 2**30
# How long a call waits while another process writes; a visitor waits as long.
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
"""One SQL statement each: a file whose user_version is n is what the first n have made. Only ever added to."""

# SQLite's result codes → what a visitor is told. https://www.sqlite.org/rescode.html
FAILURES = {
    sqlite3.SQLITE_FULL: "there is no room left for corrections",
    sqlite3.SQLITE_READONLY: "the file of corrections cannot be written",
    sqlite3.SQLITE_PERM: "the file of corrections cannot be written",
    sqlite3.SQLITE_CANTOPEN: "the file of corrections cannot be opened",
    sqlite3.SQLITE_NOTADB: "the file of corrections is damaged or is none",
    sqlite3.SQLITE_CORRUPT: "the file of corrections is damaged",
    sqlite3.SQLITE_BUSY: "the file of corrections is in use; try again in a moment",
    sqlite3.SQLITE_IOERR: "the disk failed",
}


class StorageError(UserError):
    """Corrections cannot be kept or read now, and those already kept are untouched; the message is for the visitor."""


@dataclass(frozen=True)
class Correction:
    """A drawing and what it is, according to who drew it.

    time: of keeping, UTC, ISO 8601. label: one of LABELS. strokes: `{"strokes": …}` as JSON, fractions of the pad.
    number, verdict: what the network said, as in `classifier.Answer`. model: the `sha256` of its checkpoint.
    """

    time: str
    label: str
    strokes: str
    number: str
    verdict: str
    model: str

    @classmethod
    def of(cls, drawing: object, label: object, number: object, verdict: object, model: object) -> "Correction":
        """A correction of now. Raises InputError or InputError for what does not belong into one."""
        text = _as_json(drawing)
        if label not in LABELS:
            raise InputError(f"A drawing is one of {', '.join(LABELS)}.")
        if verdict not in VERDICTS:
            raise InputError(f"The network's verdict is one of {', '.join(VERDICTS)}.")
        if not (isinstance(number, str) and NUMBER.fullmatch(number)):
            raise InputError("The number that was read is digits, with ? for what is none.")
        if not (isinstance(model, str) and SHA256.fullmatch(model)):
            raise InputError("A model is named by its SHA-256, 64 hexadecimal digits.")
        return cls(datetime.now(UTC).isoformat(timespec="seconds"), label, text, number, verdict, model)


def _as_json(strokes: Sequence[Stroke]) -> str:
    """Any drawing that `parse_strokes` takes → its strokes as JSON, and nothing that came with them."""
    strokes = [stroke.round(DECIMALS).tolist() for stroke in strokes]
    if not strokes:
        raise InputError("Nothing is drawn yet; a correction needs a drawing.")
    text = json.dumps({"strokes": strokes}, separators=(",", ":"))
    if len(text) > MAX_DRAWING_BYTES:
        raise InputError(
            f"The drawing takes {len(text):,} bytes; corrections of at most {MAX_DRAWING_BYTES:,} are kept."
        )
    return text


class CorrectionStore:
    """A file of corrections. Many threads and several processes may use one at once."""

    def __init__(
        self,
        path: str | os.PathLike,
        mirror: HubBackup | None = None,
        max_bytes: int = MAX_FILE_BYTES,
        migrations: Sequence[str] = MIGRATIONS,
    ):
        """Make the file where there is none, or bring an older one up to date. Raises StorageError.

        mirror: where corrections go besides. max_bytes: what the file may grow to. migrations: as MIGRATIONS.
        """
        self.path = Path(path)
        self.mirror = mirror
        self.max_bytes = max_bytes
        with self._open() as connection:
            _to_wal(connection)
            _migrate(connection, migrations)

    def keep(self, strokes: Sequence[Stroke], label: str, number: str, verdict: str, model: str) -> Correction:
        """Keep a correction: when this returns, it is on the disk. The arguments are told at Correction.

        Raises InputError or InputError for what is none, StorageError when it could not be kept.
        """
        correction = Correction.of(strokes, label, number, verdict, model)
        columns = asdict(correction)
        with self._open() as connection:
            connection.execute(
                f"INSERT INTO corrections ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                tuple(columns.values()),
            )
        if self.mirror is not None:
            self.mirror.append(columns)
        return correction

    def count(self) -> dict[str, int]:
        """How many there are of each label, in the order of LABELS; labels without any are left out."""
        with self._open() as connection:
            found = dict(connection.execute("SELECT label, COUNT(*) FROM corrections GROUP BY label"))
        return {label: found[label] for label in LABELS if label in found}

    def __iter__(self) -> Iterator[Correction]:
        """All corrections in the order in which they were kept, as they were when the first was asked for."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT time, label, strokes, number, verdict, model FROM corrections ORDER BY id"
            )
            for row in rows:
                yield Correction(*row)

    def export(self, path: str | os.PathLike, labels: Sequence[str] = LABELS) -> int:
        """Write those with one of `labels` as a file that `read_drawings` reads → how many. No writer has a name.

        Raises StorageError, also for strokes that were damaged in the file, and OSError when it cannot be written.
        """
        chosen = [correction for correction in self if correction.label in labels]
        try:
            drawn = [parse_strokes(correction.strokes) for correction in chosen]
        except InputError as error:
            raise StorageError(f"The file of corrections is damaged. {error}") from None
        given = [correction.label for correction in chosen]
        write_drawings(path, LabeledDrawings(drawn, given, ["visitor"] * len(chosen)))
        return len(chosen)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection for one call: nothing is shared between threads, and nothing has to be mended after a failure.

        Each statement is a transaction, on the disk when `execute` returns, unless one is begun by hand.
        """
        try:
            with contextlib.closing(sqlite3.connect(self.path, BUSY_SECONDS, isolation_level=None)) as connection:
                connection.execute("PRAGMA synchronous = FULL")
                page_bytes = connection.execute("PRAGMA page_size").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count = {self.max_bytes // page_bytes}")
                yield connection
        except sqlite3.Error as error:
            # The low byte is the code; the others say more closely where. A misuse of the module has none.
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            reason = FAILURES.get(code, f"the file of corrections cannot be used ({error})")
            raise StorageError(f"Not possible now: {reason}. CorrectionStore kept before are untouched.") from error


def _to_wal(connection: sqlite3.Connection) -> None:
    """Readers and a writer do not wait for one another (https://www.sqlite.org/wal.html); the file remembers it.

    For this change alone SQLite does not wait while another process makes it.
    """
    patience = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                raise
            time.sleep(0.02)


def _migrate(connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    """Apply what the file lacks, all of it or nothing. Raises StorageError for a file from a newer version."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # Commits, or takes back.
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > len(migrations):
            raise StorageError(
                f"The file of corrections is from a newer version of this program ({version}; "
                f"this one knows {len(migrations)}). Update the program, or name another file."
            )
        for statement in migrations[version:]:
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def configured_store(path: str | os.PathLike | None = None) -> CorrectionStore | None:
    """Corrections at `path`, or else at $CORRECTIONS; None where neither is given. Raises StorageError, MirrorError.

    With $HF_TOKEN and $CORRECTIONS_DATASET set they also go to that dataset, from a folder beside the file.
    """
    path = path or os.environ.get("CORRECTIONS")
    if not path:
        return None
    return CorrectionStore(path, HubBackup.configured(Path(f"{path}.hub")))
