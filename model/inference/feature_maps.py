"""The maps of each layer that are shown, and the scale of their brightness. Both are fixed for a network.

They are chosen on images of digits (`model.evaluation.map_selection`) and stored beside the checkpoint, in
`<name>-maps.json`, with the SHA-256 of the network's file. A network without this file gets a choice on a few drawings.

All values are changes against the empty pad, because batch normalization gives about half of the maps a value even
without ink.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from model.files import atomic_write

SHOWN = 12
"""Number of maps that are chosen in each layer."""
SCALE_PERCENTILE = 99.5
STRONG_SHARE = 0.5
"""Share of a layer's maps, the strongest, among which the different ones are chosen."""


@dataclass(frozen=True)
class LayerMaps:
    """maps: the indices of the chosen maps, in the order in which they are shown. scale: the largest shown change."""

    maps: tuple[int, ...]
    scale: float


def choose(changes: np.ndarray) -> LayerMaps:
    """Return the chosen maps of one layer.

    changes: float (N, H, W, C): what N images change against the empty pad.

    The first map is the strongest. Each further map is the one that differs most from those chosen before: its largest
    correlation with one of them, in magnitude, is the smallest. Only the stronger half of the maps takes part, or more
    if they are few. The scale is a percentile of the magnitudes of all maps of the layer.
    """
    cells = np.asarray(changes, np.float32).reshape(-1, changes.shape[-1])
    strength = np.sqrt((cells**2).mean(axis=0))
    count = min(SHOWN, len(strength))
    by_strength = np.argsort(-strength, kind="stable")
    candidates = by_strength[: max(count, round(STRONG_SHARE * len(strength)))]
    correlation = _correlation(cells[:, candidates])
    chosen = [0]
    while len(chosen) < count:
        nearest = correlation[:, chosen].max(axis=1)
        nearest[chosen] = np.inf
        chosen.append(int(nearest.argmin()))
    scale = float(np.percentile(np.abs(cells), SCALE_PERCENTILE)) or float(np.abs(cells).max())
    return LayerMaps(tuple(int(candidates[index]) for index in chosen), float(f"{scale or 1:.4g}"))


def path_of(checkpoint: Path) -> Path:
    """Return the path of the file beside a checkpoint."""
    return checkpoint.with_name(f"{checkpoint.stem}-maps.json")


def save(chosen: Sequence[LayerMaps], sha256: str, images: int, checkpoint: Path) -> None:
    """Write the file beside a checkpoint. sha256: of the network's file. images: number of images of the choice."""
    notes = {"sha256": sha256, "images": images, "layers": [asdict(layer) for layer in chosen]}
    with atomic_write(path_of(checkpoint)) as temporary:
        temporary.write_text(json.dumps(notes) + "\n")


def load(checkpoint: Path, sha256: str, counts: Sequence[int]) -> list[LayerMaps] | None:
    """Return the chosen maps of each layer. None if there is no suitable file beside the checkpoint.

    sha256: of the network's file. counts: the number of maps of each layer.
    """
    try:
        notes = json.loads(path_of(checkpoint).read_text())
        chosen = [LayerMaps(tuple(map(int, each["maps"])), float(each["scale"])) for each in notes["layers"]]
        is_suitable = notes["sha256"] == sha256 and len(chosen) == len(counts)
    except (OSError, ValueError, TypeError, LookupError):
        return None
    fits = all(
        layer.scale > 0 and all(0 <= index < count for index in layer.maps)
        for layer, count in zip(chosen, counts, strict=False)
    )
    return chosen if is_suitable and fits else None


def _correlation(cells: np.ndarray) -> np.ndarray:
    """Return the magnitudes of the correlations of the columns, (C, C). A constant column has the correlation 0."""
    centered = cells - cells.mean(axis=0)
    norms = np.linalg.norm(centered, axis=0)
    normalized = centered / np.where(norms > 0, norms, 1)
    return np.abs(normalized.T @ normalized)
