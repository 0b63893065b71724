"""Example data and users for the tests that store corrections."""

import contextlib
import os
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from model.corrections.sqlite_file import StorageError
from model.inference.answer import Verdict

SEVEN = [np.array([[0.2, 0.2], [0.75, 0.2], [0.4, 0.85]]), np.array([[0.3, 0.5], [0.6, 0.5]])]
SHA256 = "0123456789abcdef" * 4
ANSWER = ("4", Verdict.UNSURE, SHA256)
"""The last arguments of `CorrectionStore.keep`: number and verdict of the corrected answer, SHA-256 of the network."""

NO_LIMITS = {"CORRECTIONS_PER_CLIENT": "", "CORRECTIONS_IN_TOTAL": ""}
"""Environment variables of a server that stores any number of corrections of one client."""


def storage_error(action, *arguments) -> str:
    """Return the message of the StorageError that the call raises."""
    with pytest.raises(StorageError) as failure:
        action(*arguments)
    return str(failure.value)


@contextlib.contextmanager
def unprivileged():
    """If the tests run as root, run the block as an unprivileged user, because root can write to read-only files."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


@contextlib.contextmanager
def unprivileged_owner(folder: Path):
    """Like `unprivileged`, but also make the unprivileged user the owner of the folder."""
    if os.geteuid() == 0:
        os.chown(folder, 65534, -1)
    with unprivileged():
        yield


def drawing(number: int) -> list[np.ndarray]:
    """Return a drawing that differs for each number from 0 to 9,999. The same drawing would be stored only once."""
    return [np.array([[number / 10_000, 0.5], [0.4, 0.85]])]


def delete_all(path: Path) -> None:
    """Delete all corrections of a file, so that a test can store the same drawing as an earlier test."""
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM corrections")
