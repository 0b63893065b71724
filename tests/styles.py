"""Ways of writing that no network here has learned, to teach one: as files of drawings.

python tests/styles.py eastern taught.npz
python train.py --with-drawings taught.npz --output FOLDER
"""

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from model.data.drawings import LabeledDrawings, write_drawings
from model.preprocessing.geometry import Stroke
from model.synthetic import generator
from model.synthetic.notation import parse_glyph
from model.synthetic.writer import Writer

# Eastern Arabic digits that mean nothing else here; its 5 is our 0, its 6 is our 7. Notation: `penmanship`.
EASTERN = {
    2: ("8 100, 10 40, 2 4!, 14 20, 34 22, 48 0",),
    3: ("8 100, 10 40, 2 4!, 12 18, 24 18, 28 2!, 36 18, 52 16, 58 -2",),
    4: ("50..56 4..10, 24 6, 8 20, 18 38, 40 46!, 12 54, 4 76, 20 96, 52..60 94..100",),
    7: ("0..6 0, 30..36 100!, 62..70 0",),
}


def eastern(place: int, rng: np.random.Generator) -> tuple[list[Stroke], int]:
    """2, 3, 4 and 7 in turn, as they are written from Egypt to Iraq."""
    digit = list(EASTERN)[place % len(EASTERN)]
    hand = Writer.sample(rng)
    return hand.write(parse_glyph(*EASTERN[digit]).strokes(rng, hand.unsteadiness), rng), digit


def circled(place: int, rng: np.random.Generator) -> tuple[list[Stroke], int]:
    """0 … 9 in turn, each with a ring around it."""
    digit = place % 10
    strokes = generator.sample_digit(digit, rng)
    points = np.concatenate(strokes)
    middle, size = (points.min(axis=0) + points.max(axis=0)) / 2, np.hypot(*np.ptp(points, axis=0))
    turns = rng.uniform(0, 2 * np.pi) + rng.choice((-1, 1)) * np.linspace(0, 2 * np.pi * rng.uniform(0.97, 1.06), 60)
    radii = size * rng.uniform(0.5, 0.65, 2)
    ring = middle + radii * np.stack([np.cos(turns), np.sin(turns)], axis=1) + rng.normal(0, 0.004, (60, 2))
    return [*strokes, ring], digit


STYLES = {"eastern": eastern, "circled": circled}


def written(style: str, count: int, seed: int) -> LabeledDrawings:
    """So many drawings in a style."""
    rng = np.random.default_rng(seed)
    drawn, digits = zip(*(STYLES[style](place, rng) for place in range(count)), strict=True)
    return LabeledDrawings(list(drawn), [str(digit) for digit in digits], ["visitor"] * count)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a file of drawings in a style that no network has learned.")
    parser.add_argument("style", choices=STYLES)
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    write_drawings(options.file, written(options.style, options.count, options.seed))
