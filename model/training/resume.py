"""The state of an interrupted training: where it is written after each epoch, and how it resumes."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import keras

from model.errors import UserError
from model.files import replacing


@dataclass
class Progress:
    """How far a training has come: what is written after each epoch beside the weights."""

    epoch: int = 0
    best_epoch: int = 0
    seconds: float = 0.0
    history: list[dict[str, float]] = field(default_factory=list)

    def note(self, figures: dict[str, float]) -> bool:
        """Add an epoch's figures; True when its validation accuracy (then its loss) is the best so far."""
        self.history.append(figures)
        self.epoch = len(self.history)
        best = max(range(self.epoch), key=lambda i: _rank(self.history[i]))
        self.best_epoch = best + 1
        return self.best_epoch == self.epoch


def _rank(figures: dict[str, float]) -> tuple[float, float]:
    return figures["validation_accuracy"], -figures["validation_loss"]


class TrainingState:
    """The folder of a training in progress: the last epoch's state, the best epoch's weights, and the figures so far.

    Files of a new epoch are written under a new name; then `progress.json`, which names them, is replaced in one step.
    A kill at any moment leaves the last complete epoch.
    """

    def __init__(self, folder: Path, settings: dict):
        self.folder = folder
        self.settings = settings
        self.progress = Progress()

    def open(self, resume: bool) -> None:
        """Start anew, or take up what is there. Raises UserError when it is from another training."""
        if not resume:
            shutil.rmtree(self.folder, ignore_errors=True)
        elif not (self.folder / "progress.json").exists():
            raise UserError(f"{self.folder} holds no training to go on with. Leave --resume out to start one.")
        else:
            noted = json.loads((self.folder / "progress.json").read_text())
            if noted["settings"] != self.settings:
                raise UserError(
                    f"{self.folder} is from a training with other settings: "
                    f"{_difference(noted['settings'], self.settings)}. "
                    "Repeat those, or leave --resume out to start anew."
                )
            self.progress = Progress(**noted["progress"])
        self.folder.mkdir(parents=True, exist_ok=True)

    def restore(self, network: keras.Model) -> None:
        """Weights, optimizer and random state as they were after the last complete epoch."""
        if self.progress.epoch:
            network.load_weights(self._state(self.progress.epoch))

    def restore_best(self, network: keras.Model) -> None:
        network.load_weights(self._best(self.progress.best_epoch))

    def write(self, network: keras.Model, figures: dict[str, float]) -> None:
        """After an epoch: what is needed to go on, and the weights if they are the best so far."""
        if self.progress.note(figures):
            with averaged_weights(network):
                network.save_weights(self._best(self.progress.epoch))
        # Compiled, so that the optimizer's state goes in, too.
        network.save_weights(self._state(self.progress.epoch))
        with replacing(self.folder / "progress.json") as part:
            part.write_text(json.dumps({"settings": self.settings, "progress": asdict(self.progress)}))
        for file in self.folder.glob("*.weights.h5"):
            if file not in (self._state(self.progress.epoch), self._best(self.progress.best_epoch)):
                file.unlink()

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def _state(self, epoch: int) -> Path:
        return self.folder / f"state-{epoch:03}.weights.h5"

    def _best(self, epoch: int) -> Path:
        return self.folder / f"best-{epoch:03}.weights.h5"


def _difference(was: dict, now: dict) -> str:
    changed = [key for key in now if was.get(key) != now[key]]
    return ", ".join(f"{key} was {was.get(key)} and is now {now[key]}" for key in changed)


@contextlib.contextmanager
def averaged_weights(network: keras.Model) -> Iterator[None]:
    """Within, the network holds the moving average of its weights, if its optimizer keeps one."""
    if not network.optimizer.use_ema:
        yield
        return
    trained = [keras.ops.convert_to_numpy(variable) for variable in network.trainable_variables]
    network.optimizer.finalize_variable_values(network.trainable_variables)
    try:
        yield
    finally:
        for variable, value in zip(network.trainable_variables, trained, strict=True):
            variable.assign(value)
