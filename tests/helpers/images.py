"""Images in the form of the API: base64 text with one byte for each pixel."""

import base64

import numpy as np


def pixels(text: str, width: int = 28, dtype: type = np.uint8) -> np.ndarray:
    """Return the pixels of an image, (H, width). dtype: np.int8 for an attribution."""
    return np.frombuffer(base64.b64decode(text), dtype).reshape(-1, width)
