"""Write files of drawings in styles that no network of this project has learned, to test fine-tuning.

python -m tests.tools.styles eastern corrections.npz
python train.py --with-drawings corrections.npz --output FOLDER
"""

import argparse
from pathlib import Path

import numpy as np

from model.classes import NUM_DIGITS
from model.data.drawings import LabeledDrawings, write_drawings
from model.errors import exit_on_error
from model.preprocessing.geometry import Stroke, bounding_box
from model.synthetic import generator
from model.synthetic.notation import parse_glyph
from model.synthetic.writer import draw_glyph

# The Eastern Arabic digits that do not look like a Western digit. The other six Eastern Arabic digits are left out: for
# example, the Eastern 5 looks like a Western 0. `model/synthetic/notation.py` describes the notation of the glyphs.
EASTERN = {
    2: ("8 100, 10 40, 2 4!, 14 20, 34 22, 48 0",),
    3: ("8 100, 10 40, 2 4!, 12 18, 24 18, 28 2!, 36 18, 52 16, 58 -2",),
    4: ("50..56 4..10, 24 6, 8 20, 18 38, 40 46!, 12 54, 4 76, 20 96, 52..60 94..100",),
    7: ("0..6 0, 30..36 100!, 62..70 0",),
}


def eastern(index: int, rng: np.random.Generator) -> tuple[list[Stroke], int]:
    """Return the strokes and the label of an Eastern Arabic digit, as people from Egypt to Iraq write it.

    index: the number of the drawing, from 0. It determines the digit: 2, 3, 4, 7, 2, 3, …
    """
    digit = list(EASTERN)[index % len(EASTERN)]
    return draw_glyph(parse_glyph(*EASTERN[digit]), rng), digit


def circled(index: int, rng: np.random.Generator) -> tuple[list[Stroke], int]:
    """Return the strokes and the label of a digit inside a ring.

    index: the number of the drawing, from 0. It determines the digit: 0, 1, …, 9, 0, 1, …
    """
    digit = index % NUM_DIGITS
    strokes = generator.sample_digit(digit, rng)
    low, high = bounding_box(strokes)
    center, diagonal = (low + high) / 2, np.hypot(*(high - low))
    angles = rng.uniform(0, 2 * np.pi) + rng.choice((-1, 1)) * np.linspace(0, 2 * np.pi * rng.uniform(0.97, 1.06), 60)
    radii = diagonal * rng.uniform(0.5, 0.65, 2)
    ring = center + radii * np.stack([np.cos(angles), np.sin(angles)], axis=1) + rng.normal(0, 0.004, (60, 2))
    return [*strokes, ring], digit


STYLES = {"eastern": eastern, "circled": circled}


def drawings(style: str, count: int, seed: int) -> LabeledDrawings:
    """Return `count` labeled drawings in a style. style: a key of STYLES."""
    rng = np.random.default_rng(seed)
    drawn, digits = zip(*(STYLES[style](index, rng) for index in range(count)), strict=True)
    return LabeledDrawings(list(drawn), [str(digit) for digit in digits], ["visitor"] * count)


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a file of drawings in a style that no network has learned.")
    parser.add_argument("style", choices=STYLES)
    parser.add_argument("file", type=Path)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with exit_on_error("styles"):
        write_drawings(options.file, drawings(options.style, options.count, options.seed))


if __name__ == "__main__":
    main()
