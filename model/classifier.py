"""A checkpoint → calibrated probabilities and a verdict with its reason."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from model import ink, normalization

CHECKPOINTS = Path(__file__).parent / "checkpoints"
DEFAULT = CHECKPOINTS / "digits.keras"


class CheckpointError(Exception):
    """A checkpoint cannot be used; the message names the file and the command that makes it."""


@dataclass(frozen=True)
class Calibration:
    """What was fitted on validation images and is kept in the checkpoint's JSON.

    temperature: the logits are divided by it before softmax (Guo et al. 2017, "On calibration of modern neural networks").
    sure_above: the probability from which on a verdict is `digit`, below it is `unsure`.
    """

    temperature: float
    sure_above: float


@dataclass(frozen=True)
class Answer:
    """What the page shows and the API returns.

    probabilities: ten, calibrated, sum 1; of a blank drawing all 0.1.
    verdict: `digit`, `unsure` or `blank`; digit: the likeliest one, None when blank; reason: the verdict in words.
    image: what the network saw, float32 (28, 28), 0 = paper … 1 = ink.
    milliseconds: time taken by each step, by its name.
    """

    probabilities: tuple[float, ...]
    verdict: str
    digit: int | None
    reason: str
    image: np.ndarray
    milliseconds: dict[str, float]

    def as_json(self) -> dict:
        """Plain lists and numbers; the image as 28 rows of 28 whole numbers, 0 = paper … 255 = ink."""
        return asdict(self) | {
            "probabilities": list(self.probabilities),
            "image": np.rint(self.image * 255).astype(int).tolist(),
        }
