"""Backup of corrections: JSON Lines files in a private dataset on the Hugging Face Hub.

When a Hugging Face Space restarts, the disk of the Space is cleared. The dataset on the Hub is not cleared.
"""

import contextlib
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

from model.corrections.sqlite_file import StorageError
from model.errors import UserError, first_line

try:
    import fcntl
except ImportError:  # Windows has no such locks. There, one process serves the page.
    fcntl = None


class HubBackup:
    """Write corrections to a local file. The Hub's client uploads changed files every few minutes and at exit."""

    def __init__(self, scheduler, folder: Path):
        """Choose the name of a new file in `folder`.

        scheduler: the `huggingface_hub.CommitScheduler` that uploads `folder`.
        """
        self.scheduler, self.folder = scheduler, folder
        # Each process has its own file. Otherwise, the uploads of two processes would overwrite each other.
        self.file = folder / f"{uuid4()}.jsonl"

    @classmethod
    def configured(cls, folder: Path) -> "HubBackup | None":
        """Return the backup that two environment variables define; None if at least one of them is not set.

        CORRECTIONS_DATASET is the name of the dataset on the Hub, "user/name". HF_TOKEN is the access token.
        If the dataset does not exist, it is created as a private dataset.
        folder: the local folder that is uploaded.
        Raises UserError if the Hub's client cannot use the dataset, for example because the token is invalid.
        """
        token, dataset = os.environ.get("HF_TOKEN"), os.environ.get("CORRECTIONS_DATASET")
        if not (token and dataset):
            return None
        from huggingface_hub import CommitScheduler

        repository = {"repo_id": dataset, "repo_type": "dataset", "private": True, "token": token}
        try:
            scheduler = CommitScheduler(**repository, folder_path=folder, allow_patterns="*.jsonl")
        except Exception as error:  # The Hub's client raises many types of exceptions.
            raise UserError(f"The dataset {dataset} on the Hub cannot be used ({first_line(error)}).") from error
        return cls(scheduler, folder)

    def append(self, row: dict) -> None:
        """Append a correction as a row. A failure is only logged, because the correction is already in the database."""
        try:
            with self._locked(), open(self.file, "a") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            logging.getLogger(__name__).warning("A correction is missing in the backup for the Hub: %s", error)

    def remove(self, label: str, strokes: str) -> None:
        """Remove the correction with this label and these strokes from the files of all processes.

        The next upload replaces each changed file on the Hub. Raises StorageError if a file cannot be changed.
        """
        fields = json.dumps({"label": label, "strokes": strokes})[1:-1]  # A part of the row's line.
        try:
            with self._locked():
                for file in self.folder.glob("*.jsonl"):
                    lines = file.read_text().splitlines(keepends=True)
                    kept = [line for line in lines if fields not in line]
                    if len(kept) < len(lines):
                        _replace(file, "".join(kept))
        except OSError as error:
            raise StorageError(
                f"Not possible now: the copy for the Hub cannot be changed ({error.strerror}). Stored corrections are "
                "unchanged."
            ) from None

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep the files unchanged by all other threads and processes. The scheduler lists no files meanwhile."""
        with self.scheduler.lock, open(self.folder / "lock", "w") as file:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX)  # Released when the file is closed.
            yield


def _replace(file: Path, content: str) -> None:
    """Replace a file in one step. An upload that is in progress still reads the old file.

    The name of the temporary file does not end in .jsonl, so that no process uploads it.
    """
    temporary = file.with_suffix(".new")
    try:
        temporary.write_text(content)
        os.replace(temporary, file)
    finally:
        temporary.unlink(missing_ok=True)
