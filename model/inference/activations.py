"""Activations: the outputs of the inner layers of a network for one image, and what each of them adds to the answer.

Activations are changes against the empty pad, which is the image without ink, because batch normalization gives about
half of the maps a value even without ink. For the same reason, a silenced map gets its value on the empty pad, not
zeros. There is no test-time augmentation.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.errors import InputError
from model.inference import backend, feature_maps
from model.inference.feature_maps import LayerMaps
from model.preprocessing.normalization import IMAGE_SIDE, normalize_all
from model.preprocessing.strokes import rasterize

MAPS, UNITS, PRODUCTS = "maps", "units", "products"
"""The kinds of layers: maps of a convolution, units of a dense layer, products of weights and pixels."""
STRONGEST = 5
"""Number of maps that `Ledger.strongest` lists."""
LINEAR_TOLERANCE = 1e-3
"""Largest difference between a logit and its ledger, in relation to the largest logit, that is due to rounding."""
NOTHING_TO_SHOW = (
    "This model has no convolution and no hidden dense layer, and its outputs are not sums over the pixels, so nothing "
    "of its inside can be shown."
)
# Two drawings with straight and round strokes, as points in fractions of the pad's side. They show whether the last
# layers are linear, and give the scales of a checkpoint without chosen maps.
_CIRCLE = [(0.5 + 0.3 * np.cos(angle), 0.5 + 0.4 * np.sin(angle)) for angle in np.linspace(0, 2 * np.pi, 25)]
EXAMPLES = (
    [_CIRCLE],
    [[(0.2, 0.2), (0.75, 0.2), (0.4, 0.85)]],
    [[(0.6, 0.1), (0.2, 0.6), (0.8, 0.6)], [(0.6, 0.3), (0.6, 0.9)]],
    [_CIRCLE[:16], [(0.5, 0.1), (0.5, 0.9)]],
)


@dataclass(frozen=True)
class Layer:
    """A layer whose outputs are shown.

    kind: MAPS, UNITS or PRODUCTS. shape: height and width of a map, and the number of maps.
    chosen: the maps to show, and their scale.
    window: size, step and start of the square that a cell sees (`network_layers.Window`), or None.
    weights: the weights with which each map or unit reads the pixels, (28, 28, C), or None.
    """

    name: str
    kind: str
    shape: tuple[int, int, int]
    chosen: LayerMaps
    window: tuple[int, int, float] | None
    weights: np.ndarray | None


@dataclass(frozen=True)
class Ledger:
    """The logits as sums over the maps of the last layer: logits = empty + the sum of `contributions` over the maps.

    is_centered: whether these are logits less their mean. A model that ends in a softmax gives logits up to a number
        that is the same for all classes, and that the softmax removes.
    empty: the logits of the empty pad, (K,): the biases, and what the maps add without ink.
    contributions: what the change of each map adds to each logit, (K, C).
    """

    empty: np.ndarray
    contributions: np.ndarray
    is_centered: bool = False

    def strongest(self, answer: int) -> list[int]:
        """Return the indices of the maps that support a class most: their own logit, less the mean of the others."""
        own, others = self.contributions[answer], np.delete(self.contributions, answer, axis=0).mean(axis=0)
        return np.argsort(others - own, kind="stable")[:STRONGEST].tolist()


class Activations:
    """The activations of one network. Thread-safe.

    layers: the layers that are shown, from the input to the output.
    is_measured: whether the shown maps and the scales were chosen on images of digits.
    has_ledger: whether the logits, or the logits less their mean, depend linearly on the last layer.
    is_centered: whether these are the logits less their mean.
    """

    def __init__(self, network, checkpoint: Path | None = None, sha256: str = ""):
        """Compile the network with access to its layers.

        network: a Keras model that maps float32 (N, 28, 28) to logits (N, K).
        checkpoint, sha256: the path and the hash of the network's file, for the maps that were chosen for it.
        Raises InputError if the network has no layers that can be shown.
        """
        tf = self._tf = backend.load_tensorflow()
        from model.inference import network_layers  # It imports Keras.

        self._run, self._network, self._lock = network_layers.run, network, threading.Lock()
        blank = tf.zeros((1, IMAGE_SIDE, IMAGE_SIDE))
        _, calls = network_layers.record(network, blank)
        self._shown = network_layers.shown_layers(calls, blank)
        self._empty = [calls[layer.last].output for layer in self._shown]
        masks = tuple(tf.TensorSpec((None, layer.shape[2])) for layer in self._shown)
        images = tf.TensorSpec((None, IMAGE_SIDE, IMAGE_SIDE))
        self._compiled = tf.function(self._pass, input_signature=[images, masks], autograph=False)
        self._slopes, self.is_centered = self._slopes_at(blank), False
        self._empty_logits = self._compiled(blank, self._masks([]))[0].numpy()[0]
        examples = normalize_all(rasterize([np.array(stroke) for stroke in strokes]) for strokes in EXAMPLES)
        self.has_ledger = self._is_linear(examples)
        if not self.has_ledger:
            self._slopes, self.is_centered = self._slopes - self._slopes.mean(axis=0), True
            self._empty_logits = self._empty_logits - self._empty_logits.mean()
            self.has_ledger = self._is_linear(examples)
        if not self._shown and not self.has_ledger:
            raise InputError(NOTHING_TO_SHOW)
        chosen = feature_maps.load(checkpoint, sha256, self._counts) if checkpoint else None
        self.is_measured = chosen is not None
        self.layers = self._layers(chosen or [feature_maps.choose(changes) for changes in self.changes(examples)])

    def changes(self, images: np.ndarray) -> list[np.ndarray]:
        """Return what images change in each layer against the empty pad: float32 (N, H, W, C) for each layer.

        images: normalized images, (N, 28, 28).
        """
        return self._pass_of(images, [])[1]

    def of(self, image: np.ndarray, silenced: Sequence[tuple[int, int]] = ()) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return the logits, (K,), and the changes of each layer, (H, W, C), for a normalized image, (28, 28).

        silenced: the layer and the map of each silenced map. Raises InputError if there is no such map.
        """
        logits, changes = self._pass_of(image[None], silenced)
        return logits[0], [of_layer[0] for of_layer in changes]

    def logits(self, images: np.ndarray, silenced: Sequence[tuple[int, int]]) -> np.ndarray:
        """Return the logits, float32 (N, K), of normalized images, (N, 28, 28), with silenced maps."""
        with self._lock:
            if not hasattr(self, "_logits"):  # Few callers need it.
                self._logits = self._tf.function(
                    lambda images, masks: self._pass(images, masks)[0],
                    input_signature=self._compiled.input_signature,
                    autograph=False,
                )
        return self._logits(np.asarray(images, np.float32), self._masks(silenced)).numpy()

    def ledger(self, changes: Sequence[np.ndarray]) -> Ledger | None:
        """Return the ledger of an image; None if the logits do not depend linearly on the last layer.

        changes: the changes of each layer, as `of` returns them.
        """
        if not self.has_ledger:
            return None
        if not self._shown:  # The maps are products of weights and pixels. Each belongs to one logit.
            contributions = np.diag(changes[-1].sum(axis=(0, 1)))
        else:
            contributions = np.einsum("khwc,hwc->kc", self._slopes, changes[-1], dtype=np.float64)
        return Ledger(self._empty_logits, contributions, self.is_centered)

    @property
    def _counts(self) -> list[int]:
        return [layer.shape[2] for layer in self._shown] or [len(self._slopes)]

    def _layers(self, chosen: Sequence[LayerMaps]) -> list[Layer]:
        if not self._shown:
            weights = np.moveaxis(self._slopes, 0, -1)
            # Each map belongs to a class, so their order is that of the classes.
            maps = LayerMaps(tuple(range(weights.shape[2])), chosen[0].scale)
            return [Layer("weights", PRODUCTS, weights.shape, maps, None, weights)]
        return [_layer(*pair) for pair in zip(self._shown, chosen, strict=True)]

    def _masks(self, silenced: Sequence[tuple[int, int]]) -> tuple[np.ndarray, ...]:
        """Return a mask of each layer, (1, C): 1 for silenced maps."""
        masks = tuple(np.zeros((1, layer.shape[2]), np.float32) for layer in self._shown)
        for layer, index in silenced:
            if layer >= len(masks) or index >= masks[layer].shape[1]:
                raise InputError(self._silencing_error(layer))
            masks[layer][0, index] = 1
        return masks

    def _silencing_error(self, layer: int) -> str:
        if not self._shown:
            return "This model has no inner layers, so nothing can be silenced; expected an empty list."
        if layer >= len(self._shown):
            return f"silenced names a layer that this model does not have; expected 0 to {len(self._shown) - 1}."
        return f"silenced names a map that its layer does not have; expected 0 to {self._shown[layer].shape[2] - 1}."

    def _pass_of(self, images: np.ndarray, silenced: Sequence[tuple[int, int]]) -> tuple[np.ndarray, list[np.ndarray]]:
        logits, values = self._compiled(np.asarray(images, np.float32), self._masks(silenced))
        if not self._shown:
            return logits.numpy(), [np.asarray(images)[..., None] * np.moveaxis(self._slopes, 0, -1)]
        changes = [(value - empty).numpy() for value, empty in zip(values, self._empty, strict=True)]
        return logits.numpy(), [
            each.reshape(-1, *layer.shape) for each, layer in zip(changes, self._shown, strict=True)
        ]

    def _pass(self, images, masks):
        """Return the logits and the values of each shown layer. `masks`: see `_masks`."""
        tf, values, indices = self._tf, {}, iter(range(10**6))
        lasts = {layer.last: number for number, layer in enumerate(self._shown)}

        def visit(call, *arguments, **options):
            output = call(*arguments, **options)
            number = lasts.get(next(indices))
            if number is None:
                return output
            mask = masks[number] if len(output.shape) == 2 else masks[number][:, None, None, :]
            values[number] = tf.where(mask > 0, self._empty[number], output)
            return values[number]

        logits = self._run(self._network, images, visit)
        return logits, [values[number] for number in sorted(values)]

    def _slopes_at(self, blank) -> np.ndarray:
        """Return the derivatives of the logits by the last layer, (K, H, W, C), or by the image, (K, 28, 28)."""
        tf = self._tf
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(blank)
            logits, values = self._pass(blank, self._masks([]))
            outputs = tf.unstack(logits[0])
        source = values[-1] if values else blank
        slopes = [tape.gradient(output, source, unconnected_gradients="zero").numpy()[0] for output in outputs]
        shape = self._shown[-1].shape if values else (IMAGE_SIDE, IMAGE_SIDE)
        return np.stack(slopes).reshape(len(slopes), *shape)

    def _is_linear(self, images: np.ndarray) -> bool:
        """Return whether the logits of images are the sums of their ledgers."""
        logits, changes = self._pass_of(images, [])
        if self.is_centered:
            logits = logits - logits.mean(axis=1, keepdims=True)
        sums = changes[-1].sum(axis=(1, 2))
        if self._shown:
            sums = np.einsum("khwc,nhwc->nk", self._slopes, changes[-1], dtype=np.float64)
        return np.abs(self._empty_logits + sums - logits).max() <= LINEAR_TOLERANCE * max(1, np.abs(logits).max())


def _layer(shown, chosen: LayerMaps) -> Layer:
    kind = UNITS if shown.shape[:2] == (1, 1) else MAPS
    weights = None if shown.kernel is None else np.asarray(shown.kernel).reshape(IMAGE_SIDE, IMAGE_SIDE, -1)
    window = shown.window and (shown.window.size, shown.window.step, shown.window.start)
    return Layer(shown.name, kind, shown.shape, chosen, window, weights)
