"""Attacks on the file of corrections: a full or read-only disk, and the file of another program."""

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from model.corrections.store import CorrectionStore
from tests.helpers.paths import ROOT
from tests.helpers.server import Server, free_port
from tests.tools.attacks.attack import Outcome, attack

STROKES = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]])]
CORRECTIONS = 3
# The shell gets an own view of the mounted disks. A small disk in memory is filled, or made read-only. The arguments
# are the folder to mount at, the folder with the files to copy, and the command to run.
ON_SMALL_DISK = """
mount -t tmpfs -o size=1m tmpfs "$1" && cp "$2"/* "$1" || exit 99
{spoil}
shift 2; exec "$@"
"""
FULL = 'cat /dev/zero > "$1/rest" 2>/dev/null; : 2>/dev/null > "$1/more"; cat /dev/zero 2>/dev/null > "$1/more"'
READ_ONLY = 'mount -o remount,ro "$1"'


@attack(12, "export corrections from a full and a read-only disk, and open the SQLite file of another program")
def spoil_corrections(_: Server) -> Outcome:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stored = folder / "stored"
        stored.mkdir()
        store_corrections(stored)
        exported = {disk: export(folder, stored, spoil) for disk, spoil in (("full", FULL), ("read-only", READ_ONLY))}
        other = folder / "other.sqlite"
        with contextlib.closing(sqlite3.connect(other)) as connection:
            connection.execute("CREATE TABLE notes (text TEXT)")
        before = other.read_bytes()
        error = serve_with(other)
        changed = [path.name for path in folder.glob("other*") if path != other or path.read_bytes() != before]
    is_sentence = error.count("\n") == 1 and "not a file of corrections" in error
    holds = set(exported.values()) == {CORRECTIONS} and is_sentence and not changed
    return Outcome(
        f"{CORRECTIONS} corrections, the newest in a WAL file; {len(before):,} bytes of another program",
        f"{exported['full']} exported from a full disk, {exported['read-only']} from a read-only disk; the other "
        f"program's file is {'changed' if changed else 'unchanged'}; {error.strip().splitlines()[-1]}",
        holds,
    )


def store_corrections(folder: Path) -> None:
    """Write a file of corrections as a killed server leaves it: the newest corrections are in a WAL file."""
    with tempfile.TemporaryDirectory() as live:
        store = CorrectionStore(Path(live, "corrections.sqlite"))
        with contextlib.closing(sqlite3.connect(store.path)) as connection:
            connection.execute("SELECT * FROM corrections").fetchall()
            for label in map(str, range(CORRECTIONS)):
                store.keep(STROKES, label, "4", "unsure", "0123456789abcdef" * 4)
            for suffix in ("", "-wal"):
                shutil.copy(f"{store.path}{suffix}", folder)


def export(folder: Path, stored: Path, spoil: str) -> int:
    """Return how many corrections the command exports from a small disk that `spoil` has made unusable."""
    disk = folder / "disk"
    disk.mkdir(exist_ok=True)
    database, target = disk / "corrections.sqlite", folder / "exported.npz"
    target.unlink(missing_ok=True)
    script = ON_SMALL_DISK.format(spoil=spoil)
    command = [sys.executable, "-m", "model.corrections", "--database", database, "--export", target]
    shell = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", disk, stored, *command]
    done = subprocess.run(shell, cwd=ROOT, capture_output=True, text=True, timeout=60)
    if done.returncode == 99:
        raise RuntimeError(f"This attack needs the right to mount a disk: {done.stderr}")
    return len(np.load(target)["labels"]) if target.exists() else 0


def serve_with(corrections: Path) -> str:
    """Return what `python demo.py` prints about a file of corrections that it refuses."""
    command = [sys.executable, "demo.py", "--port", str(free_port()), "--corrections", corrections]
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60).stderr
    except subprocess.TimeoutExpired:
        return "The server has started."
