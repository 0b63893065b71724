"""How a drawing becomes 28×28, step by step: the very functions of ink.py and normalization.py, one after the other."""

from dataclasses import dataclass

import numpy as np

from model import ink, normalization


@dataclass(frozen=True)
class Steps:
    """images: by the step's name, in order, float32 (H, W), 0 = paper … 1 = ink; none of nothing drawn."""

    images: dict[str, np.ndarray]

    def as_json(self) -> dict:
        """Each image as rows of whole numbers, 0 = paper … 255 = ink."""
        return {
            "steps": [
                {"name": name, "image": np.rint(image * 255).astype(int).tolist()}
                for name, image in self.images.items()
            ]
        }


def of_strokes(drawing: object) -> Steps:
    """The strokes of one digit → ink, cropped, 20×20, centred. Raises ink.InkError."""
    drawn = ink.from_strokes(ink.parse_strokes(drawing))
    cropped = normalization.crop(drawn)
    if cropped.size == 0:
        return Steps({})
    fitted = normalization.fit(cropped)
    return Steps({"ink": drawn, "cropped": cropped, "fitted": fitted, "centred": normalization.centre(fitted)})
