"""A file of arrays, and their descriptions. assets/engine/half.js reads both."""

import numpy as np

ALIGNMENT = 4  # bytes


class ArrayFile:
    """The content of a file to which arrays are appended. All numbers are little-endian."""

    def __init__(self):
        self._content = bytearray()

    def add(self, array: np.ndarray) -> dict:
        """Append float numbers and return their description. If no number changes, they get half precision."""
        half, single = np.asarray(array, "<f2"), np.asarray(array, "<f4")
        is_half = np.array_equal(half.astype("<f4"), single)
        return {"offset": self.add_bytes(half if is_half else single), "shape": list(array.shape), "half": is_half}

    def add_bytes(self, array: np.ndarray) -> int:
        """Append an array and return the index of its first byte."""
        offset = len(self._content)
        self._content += array.tobytes()
        self._content += bytes(-len(self._content) % ALIGNMENT)
        return offset

    @property
    def content(self) -> bytes:
        return bytes(self._content)
