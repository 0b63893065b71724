"""Backup of corrections: JSON Lines files in a private dataset on the Hugging Face Hub.

When a Space restarts, its disk is cleared. The dataset on the Hub is kept.
"""

import json
import logging
import os
from pathlib import Path
from uuid import uuid4

from model.errors import UserError, first_line


class HubBackup:
    """Append rows to a file in a folder that the Hub's client uploads every few minutes and at exit."""

    def __init__(self, scheduler, folder: Path):
        """`scheduler`: a `huggingface_hub.CommitScheduler` that uploads `folder`."""
        self.scheduler = scheduler
        # Each process has its own file, so that uploads do not overwrite each other.
        self.file = folder / f"{uuid4()}.jsonl"

    @classmethod
    def configured(cls, folder: Path) -> "HubBackup | None":
        """Return the backup to the dataset $CORRECTIONS_DATASET ("user/name"), with the token $HF_TOKEN.

        Returns None if one of the two variables is not set.

        Creates a private dataset if the dataset does not exist. Raises UserError if the Hub refuses the token or the
        dataset.
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
        """Append a row. A failure is only logged, because the row is already in the database."""
        try:
            with self.scheduler.lock, open(self.file, "a") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            logging.getLogger(__name__).warning("A correction is missing in the backup for the Hub: %s", error)
