"""Drawings for tests, made by hand for this project. Coordinates are fractions of the pad's side."""

from math import cos, radians, sin

Stroke = list[tuple[float, float]]


def arc(x: float, y: float, across: float, down: float, start: float, end: float) -> Stroke:
    """Return an arc of the ellipse with the center (x, y).

    across, down: the horizontal and the vertical semi-axis.
    start, end: the angles at which the arc starts and ends, in degrees, clockwise from the right.
    """
    angles = [radians(start + (end - start) * step / 20) for step in range(21)]
    return [(x + across * cos(angle), y + down * sin(angle)) for angle in angles]


DIGIT_DRAWINGS: list[list[Stroke]] = [
    [arc(0.5, 0.5, 0.19, 0.29, -80, 275)],
    [[(0.53, 0.2), (0.5, 0.5), (0.48, 0.8)]],
    [[*arc(0.49, 0.37, 0.17, 0.16, -160, 40), (0.5, 0.6), (0.33, 0.78), (0.52, 0.77), (0.7, 0.78)]],
    [[*arc(0.48, 0.36, 0.17, 0.15, -150, 80), *arc(0.48, 0.65, 0.19, 0.15, -80, 150)]],
    [[(0.4, 0.22), (0.36, 0.4), (0.32, 0.53), (0.5, 0.54), (0.7, 0.52)], [(0.62, 0.24), (0.6, 0.5), (0.58, 0.82)]],
    [[(0.4, 0.23), (0.38, 0.45), *arc(0.46, 0.61, 0.19, 0.18, -110, 140)], [(0.4, 0.23), (0.67, 0.22)]],
    [[(0.6, 0.2), (0.5, 0.29), (0.42, 0.42), (0.36, 0.56), *arc(0.5, 0.64, 0.15, 0.15, 190, -160)]],
    [[(0.32, 0.26), (0.5, 0.25), (0.69, 0.25), (0.6, 0.45), (0.52, 0.62), (0.46, 0.8)]],
    [[*arc(0.5, 0.35, 0.14, 0.14, 80, -260), *arc(0.5, 0.64, 0.17, 0.15, -100, 250)]],
    [[*arc(0.5, 0.37, 0.15, 0.15, -20, -350), (0.64, 0.5), (0.62, 0.65), (0.58, 0.82)]],
]

# Maps the name of a style that is rare in MNIST to a digit and the strokes of this digit in this style.
STYLES: dict[str, tuple[int, list[Stroke]]] = {
    "slashed zero": (0, [arc(0.5, 0.5, 0.18, 0.29, -80, 275), [(0.72, 0.2), (0.5, 0.5), (0.28, 0.8)]]),
    "crossed seven": (7, [[(0.32, 0.22), (0.69, 0.22), (0.58, 0.5), (0.46, 0.82)], [(0.38, 0.52), (0.7, 0.49)]]),
    "open four": (4, [[(0.36, 0.2), (0.3, 0.5), (0.68, 0.5)], [(0.58, 0.28), (0.57, 0.82)]]),
    "footed one": (1, [[(0.38, 0.34), (0.52, 0.2), (0.52, 0.8)], [(0.36, 0.8), (0.68, 0.8)]]),
}

NON_DIGIT_DRAWINGS: dict[str, list[Stroke]] = {
    "letter": [[(0.3, 0.8), (0.3, 0.2), (0.5, 0.55), (0.7, 0.2), (0.7, 0.8)]],
    "scribble": [
        [(0.2 + 0.6 * (step % 2) + 0.02 * (step % 3), 0.25 + 0.05 * step) for step in range(11)]
        + [(0.25 + 0.05 * step, 0.2 + 0.6 * (step % 2)) for step in range(11)]
    ],
    "smiley": [
        arc(0.5, 0.5, 0.32, 0.32, -90, 268),
        arc(0.4, 0.42, 0.015, 0.02, 0, 350),
        arc(0.6, 0.42, 0.015, 0.02, 0, 350),
        arc(0.5, 0.54, 0.16, 0.13, 20, 160),
    ],
}


def number(text: str) -> list[Stroke]:
    """Return the strokes of a number. The digits stand side by side and fill the width of the pad."""
    width = 1 / len(text)
    return [
        [((index + 0.5 + 1.7 * (x - 0.5)) * width, 0.5 + 1.7 * (y - 0.5) * width) for x, y in stroke]
        for index, digit in enumerate(text)
        for stroke in DIGIT_DRAWINGS[int(digit)]
    ]


def payload(strokes: list[Stroke]) -> dict:
    """Return strokes in the form that the API accepts."""
    return {"strokes": [[list(point) for point in stroke] for stroke in strokes]}


SEVEN = payload(DIGIT_DRAWINGS[7])
"""A drawing of a 7, in the form that the API accepts."""
