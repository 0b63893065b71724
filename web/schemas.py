"""Convert between the API's JSON and the model's types: validate requests, and format answers."""

import numpy as np

from model.classes import NUM_DIGITS
from model.errors import InputError
from model.inference.answer import Answer, Reading
from model.inference.comparison import ModelReading
from model.preprocessing.normalization import IMAGE_SIDE, normalize
from model.preprocessing.strokes import parse_strokes, rasterize
from web.texts import answer_reason, reading_reason


def parse_image(payload: object) -> np.ndarray:
    """Return the normalized image of one digit, float32 (28, 28). If nothing is drawn, all pixels are 0.

    payload: strokes in the format of `parse_strokes`, or {"image": rows} from a reading. Raises InputError.
    """
    if not isinstance(payload, dict) or "image" not in payload:
        return normalize(rasterize(parse_strokes(payload)))
    rows = payload["image"]
    square = isinstance(rows, list) and len(rows) == IMAGE_SIDE
    square = square and all(isinstance(row, list) and len(row) == IMAGE_SIDE for row in rows)
    # Every comparison with NaN is false. Therefore the check of the range also rejects NaN.
    if not square or not all(type(value) in (int, float) and 0 <= value <= 255 for row in rows for value in row):
        raise InputError(f"An image is {IMAGE_SIDE} rows of {IMAGE_SIDE} numbers from 0 (paper) to 255 (ink).")
    return np.array(rows, np.float32) / 255


def parse_digit(payload: object) -> int | None:
    """Return the digit in a request, 0 to 9, or None for null. Raises InputError for any other payload."""
    if payload is not None and not (type(payload) is int and 0 <= payload < NUM_DIGITS):
        raise InputError(f"A digit is a whole number from 0 to 9, or null; not {str(payload)[:40]}.")
    return payload


def image_json(image: np.ndarray) -> list[list[int]]:
    """Convert an image (float, 0 to 1) to rows of whole numbers from 0 (paper) to 255 (ink)."""
    return np.rint(image * 255).astype(int).tolist()


def reading_json(reading: Reading) -> dict:
    """Return the JSON object of one reading."""
    return {
        "digit": reading.digit,
        "verdict": reading.verdict,
        "reason": reading_reason(reading),
        "probabilities": list(reading.probabilities),
        "no_digit": reading.not_digit,
        "image": image_json(reading.image),
        "box": None if reading.box is None else list(reading.box),
        "strokes": list(reading.strokes),
    }


def answer_json(answer: Answer) -> dict:
    """Return the JSON object of an answer.

    The object repeats the entries of the current reading. Only `verdict` and `reason` differ: in the answer, they
    describe the whole drawing.
    """
    return reading_json(answer.reading) | {
        "number": answer.number,
        "verdict": answer.verdict,
        "reason": answer_reason(answer),
        "readings": [reading_json(reading) for reading in answer.readings],
        "current": answer.current,
        "milliseconds": answer.milliseconds,
    }


def attribution_json(contributions: np.ndarray) -> dict:
    """Convert contributions, float (28, 28), to rows of whole numbers, scaled so that the largest magnitude is 127."""
    strongest = max(float(np.abs(contributions).max()), 1e-9)
    return {"evidence": np.rint(127 * contributions / strongest).astype(int).tolist()}


def comparison_json(models: list[ModelReading]) -> dict:
    """Return the JSON object of all models' readings. `probability` is the probability of the model's answer."""
    return {"models": [_model_json(model) for model in models]}


def _model_json(model: ModelReading) -> dict:
    reading = model.reading
    return {
        "name": model.name,
        "digit": reading.digit,
        "verdict": reading.verdict,
        "probability": reading.not_digit if reading.digit is None else max(reading.probabilities),
        "mnist": model.test_accuracy,
        "bytes": model.size,
        "milliseconds": round(model.milliseconds, 3),
    }


def trace_json(images: dict[str, np.ndarray]) -> dict:
    """Return the JSON object of the intermediate images of normalization. images: the name and image of each step."""
    return {"steps": [{"name": name, "image": image_json(image)} for name, image in images.items()]}
