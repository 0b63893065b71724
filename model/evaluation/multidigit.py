"""Numbers of several digits, composed of single drawings side by side: how many of their digits are found and read.

python -m model.numbers                     of digits written by program
python -m model.numbers --drawings FILE     of anybody's: model/drawings.py tells the format
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.errors import UserError
from model.evaluation import metrics
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.classifier import Classifier
from model.preprocessing.geometry import Stroke
from model.synthetic import generator

LENGTHS = (2, 6)
GAPS = (0.0, 0.1, 0.25, 0.5, 1.0)
"""Space between neighbouring boxes, in digits' longer sides: from touching to wide."""
COUNT, SEED = 400, 1  # numbers for each gap, unless told
UNEVENNESS = 0.05  # how far a digit lies above or below the line, standard deviation


def compose(digits: Sequence[list[Stroke]], gap: float, rng: np.random.Generator) -> dict:
    """Drawings of digits, each made equally large, side by side with `gap` between their boxes → {"strokes": …}."""
    written, right = [], 0.0
    for strokes in digits:
        points = np.concatenate(strokes)
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        scale = 1 / max(size.max(), 1e-9)
        # On one line, as writing is: a flat drawing lies in its middle.
        top = (1 - size[1] * scale) / 2 + rng.normal(0, UNEVENNESS)
        written += [(stroke - low) * scale + [right, top] for stroke in strokes]
        right += size[0] * scale + gap
    return {"strokes": [stroke.tolist() for stroke in _on_pad(written)]}


def _on_pad(strokes: list[Stroke]) -> list[Stroke]:
    points = np.concatenate(strokes)
    low, side = points.min(axis=0), np.ptp(points, axis=0).max()
    return [0.05 + 0.9 * (stroke - low) / side for stroke in strokes]


def in_order(written: str, read: str) -> int:
    """How many of the digits written were read in order: the length of the longest common subsequence."""
    row = [0] * (len(read) + 1)
    for digit in written:
        above = row[:]
        for i, other in enumerate(read, 1):
            row[i] = above[i - 1] + 1 if digit == other else max(above[i], row[i - 1])
    return row[-1]


def measure(network: Classifier, drawn: Sequence[list[Stroke]], labels: Sequence[str], count: int, seed: int) -> dict:
    """For each gap: `count` numbers → the share of digits found and read in order, and of numbers wholly right.

    Drawings without ink are left out. Raises DrawingsError when there are no others.
    """
    figures = {}
    inked = [i for i, strokes in enumerate(drawn) if any(map(len, strokes))]
    if not inked:
        raise UserError("None of these drawings has ink; numbers are composed of digits.")
    for gap in GAPS:
        rng = np.random.default_rng([seed, round(100 * gap)])
        digits = right = wholly = 0
        for _ in range(count):
            picked = rng.choice(inked, size=rng.integers(LENGTHS[0], LENGTHS[1] + 1))
            number = "".join(labels[i] for i in picked)
            read = network.read_strokes(compose([drawn[i] for i in picked], gap, rng)).number
            digits += len(number)
            right += in_order(number, read)
            wholly += read == number
        figures[f"{gap:g}"] = {"digits": digits, "found": right / digits, "wholly": wholly / count}
    return figures


def overall(figures: dict) -> tuple[float, int]:
    """What `measure` gives → over all gaps, the share of digits found and read in order, and how many there were."""
    digits = sum(figure["digits"] for figure in figures.values())
    return sum(figure["digits"] * figure["found"] for figure in figures.values()) / digits, digits


def written_digits(count: int, seed: int) -> tuple[list[list[Stroke]], list[str]]:
    """Drawings of digits by program, and their labels."""
    rng = np.random.default_rng(seed)
    labels = [int(label) for label in rng.integers(10, size=count)]
    return [generator.sample_digit(label, rng) for label in labels], [str(label) for label in labels]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m model.numbers", description="Are whole numbers read?")
    parser.add_argument("--checkpoint", type=Path, default=DEFAULT_CHECKPOINT, metavar="PATH")
    parser.add_argument("--drawings", type=Path, metavar="FILE", help="digits to compose them of")
    parser.add_argument("--count", type=int, default=COUNT, help="numbers for each gap (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args(arguments)
    if options.count < 1 or options.seed < 0:
        parser.error("--count is at least 1, and --seed at least 0.")
    try:
        if options.drawings:
            file, _ = metrics.read_digits(options.drawings)
            drawn, labels = file.drawings, file.labels
        else:
            drawn, labels = written_digits(2_000, options.seed)
        figures = measure(Classifier.load(options.checkpoint), drawn, labels, options.count, options.seed)
    except (UserError, OSError) as error:
        sys.exit(f"numbers: {error}")
    for gap, figure in figures.items():
        print(
            f"gap {gap:>4}: {figure['found']:.2%} of {figure['digits']} digits found and read in order; "
            f"{figure['wholly']:.2%} of the numbers wholly right"
        )
    found, digits = overall(figures)
    print(f"together: {found:.2%} of {digits:,} digits found and read in order")


if __name__ == "__main__":
    main()
