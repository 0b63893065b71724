"""One worker process with its limits. The worker decodes one picture at a time, and is replaced after a failure."""

import contextlib
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import InputError
from model.preprocessing.decoding import TooDemandingError
from web import metrics
from web.pictures import messages

ROOT = Path(__file__).parents[2]
"""The folder with the packages `model` and `web`."""
WORKER = "web.pictures.worker"
# OpenBLAS would allocate memory for each processor core. With a fixed threshold, the C library of Linux returns the
# memory of large objects to the system at once. With a safe path, Python would not search ROOT.
ENVIRONMENT = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_MMAP_THRESHOLD_": "131072", "PYTHONSAFEPATH": ""}
# Ctrl+C in a terminal reaches only the server, which ends its workers.
OWN_GROUP = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {"process_group": 0}
# Maximum time for the start of a worker, in seconds. A start takes 0.3 s; the limit is high for a busy machine.
START_SECONDS = 30


@dataclass(frozen=True)
class Limits:
    """What one picture may take.

    memory: bytes, including the file. seconds: the wall time. The limit on processor time is about a second higher.
    """

    memory: int
    seconds: float


class LaneBusyError(Exception):
    """The worker was not free before the deadline."""


class TooSlowError(Exception):
    """Decoding takes more time than the worker may use."""


class WorkerFailedError(Exception):
    """The worker ended unexpectedly, for example because the picture crashed the decoder."""


class Lane:
    """A worker process. Thread-safe: callers wait until the worker is free."""

    def __init__(self, limits: Limits):
        self.limits = limits
        self.process: subprocess.Popen | None = None
        self._is_ready = False
        self._free = threading.Lock()

    def start(self) -> None:
        """Start the worker, and do not wait until it is ready."""
        with self._free:
            self._start()

    def decode(self, content: bytes, deadline: float) -> np.ndarray:
        """Return the planes of a picture file, float32 (H, W, C).

        deadline: the `time.monotonic()` at which the result must be there.
        Raises InputError, LaneBusyError, TooSlowError, TooDemandingError or WorkerFailedError.
        """
        if len(content) > self.limits.memory // 2:
            raise TooDemandingError
        if not self._free.acquire(timeout=max(0, deadline - time.monotonic())):
            raise LaneBusyError
        try:
            self._start()
            self._wait_until_ready()
            seconds = min(self.limits.seconds, deadline - time.monotonic())
            if seconds <= 0:
                raise LaneBusyError
            return self._decode(content, seconds)
        finally:
            self._free.release()

    def close(self) -> None:
        """End the worker, after the picture that it decodes."""
        with self._free:
            self._stop()

    def _start(self) -> None:
        """Start the worker unless it runs. Replace a worker that has ended."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            metrics.count_picture_worker_restart()
        self._stop()
        self.process = subprocess.Popen(
            [sys.executable, "-m", WORKER, str(self.limits.memory), str(int(self.limits.seconds) + 1)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=os.environ | ENVIRONMENT,
            **OWN_GROUP,
        )

    def _wait_until_ready(self) -> None:
        if self._is_ready:
            return
        try:
            with _TimeLimit(self.process, START_SECONDS):
                messages.wait_until_ready(self.process.stdout)
        except EOFError:
            self._stop()
            raise RuntimeError(f"{WORKER} did not start; its error message is in the log.") from None
        self._is_ready = True

    def _decode(self, content: bytes, seconds: float) -> np.ndarray:
        """Return the planes. Replace the worker if it is too slow, has ended, or has used all its memory."""
        limit = _TimeLimit(self.process, seconds)
        try:
            with limit:
                messages.send_picture(self.process.stdin, content)
                return messages.receive_result(self.process.stdout)
        except (InputError, TooDemandingError):
            raise
        except MemoryError:
            self._replace()
            raise TooDemandingError from None
        except (OSError, EOFError, ValueError):  # The worker has ended, or it sent something else than a result.
            self._replace()
            if not limit.has_passed:
                raise WorkerFailedError from None
            # If most of the time passed while the picture waited, the picture itself may be ordinary.
            raise (TooSlowError if seconds > self.limits.seconds / 2 else LaneBusyError) from None

    def _replace(self) -> None:
        """Start a new worker now, so that the next picture does not wait for the start."""
        metrics.count_picture_worker_restart()
        self._stop()
        self._start()

    def _stop(self) -> None:
        self._is_ready = False
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):  # The worker has not read everything.
                stream.close()
        self.process = None


class _TimeLimit:
    """A context manager that kills a process if its block takes too long. It works on all systems.

    has_passed: whether the process was killed.
    """

    def __init__(self, process: subprocess.Popen, seconds: float):
        self.has_passed = False
        self._process = process
        self._timer = threading.Timer(seconds, self._kill)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_) -> None:
        self._timer.cancel()
        self._timer.join()
        if self.has_passed:
            self._process.wait()

    def _kill(self) -> None:
        self.has_passed = True
        self._process.kill()
