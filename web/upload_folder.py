"""The folder of uploaded pictures: one for each process. It is deleted when the process ends.

The folder is in Gradio's folder for uploads, and has a lock beside it. The system releases the lock when the process
ends, also after a kill. Therefore a start recognizes the folders of processes that are no longer running.
"""

import atexit
import contextlib
import os
import secrets
import shutil
from pathlib import Path

import gradio as gr
from filelock import FileLock, Timeout

from model.errors import UserError

PREFIX = "uploaded-pictures-"


class UploadFolder:
    """The folder of this process. Only the user of this process can read it.

    Each picture has a random name, so that nobody can guess the path of another visitor's picture.
    """

    def __init__(self, parent: Path):
        """Delete the folders of processes that are no longer running, and create a folder in `parent`.

        Raises UserError if the folder cannot be created or if it cannot hold a file.
        """
        self._process = os.getpid()
        self.path = parent / (PREFIX + secrets.token_hex(8))
        # Any thread may release the lock.
        self._lock = FileLock(_lock_path(self.path), timeout=0, thread_local=False)
        try:
            parent.mkdir(parents=True, exist_ok=True)
            delete_abandoned(parent)
            self._lock.acquire()
            self.path.mkdir(mode=0o700)
            test = self.new_path()
            test.write_bytes(b"A full disk has no room for this text.")
            test.unlink()
        except (OSError, Timeout) as error:
            self.delete()
            reason = getattr(error, "strerror", None) or "it cannot be locked"
            raise UserError(
                f"The folder {parent} cannot hold uploaded pictures ({reason}). Make room in it, or set "
                "GRADIO_TEMP_DIR to a folder that can be written."
            ) from None
        atexit.register(self.delete)

    def new_path(self) -> Path:
        """Return a path for a new picture."""
        return self.path / secrets.token_hex(16)

    def delete(self) -> None:
        """Delete the folder, and release its lock. Further calls have no effect."""
        if os.getpid() != self._process:  # A forked child is ending. The folder belongs to its parent.
            return
        atexit.unregister(self.delete)
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release(force=True)
        with contextlib.suppress(OSError):
            _lock_path(self.path).unlink(missing_ok=True)


def parent_folder() -> Path:
    """Return Gradio's folder for uploads, in which each process has its own folder."""
    return Path(gr.utils.get_upload_folder()).resolve()


def is_upload(path: Path) -> bool:
    """Return whether a path without links is a picture that this or another process has received and not read yet."""
    folder = path.parent
    return path.is_file() and folder.parent == parent_folder() and folder.name.startswith(PREFIX)


def delete_abandoned(parent: Path) -> None:
    """Delete the folders of processes that are no longer running. Folders that cannot be deleted stay."""
    for folder in parent.glob(f"{PREFIX}*/"):
        lock = FileLock(_lock_path(folder), timeout=0)
        with contextlib.suppress(OSError, Timeout), lock:
            shutil.rmtree(folder, ignore_errors=True)
            _lock_path(folder).unlink(missing_ok=True)


def _lock_path(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
