"""Compare the answers of Python and of the browser's engine."""

import numpy as np

EQUAL = ("number", "verdict", "doubt", "current", "marks")
EQUAL_IN_READINGS = ("digit", "verdict", "box", "strokes", "image")


def differences(expected: dict, found: dict) -> tuple[list[str], float]:
    """Return the names of the fields that differ, and the largest difference of a probability.

    expected: an AnswerResponse as JSON. found: the engine's answer, with the image of each reading as base64 text.
    """
    names = [name for name in EQUAL if expected[name] != found[name]]
    if len(expected["readings"]) != len(found["readings"]):
        return [*names, "readings"], 1.0
    largest = 0.0
    for one, other in zip(expected["readings"], found["readings"], strict=True):
        names += [name for name in EQUAL_IN_READINGS if one[name] != other[name]]
        pairs = (([*each["probabilities"], each["no_digit"], each["several"]]) for each in (one, other))
        largest = max(largest, float(np.abs(np.subtract(*pairs)).max()))
    return names, largest
