"""A second copy of what is kept: lines of JSON that go to a private dataset on the Hugging Face Hub.

A Space's own disk is emptied when it restarts; its dataset stays.
"""

import json
import logging
import os
from pathlib import Path
from uuid import uuid4

from model.errors import UserError, first_line


class HubBackup:
    """Rows are appended to a file in a folder, which the Hub's scheduler uploads every few minutes and at the end."""

    def __init__(self, scheduler, folder: Path):
        """`scheduler` is a huggingface_hub.CommitScheduler, or anything with its `lock`, that watches `folder`."""
        self.scheduler = scheduler
        # Of its own for each process: uploads then never overwrite one another.
        self.file = folder / f"{uuid4()}.jsonl"

    @classmethod
    def configured(cls, folder: Path) -> "HubBackup | None":
        """What $HF_TOKEN and $CORRECTIONS_DATASET ("user/name") ask for; None unless both are set.

        The dataset is made, private, where there is none. Raises UserError when that fails.
        """
        token, dataset = os.environ.get("HF_TOKEN"), os.environ.get("CORRECTIONS_DATASET")
        if not (token and dataset):
            return None
        from huggingface_hub import CommitScheduler

        where = {"repo_id": dataset, "repo_type": "dataset", "private": True, "token": token}
        try:
            scheduler = CommitScheduler(**where, folder_path=folder, allow_patterns="*.jsonl")
        except Exception as error:  # The Hub's client raises many kinds.
            raise UserError(f"The dataset {dataset} on the Hub cannot be used ({first_line(error)}).") from error
        return cls(scheduler, folder)

    def append(self, row: dict) -> None:
        """Add a row. It is a copy: a failure is told in the log and stops nobody."""
        try:
            with self.scheduler.lock, open(self.file, "a") as file:
                file.write(json.dumps(row) + "\n")
        except OSError as error:
            logging.getLogger(__name__).warning("A correction is not in the copy for the Hub: %s", error)
