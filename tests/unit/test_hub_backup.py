"""Corrections: configuration by environment variables, and backup to a dataset on the Hub."""

import json
import threading
from types import SimpleNamespace

import huggingface_hub
import numpy as np
import pytest

from model.corrections.hub_backup import HubBackup
from model.corrections.store import CorrectionStore, configured_store
from model.errors import UserError
from model.inference.answer import Verdict
from tests.helpers.corrections import storage_error

LINE = [np.array([[0.2, 0.2], [0.75, 0.2]])]
ANSWER = ("4", Verdict.UNSURE, "0123456789abcdef" * 4)


class Scheduler:
    """A fake of huggingface_hub.CommitScheduler. It records the arguments it was created with, and uploads nothing."""

    def __init__(self, **arguments):
        self.arguments, self.lock = arguments, threading.Lock()
        arguments["folder_path"].mkdir()


@pytest.fixture
def hub(monkeypatch):
    monkeypatch.setattr(huggingface_hub, "CommitScheduler", Scheduler, raising=False)
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("CORRECTIONS_DATASET", "somebody/corrections")


def test_the_path_is_the_argument_or_by_default_the_environment_variable(tmp_path, monkeypatch):
    for name in ("CORRECTIONS", "HF_TOKEN", "CORRECTIONS_DATASET"):
        monkeypatch.delenv(name, raising=False)
    assert configured_store() is None
    monkeypatch.setenv("CORRECTIONS", str(tmp_path / "one"))
    assert configured_store().path == tmp_path / "one"
    assert configured_store(tmp_path / "two").path == tmp_path / "two"
    assert configured_store().backup is None


@pytest.mark.parametrize("missing", ["HF_TOKEN", "CORRECTIONS_DATASET"])
def test_without_a_token_or_a_dataset_there_is_no_backup(hub, tmp_path, monkeypatch, missing):
    monkeypatch.delenv(missing)
    assert configured_store(tmp_path / "kept").backup is None


def test_corrections_are_appended_to_a_file_of_this_process_for_a_private_dataset(hub, tmp_path):
    one, two = (configured_store(tmp_path / name) for name in ("one", "two"))
    arguments = one.backup.scheduler.arguments
    assert (arguments["repo_id"], arguments["repo_type"]) == ("somebody/corrections", "dataset")
    assert (arguments["private"], arguments["token"]) == (True, "secret")
    assert arguments["folder_path"] == tmp_path / "one.hub" == one.backup.file.parent
    for label in ("7", "8"):
        one.keep(LINE, label, *ANSWER)
    two.keep(LINE, "9", *ANSWER)
    rows = [json.loads(line) for line in one.backup.file.read_text().splitlines()]
    assert [(row["label"], row["verdict"]) for row in rows] == [("7", "unsure"), ("8", "unsure")]
    assert json.loads(rows[0]["strokes"]) == {"strokes": [[[0.2, 0.2], [0.75, 0.2]]]}
    assert one.backup.file.name != two.backup.file.name
    assert "secret" not in one.backup.file.read_text()


def rows(store) -> list[str]:
    """Return the labels of the rows in the backup's files."""
    lines = [line for file in store.backup.folder.glob("*.jsonl") for line in file.read_text().splitlines()]
    return sorted(json.loads(line)["label"] for line in lines)


def test_a_deleted_correction_is_missing_in_the_next_upload_whichever_process_deletes_it(hub, tmp_path, monkeypatch):
    one, two = configured_store(tmp_path / "kept"), None
    with monkeypatch.context() as existing:
        existing.setattr(huggingface_hub, "CommitScheduler", lambda **_: one.backup.scheduler)
        two = configured_store(tmp_path / "kept")
    _, token = one.keep(LINE, "7", *ANSWER)
    for label in ("8", "9"):
        one.keep(LINE, label, *ANSWER)
    _, later = two.keep(LINE, "7", *ANSWER)  # The same correction by a second visitor has no row of its own.
    assert rows(one) == ["7", "8", "9"]
    assert two.delete(token) and rows(one) == ["7", "8", "9"]
    assert two.delete(later) and rows(one) == ["8", "9"]
    assert [file.suffix for file in one.backup.folder.iterdir() if file.name != "lock"] == [".jsonl"]


def test_if_the_backup_cannot_be_changed_the_correction_stays_and_can_be_deleted_later(hub, tmp_path, monkeypatch):
    store = configured_store(tmp_path / "kept")
    _, token = store.keep(LINE, "7", *ANSWER)

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("os.replace", fail)
        assert "the copy for the Hub cannot be changed (No space left on device)" in storage_error(store.delete, token)
    assert (store.count(), rows(store)) == ({"7": 1}, ["7"])
    assert store.delete(token) and (store.count(), rows(store)) == ({}, [])


def test_a_row_waits_for_the_end_of_an_upload(hub, tmp_path):
    store = configured_store(tmp_path / "kept")
    with store.backup.scheduler.lock:
        keeping = threading.Thread(target=store.keep, args=(LINE, "7", *ANSWER))
        keeping.start()
        keeping.join(0.5)
        assert keeping.is_alive() and not store.backup.file.exists()
    keeping.join()
    assert len(store.backup.file.read_text().splitlines()) == 1


def test_a_backup_that_cannot_be_written_is_logged_and_the_correction_is_stored(hub, tmp_path, caplog):
    store = configured_store(tmp_path / "kept")
    (tmp_path / "kept.hub").rmdir()
    store.keep(LINE, "7", *ANSWER)
    assert store.count() == {"7": 1}
    assert "missing in the backup for the Hub" in caplog.text


def test_the_error_for_a_dataset_that_cannot_be_reached_names_the_dataset(hub, tmp_path, monkeypatch):
    def unreachable(**arguments):
        raise ConnectionError("no route to host")

    monkeypatch.setattr(huggingface_hub, "CommitScheduler", unreachable)
    with pytest.raises(UserError, match="somebody/corrections on the Hub cannot be used .no route to host"):
        HubBackup.configured(tmp_path / "kept.hub")


def test_the_hubs_own_client_uploads_the_file_again_without_a_deleted_correction(tmp_path):
    uploads = []

    class Hub:
        """A fake of huggingface_hub.HfApi. It keeps the content of each uploaded file."""

        token = None

        def create_repo(self, *_, **__):
            return SimpleNamespace(repo_id="somebody/corrections")

        def create_commit(self, operations, **_):
            uploads.append({each.path_in_repo: each.path_or_fileobj.read().decode() for each in operations})

        def run_as_future(self, *_):
            """Upload nothing in the background. The test uploads."""

    folder = tmp_path / "kept.hub"
    scheduler = huggingface_hub.CommitScheduler(
        repo_id="somebody/corrections", hf_api=Hub(), folder_path=folder, allow_patterns="*.jsonl"
    )
    try:
        store = CorrectionStore(tmp_path / "kept", HubBackup(scheduler, folder))
        _, token = store.keep(LINE, "7", *ANSWER)
        store.keep(LINE, "8", *ANSWER)
        scheduler.push_to_hub()
        store.delete(token)
        scheduler.push_to_hub()
        scheduler.push_to_hub()  # Nothing has changed, so nothing is uploaded.
    finally:
        scheduler.stop()
    first, second = uploads
    assert list(first) == list(second) == [store.backup.file.name]
    labels = [[json.loads(line)["label"] for line in upload[store.backup.file.name].splitlines()] for upload in uploads]
    assert labels == [["7", "8"], ["8"]]
