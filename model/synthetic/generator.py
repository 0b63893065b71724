"""Sample synthetic handwriting: digits in many styles, numbers, and drawings that are not digits.

A sample is made in four steps:

1. Choose a glyph, which is a template of a digit (`digit_glyphs`) or of a non-digit (`non_digit_glyphs`).
2. Replace each range in the glyph by a random number from this range (`notation`). This gives the strokes of a drawing.
   A scribble has no glyph: `scribbles` returns its strokes.
3. Draw the strokes with the habits of a random writer (`writer`).
4. Normalize the drawing like every other drawing (`preprocessing`).

The glyphs come from general knowledge of handwriting; no strokes of any person were copied. The mistakes of earlier
networks on `unipen_digits`, `unipen_other` and `semeion` showed which styles were missing. Therefore, these three data
sets are development data, not independent test data.

`python -m model.synthetic.contact_sheet FILE` draws samples of every style.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from model.classes import NUM_DIGITS
from model.preprocessing.geometry import Stroke
from model.preprocessing.normalization import IMAGE_SIDE, normalize
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from model.synthetic import non_digit_glyphs, scribbles
from model.synthetic.digit_glyphs import DIGIT_GLYPHS
from model.synthetic.notation import Glyph, parse_glyph
from model.synthetic.writer import Writer, draw_glyph

# A random pen width is NETWORK_PEN_WIDTH × a factor. The factor has a log-normal distribution, within PEN_WIDTH_LIMITS.
# 90 % of the factors are between 0.55 and 1.8.
PEN_WIDTH_SIGMA = 0.36
PEN_WIDTH_LIMITS = (0.25, 3.0)

# The numbers of digits of a sampled number, and their probabilities.
NUMBER_LENGTHS = {2: 0.65, 3: 0.2, 4: 0.08, 5: 0.04, 6: 0.03}
# The kinds of gaps between neighboring digits of a number: overlapping, narrow and wide. A digit is about 100 units
# high (see `notation`). Each kind has a smallest and a largest gap, and a probability.
DIGIT_GAPS = {(-12, 0): 0.15, (0, 45): 0.55, (45, 120): 0.3}
# The probability that all digits of a number are the same digit, and the probability that this digit is a 0 or a 1.
# Without such numbers, a network takes 00 and 11 for two rings and for quotation marks.
REPETITION, ZEROS_OR_ONES = 0.2, 0.6
# Standard deviations, within a number, of the logarithm of a digit's size, and of a digit's vertical offset in units.
SIZE_SIGMA, OFFSET_SIGMA = 0.08, 5


def sample_digit(digit: int, rng: np.random.Generator) -> list[Stroke]:
    """Return the strokes of a digit, 0 to 9, in a random style and drawn by a random writer, on a pad of side 1."""
    return draw_glyph(_sample_style(digit, rng), rng)


def sample_non_digit(rng: np.random.Generator) -> list[Stroke]:
    """Return the strokes of a drawing that people would not take for a digit, on a pad of side 1."""
    weights, samplers = zip(*NON_DIGIT_KINDS.values(), strict=True)
    return samplers[rng.choice(len(samplers), p=np.array(weights) / sum(weights))](rng)


def sample_number(rng: np.random.Generator) -> list[Stroke]:
    """Return the strokes of two to six digits side by side, drawn by one random writer, on a pad of side 1.

    The writer draws equal digits in the same style.
    """
    writer = Writer.sample(rng)
    gaps = list(DIGIT_GAPS)
    kind = rng.choice(len(gaps), p=list(DIGIT_GAPS.values()))
    styles = [_sample_style(digit, rng) for digit in range(NUM_DIGITS)]
    strokes, left = [], 0.0
    for digit in _sample_digits(rng):
        glyph = styles[digit]
        size, offset = np.exp(rng.normal(0, SIZE_SIGMA)), rng.normal(0, OFFSET_SIGMA)
        drawn = [stroke * size for stroke in glyph.sample(rng, writer.unsteadiness)]
        x = np.concatenate(drawn)[:, 0]
        strokes += [stroke + [left - x.min(), offset] for stroke in drawn]
        left += np.ptp(x) + rng.uniform(*gaps[kind])
    return writer.draw(strokes, rng)


def _sample_digits(rng: np.random.Generator) -> list[int]:
    """Return the two to six digits of a number."""
    length = rng.choice(list(NUMBER_LENGTHS), p=list(NUMBER_LENGTHS.values()))
    if rng.random() >= REPETITION:
        return rng.integers(NUM_DIGITS, size=length).tolist()
    digit = rng.integers(2) if rng.random() < ZEROS_OR_ONES else rng.integers(2, NUM_DIGITS)
    return [int(digit)] * int(length)


def digit_images(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return `count` normalized images of digits, uint8 (N, 28, 28), 0 to 255, and the labels, uint8 (N,).

    The digits 0 to 9 are in random order, and their counts differ by at most one.
    """
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % NUM_DIGITS).astype(np.uint8)
    images = np.empty((count, IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    for i, label in enumerate(labels):
        images[i] = to_image(sample_digit(int(label), rng), rng)
    return images, labels


def non_digit_images(count: int, seed: int) -> np.ndarray:
    """Return `count` normalized images of non-digits, uint8 (N, 28, 28), 0 to 255."""
    return _images(sample_non_digit, count, np.random.default_rng(seed))


def number_images(count: int, seed: int) -> np.ndarray:
    """Return `count` normalized images of numbers, uint8 (N, 28, 28), 0 to 255."""
    return _images(sample_number, count, np.random.default_rng(seed))


def _images(sample: Callable[[np.random.Generator], list[Stroke]], count: int, rng: np.random.Generator) -> np.ndarray:
    images = np.empty((count, IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    for i in range(count):
        images[i] = to_image(sample(rng), rng)
    return images


def sample_pen_width(rng: np.random.Generator) -> float:
    """Return a random pen width for `rasterize`: a fraction of the drawing's longer side."""
    return NETWORK_PEN_WIDTH * float(np.clip(np.exp(rng.normal(0, PEN_WIDTH_SIGMA)), *PEN_WIDTH_LIMITS))


def to_image(strokes: list[Stroke], rng: np.random.Generator) -> np.ndarray:
    """Return the normalized image of strokes drawn with a random pen width, uint8 (28, 28), 0 to 255."""
    return np.rint(255 * normalize(rasterize(strokes, sample_pen_width(rng)))).astype(np.uint8)


def digit_glyph(digit: int, style: str) -> Glyph:
    """Return the glyph of a digit in a style of DIGIT_GLYPHS."""
    return parse_glyph(*DIGIT_GLYPHS[digit][style][1:])


def _sample_style(digit: int, rng: np.random.Generator) -> Glyph:
    glyphs, probabilities = _styles(digit)
    return glyphs[rng.choice(len(glyphs), p=probabilities)]


@cache
def _styles(digit: int) -> tuple[list[Glyph], np.ndarray]:
    """Return the glyph of each style of a digit, and the probability of each style."""
    weights = np.array([weight for weight, *_ in DIGIT_GLYPHS[digit].values()], float)
    return [digit_glyph(digit, style) for style in DIGIT_GLYPHS[digit]], weights / weights.sum()


def _any_of(glyphs: dict[str, tuple[str, ...]]) -> Callable[[np.random.Generator], list[Stroke]]:
    """Return a function that draws one of the glyphs. All glyphs are equally probable."""
    names = list(glyphs)
    return lambda rng: draw_glyph(parse_glyph(*glyphs[names[rng.integers(len(names))]]), rng)


def _mirrored_or_rotated_digit(rng: np.random.Generator) -> list[Stroke]:
    """Return the strokes of a mirrored or rotated digit, in a style that does not look like a digit afterwards."""
    transforms = [
        (non_digit_glyphs.MIRRORED, np.diag([-1, 1])),
        (non_digit_glyphs.UPSIDE_DOWN, np.diag([-1, -1])),
        (non_digit_glyphs.SIDEWAYS, rng.choice((-1, 1)) * np.array([[0, -1], [1, 0]])),
    ]
    styles, matrix = transforms[rng.choice(3, p=(0.6, 0.2, 0.2))]
    digit = int(rng.choice(list(styles)))
    glyph = digit_glyph(digit, styles[digit][rng.integers(len(styles[digit]))])
    writer = Writer.sample(rng)
    return writer.draw([stroke @ matrix.T for stroke in glyph.sample(rng, writer.unsteadiness)], rng)


class NonDigitKind(NamedTuple):
    """A kind of non-digit: the relative frequency of the kind, and the function that samples the strokes."""

    weight: int
    sample: Callable[[np.random.Generator], list[Stroke]]


NON_DIGIT_KINDS = {
    "letters": NonDigitKind(35, _any_of(non_digit_glyphs.LETTERS)),
    "signs": NonDigitKind(20, _any_of(non_digit_glyphs.SIGNS)),
    "shapes": NonDigitKind(12, _any_of(non_digit_glyphs.SHAPES)),
    "doodles": NonDigitKind(12, _any_of(non_digit_glyphs.DOODLES)),
    "scribbles": NonDigitKind(12, lambda rng: Writer.sample(rng).draw(scribbles.scribble(rng), rng)),
    "mirrored or rotated digits": NonDigitKind(8, _mirrored_or_rotated_digit),
    "parts of digits": NonDigitKind(3, _any_of(non_digit_glyphs.PARTS)),
}
