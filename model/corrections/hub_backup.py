"""Backup of corrections: JSON Lines files in a private dataset on the Hugging Face Hub.

When a Hugging Face Space restarts, the disk of the Space is cleared. The dataset on the Hub is not cleared.
"""

import json
import logging
import os
from pathlib import Path
from uuid import uuid4

from model.errors import UserError, first_line


class HubBackup:
    """Append corrections to a local file. The Hub's client uploads the folder every few minutes and at exit."""

    def __init__(self, scheduler, folder: Path):
        """Choose the name of a new file in `folder`.

        scheduler: the `huggingface_hub.CommitScheduler` that uploads `folder`.
        """
        self.scheduler = scheduler
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
            with self.scheduler.lock, open(self.file, "a") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            logging.getLogger(__name__).warning("A correction is missing in the backup for the Hub: %s", error)
