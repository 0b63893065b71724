"""Digits and non-digit_images written by program, in the styles that MNIST lacks, on the very path that a drawing takes.

`letterforms` and `otherforms` say what is written, `penmanship` how; here chance picks, `ink` renders and
`normalization` makes images of it. All comes from knowledge of how people write; no drawing of anybody's was looked at.

    python -m model.handwriting sheet.png     what it writes, style by style
"""

import sys
from collections.abc import Callable
from functools import cache

import numpy as np

from model.preprocessing.geometry import Stroke
from model.preprocessing.normalization import IMAGE_SIDE, normalize
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from model.synthetic import non_digit_glyphs, scribbles
from model.synthetic.digit_glyphs import DIGIT_GLYPHS
from model.synthetic.notation import Glyph, parse_glyph
from model.synthetic.writer import Writer

# The pen's width is log-normal around NETWORK_PEN_WIDTH: nine tenths lie between 0.55 and 1.8 times that, none past the
# limits.
WIDTH_SPREAD = 0.36
WIDTH_LIMITS = (0.25, 3.0)

# Space between neighbouring digit_images of a number, in hundredths of their height: from touching to clearly apart.
GAPS = (0, 45)


def sample_digit(digit: int, rng: np.random.Generator) -> list[Stroke]:
    """One drawing of a digit, 0 … 9, in a style and a hand by chance → strokes as `rasterize` takes them."""
    forms, chances = _styles(digit)
    return _write(forms[rng.choice(len(forms), p=chances)], rng)


def sample_non_digit(rng: np.random.Generator) -> list[Stroke]:
    """One drawing that nobody takes for a digit → strokes as `rasterize` takes them."""
    weights, writers = zip(*NON_DIGIT_KINDS.values(), strict=True)
    return writers[rng.choice(len(writers), p=np.array(weights) / sum(weights))](rng)


def digit_images(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` written digit_images, as many of each as can be → images uint8 (N, 28, 28), 0 … 255, and labels uint8 (N,)."""
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(count) % 10).astype(np.uint8)
    images = np.empty((count, IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    for i, label in enumerate(labels):
        images[i] = _image(sample_digit(int(label), rng), rng)
    return images, labels


def non_digit_images(count: int, seed: int) -> np.ndarray:
    """`count` written non-digit_images → images uint8 (N, 28, 28), 0 … 255."""
    rng = np.random.default_rng(seed)
    images = np.empty((count, IMAGE_SIDE, IMAGE_SIDE), np.uint8)
    for i in range(count):
        images[i] = _image(sample_non_digit(rng), rng)
    return images


def sample_pen_width(rng: np.random.Generator) -> float:
    """A pen's width as `rasterize` takes it: a fraction of the drawing's longer side."""
    return NETWORK_PEN_WIDTH * float(np.clip(np.exp(rng.normal(0, WIDTH_SPREAD)), *WIDTH_LIMITS))


def _image(strokes: list[Stroke], rng: np.random.Generator) -> np.ndarray:
    return np.rint(255 * normalize(rasterize(strokes, sample_pen_width(rng)))).astype(np.uint8)


@cache
def _styles(digit: int) -> tuple[list[Glyph], np.ndarray]:
    """The forms of a digit and how probable each is."""
    styles = DIGIT_GLYPHS[digit].values()
    weights = np.array([weight for weight, *_ in styles], float)
    return [parse_glyph(*strokes) for _, *strokes in styles], weights / weights.sum()


def _form(digit: int, style: str) -> Glyph:
    return parse_glyph(*DIGIT_GLYPHS[digit][style][1:])


def _write(form: Glyph, rng: np.random.Generator) -> list[Stroke]:
    hand = Writer.sample(rng)
    return hand.write(form.strokes(rng, hand.unsteadiness), rng)


def _any_of(forms: dict[str, tuple[str, ...]]) -> Callable[[np.random.Generator], list[Stroke]]:
    names = list(forms)
    return lambda rng: _write(parse_glyph(*forms[names[rng.integers(len(names))]]), rng)


def _turned(rng: np.random.Generator) -> list[Stroke]:
    """A digit mirrored, upside down or lying, where that is none."""
    turns = [
        (non_digit_glyphs.MIRRORED, np.diag([-1, 1])),
        (non_digit_glyphs.UPSIDE_DOWN, np.diag([-1, -1])),
        (non_digit_glyphs.LYING, rng.choice((-1, 1)) * np.array([[0, -1], [1, 0]])),
    ]
    choice, turn = turns[rng.choice(3, p=(0.6, 0.2, 0.2))]
    digit = int(rng.choice(list(choice)))
    form = _form(digit, choice[digit][rng.integers(len(choice[digit]))])
    hand = Writer.sample(rng)
    return hand.write([stroke @ turn.T for stroke in form.strokes(rng, hand.unsteadiness)], rng)


def _number(rng: np.random.Generator) -> list[Stroke]:
    """Two digit_images or three, one beside the other."""
    hand = Writer.sample(rng)
    written, right = [], 0.0
    for _ in range(rng.choice((2, 3), p=(0.75, 0.25))):
        forms, chances = _styles(int(rng.integers(10)))
        strokes = forms[rng.choice(len(forms), p=chances)].strokes(rng, hand.unsteadiness)
        across = np.concatenate(strokes)[:, 0]
        written += [stroke + [right - across.min(), 0] for stroke in strokes]
        right += np.ptp(across) + rng.uniform(*GAPS)
    return hand.write(written, rng)


NON_DIGIT_KINDS: dict[str, tuple[float, Callable[[np.random.Generator], list[Stroke]]]] = {
    "letters": (35, _any_of(non_digit_glyphs.LETTERS)),
    "signs": (14, _any_of(non_digit_glyphs.SIGNS)),
    "shapes": (12, _any_of(non_digit_glyphs.SHAPES)),
    "doodles": (12, _any_of(non_digit_glyphs.DOODLES)),
    "scribbles": (12, lambda rng: Writer.sample(rng).write(scribbles.scribble(rng), rng)),
    "turned digit_images": (8, _turned),
    "parts of digit_images": (3, _any_of(non_digit_glyphs.PARTS)),
    "numbers": (9, _number),
}
"""How often each kind of non-digit is written (a weight), and what writes it."""


def contact_sheet(path: str, seed: int = 0, columns: int = 12, cell: int = 72) -> None:
    """A PNG of what is written: a row for each style of each digit, then rows of non-digit_images.

    Each row: drawings with a thin pen, then the same as normalized images with a pen by chance.
    """
    from PIL import Image, ImageDraw

    rows = _sheet_rows()
    margin = 170
    sheet = Image.new("L", (margin + 2 * columns * cell, len(rows) * cell), 255)
    label = ImageDraw.Draw(sheet)
    for row, (name, write) in enumerate(rows):
        label.text((4, row * cell + cell // 2 - 6), name, fill=0)
        rng = np.random.default_rng([seed, row])
        for column in range(columns):
            strokes = write(rng)
            pictures = (255 * rasterize(strokes, NETWORK_PEN_WIDTH / 2)).astype(np.uint8), _image(strokes, rng)
            for half, picture in enumerate(pictures):
                image = Image.fromarray(255 - picture).resize(_size(picture.shape, cell - 6))
                sheet.paste(image, (margin + (half * columns + column) * cell + 3, row * cell + 3))
    sheet.save(path)


def _size(shape: tuple[int, int], longer: int) -> tuple[int, int]:
    height, width = shape
    return max(1, width * longer // max(shape)), max(1, height * longer // max(shape))


def _sheet_rows() -> list[tuple[str, Callable[[np.random.Generator], list[Stroke]]]]:
    rows = []
    for digit, styles in DIGIT_GLYPHS.items():
        for style in styles:
            form = _form(digit, style)
            rows.append((f"{digit} {style}"[:28], lambda rng, form=form: _write(form, rng)))
    for kind, (weight, write) in NON_DIGIT_KINDS.items():
        rows += [(kind, write)] * max(3, weight // 2)
    return rows


if __name__ == "__main__":
    contact_sheet(sys.argv[1] if len(sys.argv) > 1 else "handwriting.png")
