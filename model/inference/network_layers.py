"""Find the layers of a network whose outputs can be shown: each convolution and each hidden dense layer.

The network is a Keras `Sequential` or functional model, which may contain further models. `run` calls its layers one by
one, so that a caller can record or replace the output of each call. Importing this module imports Keras.
"""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
from keras import layers

from model.errors import InputError
from model.preprocessing.normalization import IMAGE_SIDE

CONVOLUTIONS = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D, layers.Conv2DTranspose)
POOLINGS = (layers.MaxPooling2D, layers.AveragePooling2D)
NORMALIZATIONS = (layers.BatchNormalization, layers.LayerNormalization, layers.GroupNormalization)
ACTIVATIONS = (layers.Activation, layers.ReLU, layers.LeakyReLU, layers.PReLU, layers.ELU)
WITHOUT_EFFECT = (layers.Dropout, layers.SpatialDropout2D, layers.GaussianNoise, layers.GaussianDropout)
"""Layers that change nothing outside of training."""
MERGES = (layers.Add, layers.Subtract, layers.Multiply, layers.Average, layers.Maximum, layers.Concatenate)
WITHOUT_GRAPH = "The layers of this model cannot be shown, because it is not a Sequential or functional Keras model."


@dataclass(frozen=True)
class Window:
    """The square of the 28×28 image that one cell of a map sees, in pixels.

    size: the side of the square. step: the distance between the squares of two neighboring cells.
    start: the index of the row and of the column on which the square of the first cell is centered.
    """

    size: int
    step: int
    start: float


@dataclass(frozen=True)
class Call:
    """One call of a layer. inputs, output: tensors with a batch axis. output: None if the layer has several outputs.

    numbers: the other arguments of an operation, such as the 0 of `keras.ops.maximum(x, 0)`.
    """

    layer: object
    inputs: tuple
    output: object
    numbers: tuple = ()


@dataclass(frozen=True)
class ShownLayer:
    """A convolution or a hidden dense layer.

    name: Keras's name of the layer.
    first, last: the indices of the call of the layer, and of the call that gives the shown output, which is the call of
        the activation after it.
    shape: height and width of a map, and the number of maps. A dense layer has maps of 1×1, its units.
    window: what one cell sees; None if it is the whole image or not known.
    kernel: of a dense layer that reads the pixels: its weights, (784, C). Otherwise None.
    factor: the factor by which this dense layer reads the pixels. The weights have it already.
    """

    name: str
    first: int
    last: int
    shape: tuple[int, int, int]
    window: Window | None
    kernel: object | None
    factor: float | None


def run(network, image, visit: Callable):
    """Return the output of the network. It calls each layer by `visit(call, *arguments)`, in a fixed order.

    call: a function that calls the layer in inference mode; `call.layer` is the layer.
    Raises InputError if the network is not a Sequential or functional model.
    """
    try:
        model = keras.Model(network.inputs[0], network.outputs[0])
    except (AttributeError, TypeError, IndexError, ValueError):
        raise InputError(WITHOUT_GRAPH) from None

    def operation(layer):
        if isinstance(layer, keras.Model) and len(getattr(layer, "inputs", None) or ()) == 1:
            return lambda inputs, **_: run(layer, inputs, visit)
        return functools.partial(visit, _InferenceCall(layer))

    # Keras's clone_model uses this method in the same way. It has no public form that also enters inner models.
    return model._run_through_graph(image, operation)


def record(network, image) -> tuple[object, list[Call]]:
    """Return the output of the network, and the call of each layer."""
    calls = []

    def visit(call, *arguments, **options):
        output = call(*arguments, **options)
        parts = keras.tree.flatten((arguments, options))
        inputs = tuple(part for part in parts if hasattr(part, "shape"))
        numbers = tuple(part for part in parts if isinstance(part, int | float))
        if any(output is each for each in inputs):  # Dropout, for example. Each output needs an identity of its own.
            output = keras.ops.add(output, 0)
        calls.append(Call(call.layer, inputs, output if hasattr(output, "shape") else None, numbers))
        return output

    return run(network, image, visit), calls


def shown_layers(calls: Sequence[Call], image) -> list[ShownLayer]:
    """Return the layers that can be shown, from the input to the output. image: the input of the recorded calls.

    If the last of them is a dense layer, it is not hidden: its units are the outputs of the network.
    """
    consumers: dict[int, list[int]] = {}
    for index, call in enumerate(calls):
        for tensor in call.inputs:
            consumers.setdefault(id(tensor), []).append(index)
    windows = _windows(calls, image)
    found = [i for i, call in enumerate(calls) if _is_convolution(call.layer) or _is_dense(call)]
    if found and _is_dense(calls[found[-1]]):
        found.pop()
    return [_shown_layer(calls, first, _last_of_block(calls, consumers, first), windows) for first in found]


def _shown_layer(calls: Sequence[Call], first: int, last: int, windows: dict[int, Window]) -> ShownLayer:
    layer, output = calls[first].layer, calls[last].output
    shape = (1, 1, output.shape[1]) if _is_dense(calls[first]) else tuple(output.shape[1:])
    factor = _pixel_factor(calls[:first], layer) if _is_dense(calls[first]) else None
    kernel = None if factor is None else layer.kernel * factor
    return ShownLayer(layer.name, first, last, shape, windows.get(id(output)), kernel, factor)


class _InferenceCall:
    """Calls a layer in inference mode."""

    def __init__(self, layer):
        self.layer = layer
        # Layers that augment images would work by default.
        takes_training = "training" in inspect.signature(getattr(layer, "call", layer)).parameters
        self._options = {"training": False} if takes_training else {}

    def __call__(self, *arguments, **options):
        return self.layer(*arguments, **options | self._options)


def _is_convolution(layer) -> bool:
    return isinstance(layer, CONVOLUTIONS) and layer.data_format == "channels_last"


def _is_dense(call: Call) -> bool:
    return isinstance(call.layer, layers.Dense) and len(call.output.shape) == 2


def _last_of_block(calls: Sequence[Call], consumers: dict[int, list[int]], first: int) -> int:
    """Return the index of the last call of the block that starts with a convolution or a dense layer.

    The block ends with the first activation after the layer. Normalization and pooling may be between them. Without an
    activation, it ends with the normalization that follows the layer, if any.
    """
    layer = calls[first].layer
    if getattr(layer, "activation", None) not in (None, keras.activations.linear):
        return first
    last = current = first
    while len(following := consumers.get(id(calls[current].output), ())) == 1:
        [current] = following
        layer = calls[current].layer
        if _is_activation(layer):
            return current
        if not isinstance(layer, (*NORMALIZATIONS, *POOLINGS, *WITHOUT_EFFECT)):
            break
        if isinstance(layer, NORMALIZATIONS):
            last = current
    return last


def _is_activation(layer) -> bool:
    # An operation such as keras.ops.relu has a class of the same name.
    return isinstance(layer, ACTIVATIONS) or hasattr(keras.activations, type(layer).__name__.lower())


def _pixel_factor(before: Sequence[Call], layer: layers.Dense) -> float | None:
    """Return the factor by which a dense layer reads the 784 pixels; None if other layers have changed them."""
    factor = 1.0
    for call in before:
        if isinstance(call.layer, layers.Rescaling) and call.layer.offset == 0:
            factor *= call.layer.scale
        elif not isinstance(call.layer, (layers.Flatten, layers.Reshape, *WITHOUT_EFFECT)):
            return None
    return factor if layer.kernel.shape[0] == IMAGE_SIDE**2 else None


def _windows(calls: Sequence[Call], image) -> dict[int, Window]:
    """Return the window of each tensor with cells, by the id of the tensor."""
    windows = {id(image): Window(1, 1, 0.0)}
    for call in calls:
        inputs = [windows.get(id(tensor)) for tensor in call.inputs]
        if call.output is None or not inputs or None in inputs:
            continue
        window = _window(call, inputs)
        if window is not None:
            windows[id(call.output)] = window
    return windows


def _window(call: Call, inputs: Sequence[Window]) -> Window | None:
    layer, [before, *others] = call.layer, inputs
    if isinstance(layer, MERGES) and len({(each.step, each.start) for each in inputs}) == 1:
        return max(inputs, key=lambda window: window.size)
    if others:
        return None
    if isinstance(layer, layers.ZeroPadding2D):
        return Window(before.size, before.step, before.start - before.step * layer.padding[0][0])
    if isinstance(layer, POOLINGS) or (_is_convolution(layer) and not isinstance(layer, layers.Conv2DTranspose)):
        return _window_of_kernel(call, before)
    same_cells = len(call.output.shape) in (3, 4) and call.output.shape[1:3] == call.inputs[0].shape[1:3]
    passes = isinstance(layer, (layers.Reshape, layers.Rescaling, *NORMALIZATIONS, *WITHOUT_EFFECT))
    return before if same_cells and (passes or _is_activation(layer)) else None


def _window_of_kernel(call: Call, before: Window) -> Window | None:
    layer = call.layer
    kernel = layer.pool_size if isinstance(layer, POOLINGS) else layer.kernel_size
    dilation = getattr(layer, "dilation_rate", (1, 1))
    if len({*kernel}) > 1 or len({*layer.strides}) > 1 or len({*dilation}) > 1:
        return None
    stride, reach = layer.strides[0], (kernel[0] - 1) * dilation[0]
    padding = 0
    if layer.padding == "same":
        side = call.inputs[0].shape[1]
        padding = max((math.ceil(side / stride) - 1) * stride + reach + 1 - side, 0) // 2
    start = before.start + before.step * (reach / 2 - padding)
    return Window(before.size + before.step * reach, before.step * stride, start)
