"""Measure how well a network reads numbers. Each number is composed of drawings of single digits, side by side.

python -m model.evaluation.multidigit                     use synthetic digits; also measure digits and non-digits
python -m model.evaluation.multidigit --drawings FILE     use the digits in a file
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.data.drawings import LabeledDrawings, dataset_title, read_digits
from model.errors import UserError, exit_on_error
from model.evaluation.metrics import end_to_end_digits, end_to_end_rejection_rate, read_all
from model.inference.checkpoint import DEFAULT_CHECKPOINT
from model.inference.classifier import Classifier
from model.preprocessing.geometry import Stroke, bounding_box, scaled
from model.synthetic import generator

LENGTHS = (2, 6)
"""Minimum and maximum number of digits in a composed number."""
GAPS = (0.0, 0.1, 0.25, 0.5, 1.0)
"""Gaps between the boxes of neighboring digits, as fractions of a digit's longer side. At 0, the boxes touch."""
COUNT, SEED = 400, 1
"""Number of composed numbers for each gap, and seed of the random choices."""
UNEVENNESS = 0.05
"""Standard deviation of a digit's vertical offset, as a fraction of the digit's longer side."""
SYNTHETIC_DIGITS, SYNTHETIC_NON_DIGITS = 2_000, 1_000
MARGIN = 0.05
"""Distance of a number from the left edge and from the upper edge of the pad, as a fraction of the pad's side."""


def compose(digits: Sequence[list[Stroke]], gap: float, rng: np.random.Generator) -> list[Stroke]:
    """Return the strokes of a number: the digits side by side, scaled so that the longer side of each digit is equal.

    gap: the space between the bounding boxes of neighboring digits, as a fraction of a digit's longer side.
    """
    strokes, x = [], 0.0
    for digit in digits:
        digit = scaled(digit, 1)
        width, height = bounding_box(digit)[1]
        # Center each digit vertically, so that a flat digit is in the middle, not at the top of the number.
        y = (1 - height) / 2 + rng.normal(0, UNEVENNESS)
        strokes += [stroke + [x, y] for stroke in digit]
        x += width + gap
    return [stroke + MARGIN for stroke in scaled(strokes, 1 - 2 * MARGIN)]


def in_order(expected: str, read: str) -> int:
    """Return how many expected digits were read in order: the length of the longest common subsequence."""
    row = [0] * (len(read) + 1)
    for digit in expected:
        above = row[:]
        for i, other in enumerate(read, 1):
            row[i] = above[i - 1] + 1 if digit == other else max(above[i], row[i - 1])
    return row[-1]


def measure(
    classifier: Classifier, drawings: Sequence[list[Stroke]], labels: Sequence[str], count: int, seed: int
) -> dict:
    """Return how well `count` random numbers are read for each gap of GAPS.

    The result for each gap has three entries. `digits` is the number of digits in all numbers. `found` is the share of
    these digits that are read in order (see `in_order`). `wholly` is the share of numbers that are read without any
    error. Drawings without points are not used.
    Raises UserError if no drawing has a point.
    """
    usable = [i for i, strokes in enumerate(drawings) if any(map(len, strokes))]
    if not usable:
        raise UserError("All drawings are empty. Expected digits to compose numbers of.")
    results = {}
    for gap in GAPS:
        rng = np.random.default_rng([seed, round(100 * gap)])
        numbers, composed = [], []
        for _ in range(count):
            picked = rng.choice(usable, size=rng.integers(LENGTHS[0], LENGTHS[1] + 1))
            numbers.append("".join(labels[i] for i in picked))
            composed.append(compose([drawings[i] for i in picked], gap, rng))
        results[f"{gap:g}"] = _compare(numbers, [answer.number for answer in read_all(classifier, composed)])
    return results


def _compare(expected: Sequence[str], read: Sequence[str]) -> dict:
    pairs = list(zip(expected, read, strict=True))
    digits = sum(map(len, expected))
    return {
        "digits": digits,
        "found": sum(in_order(*pair) for pair in pairs) / digits,
        "wholly": sum(number == other for number, other in pairs) / len(pairs),
    }


def overall(results: dict) -> tuple[float, int]:
    """Return the share of digits that are read in order, and the number of digits, for all gaps together."""
    digits = sum(result["digits"] for result in results.values())
    return sum(result["digits"] * result["found"] for result in results.values()) / digits, digits


def synthetic_digits(count: int, seed: int) -> tuple[list[list[Stroke]], list[str]]:
    """Return `count` synthetic digits, and the label of each digit."""
    rng = np.random.default_rng(seed)
    labels = [int(label) for label in rng.integers(10, size=count)]
    return [generator.sample_digit(label, rng) for label in labels], [str(label) for label in labels]


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = _parse(arguments)
    with exit_on_error("multidigit"):
        if options.drawings:
            file, _ = read_digits(options.drawings)
            drawings, labels = file.drawings, file.labels
            print(f"Numbers composed of {dataset_title(options.drawings.stem)}:")
        else:
            drawings, labels = synthetic_digits(SYNTHETIC_DIGITS, options.seed)
        classifier = Classifier.load(options.checkpoint)
        if not options.drawings:
            _print_end_to_end(classifier, LabeledDrawings(drawings, labels, [""] * len(labels)), options.seed)
        results = measure(classifier, drawings, labels, options.count, options.seed)
    for gap, result in results.items():
        print(
            f"gap {gap:>4}: {result['found']:.2%} of {result['digits']} digits found and read in order; "
            f"{result['wholly']:.2%} of the numbers without any error"
        )
    found, digits = overall(results)
    print(f"all gaps: {found:.2%} of {digits:,} digits found and read in order")


def _print_end_to_end(classifier: Classifier, digits: LabeledDrawings, seed: int) -> None:
    """Print how synthetic digits and non-digits are read end to end."""
    rng = np.random.default_rng(seed)
    non_digits = [generator.sample_non_digit(rng) for _ in range(SYNTHETIC_NON_DIGITS)]
    found = end_to_end_digits(classifier, digits)
    rejected = end_to_end_rejection_rate(classifier, LabeledDrawings(non_digits, *[[""] * len(non_digits)] * 2))
    print(
        f"{len(digits):,} synthetic digits: {found['accuracy']:.2%} correct, {found['rejected']:.2%} rejected, "
        f"{found['several']:.2%} read as several digits\n"
        f"{len(non_digits):,} synthetic non-digits: {rejected:.2%} rejected"
    )


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m model.evaluation.multidigit",
        description="Measure how well a network reads numbers. Each number is composed of two to six single digits.",
    )
    parser.add_argument(
        "--checkpoint", type=Path, default=DEFAULT_CHECKPOINT, metavar="PATH", help="checkpoint (default: digits)"
    )
    parser.add_argument("--drawings", type=Path, metavar="FILE", help="labeled digits (default: synthetic digits)")
    parser.add_argument(
        "--count", type=int, metavar="N", default=COUNT, help="numbers for each gap (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="N", default=SEED, help="seed of the random choices (default: %(default)s)"
    )
    options = parser.parse_args(arguments)
    if options.count < 1 or options.seed < 0:
        parser.error("Expected a --count of at least 1 and a --seed of at least 0.")
    return options


if __name__ == "__main__":
    main()
