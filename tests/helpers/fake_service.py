"""A service without networks, for tests of the API that need no TensorFlow."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from model.inference.answer import Answer, Reading, Verdict

READING = Reading((0.01,) * 7 + (0.91, 0.01, 0.01), 0.1, Verdict.DIGIT, np.zeros((28, 28)), (0.0, 0.0, 1.0, 1.0), (0,))
IS_SEVEN = Answer((READING,), 0, {"ink": 1.0, "normalization": 1.0, "network": 1.0})


def fake_service(store=None) -> SimpleNamespace:
    """Return a service that reads every drawing as a 7. The contribution of every pixel is the explained digit / 10."""
    return SimpleNamespace(
        name="digits",
        path=Path("digits.keras"),
        ready=True,
        rejects=True,
        network=None,
        store=store,
        classifier=SimpleNamespace(
            read_drawings=lambda drawings: [IS_SEVEN for _ in drawings],
        ),
        read_picture=lambda content: IS_SEVEN,
        attribution=SimpleNamespace(attribute=lambda image, digit, contrast: np.full((28, 28), digit / 10)),
        comparison=SimpleNamespace(compare=lambda image: []),
        notes={"sha256": "0123456789abcdef" * 4},
    )
