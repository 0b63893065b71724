"""The kinds of pictures and drawings that the table lists. Importing this module registers them."""

import numpy as np

from model.preprocessing.geometry import Stroke, bounding_box
from tests.tools.picture_kinds.case import kind
from tests.tools.picture_kinds.sheet import MAX_TILT, Sheet
from tests.tools.picture_kinds.writing import Row, Writing

PENS = (0.04, 0.14)
"""Thinnest and broadest ordinary pen, in heights of a digit."""
HEIGHTS = (60, 320)
"""Smallest and largest height of a digit, in pixels."""


def number(rng, writing: Writing) -> Row:
    return writing.number(rng, int(rng.choice([1, 1, 1, 2, 3])))


def written(rng, row: Row, margins: tuple[float, float] = (0.3, 1.2), height: float = 0) -> tuple[Sheet, Row, float]:
    """Write a row on a new sheet. Return the sheet, the row in pixels, and the width of the pen in pixels.

    margins: smallest and largest margin, in heights of a digit.
    """
    height = height or np.exp(rng.uniform(*np.log(HEIGHTS)))
    left, top, right, bottom = (height * rng.uniform(*margins) for _ in range(4))
    placed = row.placed(left, top, height)
    sheet = Sheet(rng, (placed.box[2] + right, placed.box[3] + bottom))
    pen = height * rng.uniform(*PENS)
    sheet.draw(placed.strokes, pen)
    return sheet, placed, pen


def grown(row: Row, rng, least: float, most: float) -> np.ndarray:
    """Return a box around the row: left, top, right, bottom. least, most: the clearance in heights of the row."""
    height = row.box[3] - row.box[1]
    return np.array(row.box) + height * rng.uniform(least, most, 4) * [-1, -1, 1, 1]


def rectangle(left: float, top: float, right: float, bottom: float) -> Stroke:
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom], [left, top]], float)


def ellipse(left: float, top: float, right: float, bottom: float) -> Stroke:
    """Return the ellipse through the corners of a box."""
    angles = np.linspace(-0.1, 2 * np.pi, 61)
    center, half = np.array([left + right, top + bottom]) / 2, np.array([right - left, bottom - top]) / 2
    return center + 2**0.5 * half * np.stack([np.cos(angles), np.sin(angles)], axis=1)


@kind("plain")
def plain(rng, writing):
    sheet, row, _ = written(rng, number(rng, writing))
    return sheet, row.text


@kind("frame or form box")
def framed(rng, writing):
    sheet, row, pen = written(rng, number(rng, writing), (0.5, 1.5))
    width, color = pen * rng.uniform(0.2, 1.0), sheet.color(rng.uniform(0.25, 0.9))
    sheet.print([rectangle(*grown(row, rng, 0.2, 0.45))], width, color)
    return sheet, row.text


@kind("frame at the picture's edge")
def frame_at_edge(rng, writing):
    sheet, row, pen = written(rng, number(rng, writing), (0.3, 0.8))
    inset = pen * rng.uniform(0.0, 0.5)
    sheet.draw([rectangle(inset, inset, sheet.size[0] - inset, sheet.size[1] - inset)], pen * rng.uniform(0.2, 1.0))
    return sheet, row.text


@kind("table cell")
def cell(rng, writing):
    sheet, row, pen = written(rng, number(rng, writing), (0.5, 1.5))
    left, top, right, bottom = grown(row, rng, 0.2, 0.45)
    width, color, far = pen * rng.uniform(0.2, 0.8), sheet.color(rng.uniform(0.25, 0.9)), 2 * max(sheet.size)
    for x in (left, right):
        sheet.line((x, -far), (x, far), width, color)
    for y in (top, bottom):
        sheet.line((-far, y), (far, y), width, color)
    return sheet, row.text


@kind("remains of neighboring lines")
def remains(rng, writing):
    sheet, row, pen = written(rng, number(rng, writing), (0.3, 0.7))
    (width, height), color = sheet.size, sheet.color(rng.uniform(0.25, 0.9))
    for side in rng.permutation(4)[: rng.integers(1, 4)]:
        at = pen * rng.uniform(0, 0.6)
        x, y = (at, width - at)[side % 2], (at, height - at)[side % 2]
        start, stop = sorted(rng.uniform(0, 1, 2))
        stop = max(stop, start + 0.35)
        ends = ((x, height * start), (x, height * stop)) if side < 2 else ((width * start, y), (width * stop, y))
        sheet.line(*ends, pen * rng.uniform(0.2, 0.8), color)
    return sheet, row.text


@kind("ruled paper")
def ruled(rng, writing):
    return _ruled(rng, writing, (0.5, 1.4), crossed=False)


@kind("squared paper")
def squared(rng, writing):
    return _ruled(rng, writing, (0.25, 0.7), crossed=True)


def _ruled(rng, writing, spacings: tuple[float, float], crossed: bool) -> tuple[Sheet, str]:
    """Draw thin lines across the whole sheet, at a constant distance."""
    sheet, row, pen = written(rng, number(rng, writing))
    height = row.box[3] - row.box[1]
    spacing, color, far = height * rng.uniform(*spacings), sheet.color(rng.uniform(0.1, 0.45)), 2 * max(sheet.size)
    width = max(0.6, pen * rng.uniform(0.06, 0.45))
    for y in np.arange(rng.uniform(0, spacing), sheet.size[1], spacing):
        sheet.line((-far, y), (far, y), width, color)
    for x in np.arange(rng.uniform(0, spacing), sheet.size[0], spacing) if crossed else ():
        sheet.line((x, -far), (x, far), width, color)
    return sheet, row.text


@kind("margin line")
def margin(rng, writing):
    sheet, row, pen = written(rng, number(rng, writing), (0.5, 1.5))
    height, far = row.box[3] - row.box[1], 2 * max(sheet.size)
    x = rng.choice([row.box[0] - height * rng.uniform(0.1, 0.4), row.box[2] + height * rng.uniform(0.1, 0.4)])
    sheet.line((x, -far), (x, far), max(0.8, pen * rng.uniform(0.1, 0.5)), sheet.color(rng.uniform(0.15, 0.6)))
    return sheet, row.text


@kind("pale cell border")
def pale_cell(rng, writing):
    sheet, row, _ = written(rng, number(rng, writing), (0.4, 1.0))
    width, color = rng.uniform(0.8, 2.5), sheet.color(rng.uniform(0.07, 0.25))
    sheet.print([rectangle(*grown(row, rng, 0.1, 0.35))], width, color)
    return sheet, row.text


@kind("underlined")
def underlined(rng, writing):
    sheet, row, pen = written(rng, number(rng, writing), (0.5, 1.2))
    sheet.draw([underline(row, rng, pen)], pen * rng.uniform(0.5, 1.0))
    return sheet, row.text


def underline(row: Row, rng, pen: float) -> Stroke:
    """Return a sloping line below the row. It extends beyond the row at both ends."""
    left, _, right, bottom = row.box
    height = bottom - row.box[1]
    y = bottom + 1.3 * pen + height * rng.uniform(0.03, 0.25)
    start, stop = left - height * rng.uniform(0.1, 0.4), right + height * rng.uniform(0.1, 0.4)
    return np.array([[start, y], [stop, y + rng.uniform(-0.06, 0.06) * (stop - start)]])


@kind("circled", may_be_unsure=True)
def circled(rng, writing):
    sheet, row, pen = written(rng, number(rng, writing), (0.9, 1.5))
    sheet.draw([ellipse(*grown(row, rng, 0.05, 0.2))], pen * rng.uniform(0.5, 1.0))
    return sheet, row.text


@kind("tight crop")
def cropped(rng, writing):
    row = writing.number(rng, 1)
    height = rng.uniform(40, 300)
    pen = height * rng.uniform(0.06, 0.24)
    placed = row.placed(pen / 2, pen / 2, height)
    sheet = Sheet(rng, (placed.box[2] + pen / 2, placed.box[3] + pen / 2))
    sheet.draw(placed.strokes, pen)
    return sheet, row.text


@kind("enlarged crop")
def enlarged(rng, writing):
    """Draw a tight crop of a few pixels, and enlarge it, so that the edges of the ink are soft."""
    row = writing.number(rng, 1)
    height = rng.uniform(16, 30)
    pen = height * rng.uniform(0.08, 0.2)
    placed = row.placed(pen / 2, pen / 2, height)
    sheet = Sheet(rng, (placed.box[2] + pen / 2, placed.box[3] + pen / 2), scale=int(rng.integers(3, 11)))
    sheet.draw(placed.strokes, pen)
    return sheet, row.text


@kind("decimal point or comma")
def decimal(rng, writing):
    sheet, row, pen = written(rng, with_sign(rng, writing, [".", ","]))
    sheet.draw(list(row.signs), pen * rng.uniform(1.0, 1.3))
    return sheet, row.text


@kind("colon, slash or dash", may_be_unsure=True)
def sign(rng, writing):
    sheet, row, pen = written(rng, with_sign(rng, writing, [":", "/", "-"]))
    sheet.draw(list(row.signs), pen)
    return sheet, row.text


def with_sign(rng, writing: Writing, signs: list[str]) -> Row:
    """Return a number with one of the signs between two of its digits."""
    first, second = (writing.number(rng, int(rng.choice([1, 1, 2]))) for _ in range(2))
    x, foot, name = first.box[2] + rng.uniform(0.2, 0.35), rng.uniform(0.93, 1.03), rng.choice(signs)
    strokes = {
        ".": [[[x, foot], [x + 0.01, foot]]],
        ",": [[[x + 0.08, foot - 0.02], [x + 0.07, foot + 0.06], [x, foot + 0.15]]],
        ":": [[[x, y], [x + 0.01, y]] for y in (0.3, 0.85)],
        "/": [[[x + 0.5, -0.1], [x, 1.1]]],
        "-": [[[x, 0.55], [x + 0.35, 0.53]]],
    }[name]
    signs = tuple(np.array(stroke) for stroke in strokes)
    right = bounding_box(signs)[1][0] + rng.uniform(0.2, 0.35) - second.box[0]
    digits = [[stroke + [right, 0] for stroke in digit] for digit in second.digits]
    return Row(f"{first.text}{'.' if name in '.,' else '?'}{second.text}", [*first.digits, *digits], signs)


@kind("wide strip")
def strip(rng, writing):
    row = writing.number(rng, int(rng.integers(5, 12)), (0.3, 0.9))
    height = rng.uniform(90, 260)
    left, top, bottom = height * rng.uniform([0.2, 0.15, 0.15], [8, 0.6, 0.6])
    placed = row.placed(left, top, height)
    sheet = Sheet(rng, (placed.box[2] + height * rng.uniform(0.2, 8), placed.box[3] + bottom))
    sheet.draw(placed.strokes, height * rng.uniform(*PENS))
    return sheet, row.text


@kind("long number")
def long_number(rng, writing):
    return _long(rng, writing, (0.2, 1.5))


@kind("long number, tight crop")
def long_crop(rng, writing):
    return _long(rng, writing, (0.02, 0.15))


def _long(rng, writing: Writing, margins: tuple[float, float]) -> tuple[Sheet, str]:
    """Write a number of 6 to 12 digits. Its row may slope, and its ink may fade from one end to the other."""
    row = writing.number(rng, int(rng.integers(6, 13)), (0.15, 0.9))
    height = np.exp(rng.uniform(*np.log((30, 320))))
    pen = height * rng.uniform(*PENS)
    slope = rng.choice([0, 1]) * rng.uniform(-0.06, 0.06)
    placed = row.placed(0, 0, height)
    digits = [[stroke + slope * stroke[:, :1] * [0, 1] for stroke in digit] for digit in placed.digits]
    low, high = bounding_box(sum(digits, []))
    # The sheet may be turned, which moves the ends of the row up and down.
    turn = np.tan(np.radians(MAX_TILT)) * (high - low)[::-1] / 2
    before, after = (pen / 2 + turn + height * rng.uniform(*margins, 2) for _ in range(2))
    sheet = Sheet(rng, high - low + before + after)
    shares = np.linspace(1, rng.choice([1, rng.uniform(0.4, 1)]), len(digits))[:: rng.choice([1, -1])]
    for digit, share in zip(digits, shares, strict=True):
        sheet.draw([stroke - low + before for stroke in digit], pen, sheet.contrast(share))
    return sheet, row.text


@kind("faint pencil beside dark ink")
def faint(rng, writing):
    row = writing.number(rng, int(rng.choice([2, 2, 3])))
    height = np.exp(rng.uniform(*np.log(HEIGHTS)))
    placed = row.placed(height * rng.uniform(0.3, 1), height * rng.uniform(0.3, 1), height)
    sheet = Sheet(rng, (placed.box[2] + height * rng.uniform(0.3, 1), placed.box[3] + height * rng.uniform(0.3, 1)))
    pale = rng.integers(len(placed.digits))
    for index, digit in enumerate(placed.digits):
        color = sheet.contrast(rng.uniform(0.25, 0.45)) if index == pale else sheet.ink
        sheet.draw(digit, height * rng.uniform(*PENS), color)
    return sheet, row.text


@kind("touching digits", may_be_unsure=True)
def touching(rng, writing):
    pen = rng.uniform(*PENS)
    row = writing.touching(rng, 0.5 * pen)
    height = np.exp(rng.uniform(*np.log(HEIGHTS)))
    placed = row.placed(height * 0.6, height * 0.6, height)
    sheet = Sheet(rng, (placed.box[2] + 0.6 * height, placed.box[3] + 0.6 * height))
    sheet.draw(placed.strokes, height * pen)
    return sheet, row.text


@kind("two lines of digits", may_be_unsure=True)
def two_lines(rng, writing):
    height = np.exp(rng.uniform(*np.log((50, 160))))
    length = int(rng.integers(1, 5))
    one, two = (writing.number(rng, length) for _ in range(2))
    above = one.placed(height * rng.uniform(0.4, 1), height * rng.uniform(0.4, 1), height)
    below = two.placed(height * rng.uniform(0.4, 1), above.box[3] + height * rng.uniform(0.25, 0.8), height)
    sheet = Sheet(rng, (max(above.box[2], below.box[2]) + 0.5 * height, below.box[3] + 0.5 * height))
    sheet.draw([*above.strokes, *below.strokes], height * rng.uniform(*PENS))
    return sheet, f"{one.text} / {two.text}"
