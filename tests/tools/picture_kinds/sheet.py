"""A sheet of paper with ink on it, as a scan or as a photograph. Pens, papers and light are random."""

import io

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from model.preprocessing.geometry import Stroke, rotation

SUPERSAMPLING = 2
"""Ink is drawn at this multiple of the picture's size, then averaged down."""
MAX_TILT = 3.0
"""Largest angle of the sheet in the picture, in degrees."""


class Sheet:
    """A sheet with a size in pixels, a random paper, and random colors for ink and lines.

    size: width and height. scale: how many times the finished picture is enlarged. ink: the color of the pen.
    rng: the source of all random choices.
    """

    def __init__(self, rng: np.random.Generator, size: tuple[float, float], scale: int = 1):
        self.scale = scale
        self.rng, self.size = rng, (max(8, round(size[0])), max(8, round(size[1])))
        self.is_inverted = rng.random() < 0.25
        self.paper = self._shade(rng.uniform(0.85, 1.0), 0.04)
        self.ink = self._shade(rng.uniform(0.0, 0.3), 0.12)
        self._turn = rotation(np.radians(rng.uniform(-MAX_TILT, MAX_TILT) if rng.random() < 0.6 else 0.0))
        self._layers: list[tuple[Image.Image, np.ndarray]] = []

    def contrast(self, share: float) -> np.ndarray:
        """Return a color between paper and ink. share: 0 is the paper, 1 is the ink."""
        return self.paper + share * (self.ink - self.paper)

    def color(self, share: float) -> np.ndarray:
        """Return a tinted color for lines. Its contrast to the paper is about this share of the full range."""
        tint = self.rng.choice([0, 0, 1]) * self.rng.dirichlet([1, 1, 1]) * share
        return np.clip(self.paper + (1 if self.is_inverted else -1) * (share - tint * 0.8), 0, 1)

    def draw(self, strokes: list[Stroke], width: float, color: np.ndarray | None = None) -> None:
        """Draw strokes, float (P, 2) in pixels, with a round pen. width: in pixels. color: the ink, unless given."""
        large = (self.size[0] * SUPERSAMPLING, self.size[1] * SUPERSAMPLING)
        layer, radius = Image.new("L", large), width * SUPERSAMPLING / 2
        pen, center = ImageDraw.Draw(layer), np.array(self.size) / 2
        for stroke in strokes:
            points = ((np.asarray(stroke) - center) @ self._turn.T + center) * SUPERSAMPLING
            pen.line([tuple(point) for point in points], 255, max(1, round(2 * radius)))
            for x, y in points if radius > 1 else ():
                pen.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
        self._layers.append((layer, self.ink if color is None else color))

    def print(self, strokes: list[Stroke], width: float, color: np.ndarray) -> None:
        """Draw strokes below everything that was drawn before, as lines that were printed on the paper."""
        self.draw(strokes, width, color)
        self._layers.insert(0, self._layers.pop())

    def line(self, start: tuple[float, float], stop: tuple[float, float], width: float, color: np.ndarray) -> None:
        """Print one straight line, in pixels."""
        self.print([np.array([start, stop], float)], width, color)

    def scan(self) -> Image.Image:
        """Return a clean picture, such as a screenshot or a drawing of a computer."""
        image = np.broadcast_to(self.paper, (self.size[1], self.size[0], 3)).astype(np.float32)
        for layer, color in self._layers:
            share = np.asarray(layer.resize(self.size, Image.Resampling.BOX), np.float32)[..., None] / 255
            image = image + share * (color.astype(np.float32) - image)
        picture = Image.fromarray(np.uint8(np.rint(255 * np.clip(image, 0, 1))))
        large = [side * self.scale for side in self.size]
        return picture if self.scale == 1 else picture.resize(large, Image.Resampling.BICUBIC)

    def photograph(self) -> Image.Image:
        """Return a photograph of a picture: with uneven light, blur and sensor noise, and saved as JPEG."""
        rng, image = self.rng, np.asarray(self.scan(), np.float32) / 255
        y, x = np.mgrid[-1 : 1 : image.shape[0] * 1j, -1 : 1 : image.shape[1] * 1j].astype(np.float32)
        angle, dark = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.25)
        light = 1 - dark * (1 + x * np.cos(angle) + y * np.sin(angle)) - rng.uniform(0, 0.15) * (x * x + y * y)
        if rng.random() < 0.3:  # The shadow of a hand or of a head.
            light *= 1 - 0.3 / (1 + np.exp((np.hypot(x - rng.uniform(-1, 1), y - 1.2) - 1) / 0.12))
        image = np.uint8(np.rint(255 * np.clip(image * light[..., None], 0, 1)))
        blurred = Image.fromarray(image).filter(ImageFilter.GaussianBlur(rng.uniform(0.4, 1.2)))
        noisy = np.asarray(blurred, np.float32) + 255 * rng.uniform(0.005, 0.02) * rng.standard_normal(image.shape)
        file = io.BytesIO()
        Image.fromarray(np.uint8(np.clip(noisy, 0, 255))).save(file, "JPEG", quality=int(rng.integers(65, 93)))
        return Image.open(file)

    def _shade(self, value: float, tint: float) -> np.ndarray:
        color = np.clip(value + tint * self.rng.uniform(-1, 1, 3), 0, 1)
        return 1 - color if self.is_inverted else color
