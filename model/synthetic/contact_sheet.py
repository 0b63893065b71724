"""Draw a contact sheet: samples of every style of synthetic digits and of every kind of non-digits.

    python -m model.synthetic.contact_sheet FILE

Each row shows 12 samples twice: drawn with a thin pen, and as normalized images with a random pen width.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from model.errors import exit_on_error
from model.preprocessing.geometry import Stroke
from model.preprocessing.strokes import NETWORK_PEN_WIDTH, rasterize
from model.synthetic.digit_glyphs import DIGIT_GLYPHS
from model.synthetic.generator import NON_DIGIT_KINDS, digit_glyph, to_image
from model.synthetic.writer import draw_glyph

# Sizes in pixels: the width of the column with the names, the side of a cell, and the white border inside each cell.
NAME_WIDTH, CELL, BORDER = 170, 72, 3
SAMPLES = 12
MAX_NAME_LENGTH = 28


def contact_sheet() -> Image.Image:
    """Return the contact sheet, an image with 8-bit gray values. Every call returns the same image."""
    rows = _rows()
    sheet = Image.new("L", (NAME_WIDTH + 2 * SAMPLES * CELL, len(rows) * CELL), 255)
    text = ImageDraw.Draw(sheet)
    for row, (name, sample) in enumerate(rows):
        text.text((4, row * CELL + CELL // 2 - 6), name[:MAX_NAME_LENGTH], fill=0)
        rng = np.random.default_rng([0, row])
        for column in range(SAMPLES):
            strokes = sample(rng)
            thin = (255 * rasterize(strokes, NETWORK_PEN_WIDTH / 2)).astype(np.uint8)
            for index, ink in ((column, thin), (SAMPLES + column, to_image(strokes, rng))):
                sheet.paste(_cell(ink), (NAME_WIDTH + index * CELL + BORDER, row * CELL + BORDER))
    return sheet


def _rows() -> list[tuple[str, Callable[[np.random.Generator], list[Stroke]]]]:
    """Return the name of each row and the function that samples a drawing for this row.

    Each style of digit has one row. Each kind of non-digit has at least three rows; frequent kinds have more rows.
    """
    rows = []
    for digit, styles in DIGIT_GLYPHS.items():
        for style in styles:
            glyph = digit_glyph(digit, style)
            rows.append((f"{digit} {style}", lambda rng, glyph=glyph: draw_glyph(glyph, rng)))
    for name, kind in NON_DIGIT_KINDS.items():
        rows += [(name, kind.sample)] * max(3, kind.weight // 2)
    return rows


def _cell(ink: np.ndarray) -> Image.Image:
    """Return the image of a cell: the ink, uint8 (H, W), in black on white, scaled to the size of the cell."""
    height, width = ink.shape
    side = CELL - 2 * BORDER
    size = max(1, width * side // max(ink.shape)), max(1, height * side // max(ink.shape))
    return Image.fromarray(255 - ink).resize(size)


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m model.synthetic.contact_sheet", description="Draw samples of the synthetic handwriting."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the PNG file to write")
    file = parser.parse_args().file
    with exit_on_error("contact_sheet"):
        contact_sheet().save(file, format="PNG")
    styles = sum(len(styles) for styles in DIGIT_GLYPHS.values())
    print(f"{file}: {styles} styles of digits, {len(NON_DIGIT_KINDS)} kinds of non-digits")


if __name__ == "__main__":
    main()
