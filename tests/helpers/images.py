"""Images in the form of the API, base64 text with one byte for each pixel, and the contrast of gray values."""

import base64

import numpy as np


def pixels(text: str, width: int = 28, dtype: type = np.uint8) -> np.ndarray:
    """Return the pixels of an image, (H, width). dtype: np.int8 for an attribution."""
    return np.frombuffer(base64.b64decode(text), dtype).reshape(-1, width)


def contrast(one: int, other: int) -> float:
    """Return the contrast ratio of two gray values from 0 to 255. WCAG defines this ratio, which is from 1 to 21."""
    light = sorted(((value / 255 + 0.055) / 1.055) ** 2.4 for value in (int(one), int(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)
