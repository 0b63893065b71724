"""A service without networks, for tests of the API that need no TensorFlow."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np

from model.inference.activations import MAPS, Layer, Ledger
from model.inference.answer import Answer, Reading, Verdict
from model.inference.feature_maps import LayerMaps

READING = Reading((0.01,) * 7 + (0.91, 0.01, 0.01), 0.1, Verdict.DIGIT, np.zeros((28, 28)), (0.0, 0.0, 1.0, 1.0), (0,))
IS_SEVEN = Answer((READING,), 0, {"ink": 1.0, "normalization": 1.0, "network": 1.0})


def logits_of(images: np.ndarray) -> np.ndarray:
    """Return the logits of a network that adds the ink to the logit of 7, (N, 11)."""
    return np.asarray(images).sum(axis=(1, 2))[:, None] * (np.arange(11) == 7)


class FakeActivations:
    """The activations of a network with one layer of three maps: the image times 0, 1 and 2. Map 1 is not shown."""

    is_measured = True
    layers = [Layer("first", MAPS, (28, 28, 3), LayerMaps((2, 0), 2.0), (5, 2, 1.0), None)]

    def of(self, image, silenced=()):
        factors = np.array([0 if [0, index] in silenced else index for index in range(3)])
        return logits_of(image[None])[0] * factors.sum() / 3, [image[:, :, None] * factors]

    def cell(self, images, place, silenced=()):
        return np.array([self.of(image, silenced)[1][0].reshape(-1, 3)[place[2], place[1]] for image in images])

    def logits(self, images, silenced):
        return np.stack([self.of(image, silenced)[0] for image in images])

    def ledger(self, changes):
        return Ledger(np.zeros(11), changes[0].sum(axis=(0, 1)) / 3 * (np.arange(11) == 7)[:, None])


def fake_service(store=None) -> SimpleNamespace:
    """Return a service that reads every drawing as a 7. The contribution of every pixel is the explained digit / 10."""
    notes = {"sha256": "0123456789abcdef" * 4, "temperature": 1.0}
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
        models=["digits"],
        model=lambda name: (
            SimpleNamespace(notes=notes, logits=SimpleNamespace(single_view=logits_of)),
            Path("digits.keras"),
        ),
        activations=lambda name: FakeActivations(),
        notes=notes,
    )
