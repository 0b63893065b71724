"""Store the state of a training after each epoch, so that `train.py --resume` can continue the training."""

import io
import json
import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras

from model.errors import UserError
from model.files import atomic_write
from model.training.weight_averaging import averaged_weights


@dataclass
class Progress:
    """The progress of a training.

    epoch: how many epochs are complete.
    best_epoch: which epoch has the best validation metrics; the first epoch is 1.
    seconds: training time in seconds.
    history: the metrics of each epoch.
    """

    epoch: int = 0
    best_epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)

    def add_epoch(self, metrics: dict[str, float]) -> bool:
        """Append the metrics of an epoch. Return whether this epoch is the best so far.

        The best epoch has the highest validation accuracy. If several epochs have the highest accuracy, the best of
        them has the lowest validation loss.
        """
        self.history.append(metrics)
        self.epoch = len(self.history)
        self.best_epoch = 1 + max(range(self.epoch), key=lambda i: _rank(self.history[i]))
        return self.best_epoch == self.epoch


def _rank(metrics: dict[str, float]) -> tuple[float, float]:
    return metrics["validation_accuracy"], -metrics["validation_loss"]


class TrainingState:
    """A folder with the state after the last epoch, the weights of the best epoch, and the progress.

    After each epoch, the weights are written to new files. Then `progress.json` is replaced in one step. It holds the
    numbers of the last and the best epoch, and these numbers are in the names of the files with weights. Therefore, if
    the training is killed at any time, `progress.json` refers to complete files.
    """

    def __init__(self, folder: Path, settings: dict):
        """Describe a training whose state is in `folder`.

        settings: the settings of the training, with values that JSON can store. A training can be resumed only with the
            settings with which it was started.
        """
        self.folder = folder
        self.settings = settings
        self.progress = Progress()

    def open(self, resume: bool) -> None:
        """Read the progress of the interrupted training if `resume` is true. Otherwise, delete any old state.

        Raises UserError if there is no interrupted training, or if the interrupted training had other settings.
        """
        if resume:
            self.progress = self._read_progress()
        else:
            self.remove()
        self.folder.mkdir(parents=True, exist_ok=True)

    def _read_progress(self) -> Progress:
        try:
            stored = json.loads(self._progress_file.read_text())
        except FileNotFoundError:
            raise UserError(
                f"{self.folder} holds no interrupted training. To start a new one, omit --resume."
            ) from None
        if stored["settings"] != self.settings:
            raise UserError(
                f"{self.folder} holds a training with other settings: "
                f"{_difference(stored['settings'], self.settings)}. Use those settings, or omit --resume."
            )
        return Progress(**stored["progress"])

    def restore(self, network: keras.Model) -> None:
        """Load the weights and the optimizer's state of the last complete epoch, if any epoch is complete."""
        if self.progress.epoch:
            network.load_weights(self._last_weights)

    def restore_best(self, network: keras.Model) -> None:
        """Load the weights of the best epoch."""
        network.load_weights(self._best_weights)

    def write(self, network: keras.Model, metrics: dict[str, float]) -> None:
        """Store the state after an epoch. If the epoch is the best so far, also store the weights of the best epoch.

        If the optimizer averages weights, the averaged weights are stored as the weights of the best epoch.
        network: the compiled network. The optimizer's state is stored too.
        metrics: the metrics of the epoch.
        Raises UserError if the disk is full. Then the state after the earlier epoch stays.
        """
        is_best = self.progress.add_epoch(metrics)
        try:
            self._write_files(network, is_best)
        except OSError as error:
            raise UserError(
                f"{self.folder} cannot hold the state of the training ({error.strerror}). Make room on the disk, or "
                "choose another folder with --output."
            ) from None

    def _write_files(self, network: keras.Model, is_best: bool) -> None:
        if is_best:
            with averaged_weights(network):
                _save_weights(network, self._best_weights)
        _save_weights(network, self._last_weights)
        with atomic_write(self._progress_file) as temporary:
            temporary.write_text(json.dumps({"settings": self.settings, "progress": asdict(self.progress)}))
        for file in self.folder.glob("*.weights.h5"):
            if file not in (self._last_weights, self._best_weights):
                file.unlink()

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _progress_file(self) -> Path:
        return self.folder / "progress.json"

    @property
    def _last_weights(self) -> Path:
        return self.folder / f"state-{self.progress.epoch:03}.weights.h5"

    @property
    def _best_weights(self) -> Path:
        return self.folder / f"best-{self.progress.best_epoch:03}.weights.h5"


class _MemoryFile(io.BytesIO):
    """A file in memory, to which Keras saves weights. Keras checks the end of the file's name."""

    def __str__(self) -> str:
        return "memory.weights.h5"


def _save_weights(network: keras.Model, path: Path) -> None:
    """Save the weights and the optimizer's state. Raises OSError, and leaves no partial file, if the disk is full.

    If HDF5 itself writes to a full disk, Python ends with a segmentation fault. Therefore, HDF5 writes to memory.
    """
    content = _MemoryFile()
    network.save_weights(content)
    with atomic_write(path) as temporary:
        temporary.write_bytes(content.getbuffer())


def _difference(old: dict, new: dict) -> str:
    changed = [name for name in new if old.get(name) != new[name]]
    return ", ".join(f"{name} was {old.get(name)} and is now {new[name]}" for name in changed)
