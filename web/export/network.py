"""Describe a Keras network for the engine of the static site: its layers as JSON, and its weights.

assets/engine/network.js builds the network from the description. It has the layers that `describe` accepts.
"""

import math

from model.errors import InputError, UserError
from model.inference import backend
from model.preprocessing.normalization import IMAGE_SIDE
from web.export.arrays import ArrayFile

WITHOUT_EFFECT = (
    "InputLayer",
    "Dropout",
    "SpatialDropout2D",
    "GaussianNoise",
    "GaussianDropout",
    "ActivityRegularization",
)
"""Keras's classes of layers that change nothing outside of training."""
LIMITS = {"linear": (None, None), "relu": (0.0, None), "relu6": (0.0, 6.0)}
"""The lowest and the highest output of each activation that the engine has."""
EXPECTED = "expected Conv2D, Dense, MaxPooling2D, BatchNormalization, ReLU, Rescaling, Flatten and Dropout"


def describe(network, name: str, file: ArrayFile) -> tuple[list[dict], list[int]]:
    """Return the descriptions of a network's layers, and append their weights to a file.

    The second value holds, for each call of a layer (`network_layers.record`), the index of the description with the
    same output.

    network: a Keras model from images (N, 28, 28) to logits. name: of the checkpoint, for messages.
    Raises UserError, which names the layer, if the engine does not have a layer of the network.
    """
    try:
        parts, ends = [], []
        for call in _chain(network):
            parts += _parts(call, file)
            ends.append(len(parts) - 1)
        return parts, ends
    except _UnsupportedError as error:
        raise UserError(
            f"{name} cannot be exported, because the browser's engine does not have its layer {error}; {EXPECTED}."
        ) from None
    except InputError:
        raise UserError(f"{name} cannot be exported, because it is not a Sequential or functional model.") from None


class _UnsupportedError(Exception):
    """The message describes the layer."""

    def __init__(self, layer, reason: str = ""):
        super().__init__(f"“{layer.name}” ({type(layer).__name__}{reason})")


def _chain(network) -> list:
    """Return the calls of the layers, as `network_layers.Call`. Refuse a layer that reads more than the one before."""
    from model.inference import network_layers  # It imports Keras.

    image = backend.load_tensorflow().zeros((1, IMAGE_SIDE, IMAGE_SIDE))
    _, calls = network_layers.record(network, image)
    tensor = image
    for call in calls:
        if call.output is None or [id(each) for each in call.inputs] != [id(tensor)]:
            raise _UnsupportedError(call.layer, ", which does not only read the layer before it")
        tensor = call.output
    return calls


def _parts(call, file: ArrayFile) -> list[dict]:
    """Return the descriptions of one call of a layer: the layer, and its activation."""
    kind = type(call.layer).__name__
    if kind in WITHOUT_EFFECT:
        return []
    if kind in ("Reshape", "Flatten"):
        return _reshaped(call)
    if kind not in _DESCRIPTIONS:
        raise _UnsupportedError(call.layer)
    output = _shape(call.output)
    return [each | {"output": output} for each in _DESCRIPTIONS[kind](call, file)]


def _reshaped(call) -> list[dict]:
    """A reshaping keeps the order of the numbers. The engine can only turn images into vectors."""
    before, after = call.inputs[0].shape[1:], call.output.shape[1:]
    squeezed = tuple(side for side in after if side != 1)
    is_image = squeezed == tuple(side for side in before if side != 1) and len(after) == 3 and after[-1] == 1
    if not (is_image or len(after) == 1):
        raise _UnsupportedError(call.layer, f" to the shape {tuple(after)}")
    return []


def _convolution(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if layer.groups != 1 or any(rate != 1 for rate in layer.dilation_rate) or layer.data_format != "channels_last":
        raise _UnsupportedError(layer, " with groups, dilation or channels first")
    return [
        {
            "type": "convolution",
            "kernel": file.add(layer.kernel.numpy()),
            "bias": file.add(layer.bias.numpy()) if layer.use_bias else None,
            "stride": list(layer.strides),
            "padding": _padding(call),
        },
        *_activation(layer, layer.activation),
    ]


def _padding(call) -> dict:
    """Return the number of rows and columns of zeros that the convolution adds around its input."""
    top, bottom = _pads(call, 0)
    left, right = _pads(call, 1)
    return {"top": top, "left": left, "bottom": bottom, "right": right}


def _pads(call, axis: int) -> tuple[int, int]:
    layer = call.layer
    if layer.padding == "valid":
        return 0, 0
    side, stride, kernel = call.inputs[0].shape[1 + axis], layer.strides[axis], layer.kernel_size[axis]
    total = max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


def _dense(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if len(call.inputs[0].shape) != 2:
        raise _UnsupportedError(layer, " of an image")
    bias = file.add(layer.bias.numpy()) if layer.use_bias else None
    return [
        {"type": "dense", "kernel": file.add(layer.kernel.numpy()), "bias": bias},
        *_activation(layer, layer.activation),
    ]


def _pooling(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if layer.padding != "valid" or layer.data_format != "channels_last":
        raise _UnsupportedError(layer, " with padding or channels first")
    return [{"type": "pooling", "size": list(layer.pool_size), "stride": list(layer.strides)}]


def _normalization(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if layer.axis not in (-1, len(call.inputs[0].shape) - 1) or not (layer.scale and layer.center):
        raise _UnsupportedError(layer, " of another axis, or without scale or center")
    arrays = (layer.gamma, layer.beta, layer.moving_mean, layer.moving_variance)
    statistics = [file.add(array.numpy()) for array in arrays]
    return [{"type": "normalization", "statistics": statistics, "epsilon": layer.epsilon}]


def _rescaling(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if not all(isinstance(value, int | float) for value in (layer.scale, layer.offset)):
        raise _UnsupportedError(layer, " with several factors")
    return [{"type": "scaling", "scale": float(layer.scale), "offset": float(layer.offset)}]


def _relu(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if layer.negative_slope or layer.threshold:
        raise _UnsupportedError(layer, " with a slope or a threshold")
    return [{"type": "activation", "low": 0.0, "high": layer.max_value}]


def _activation(layer, activation) -> list[dict]:
    name = getattr(activation, "__name__", type(activation).__name__)
    if name not in LIMITS:
        raise _UnsupportedError(layer, f" with the activation {name}")
    low, high = LIMITS[name]
    return [] if name == "linear" else [{"type": "activation", "low": low, "high": high}]


_DESCRIPTIONS = {
    "Conv2D": _convolution,
    "Dense": _dense,
    "MaxPooling2D": _pooling,
    "BatchNormalization": _normalization,
    "Rescaling": _rescaling,
    "ReLU": _relu,
    "Activation": lambda call, file: _activation(call.layer, call.layer.activation),
}


def _shape(tensor) -> dict:
    """Return height, width and channels of a layer's output. A vector has a height and a width of 1."""
    sides = tensor.shape[1:]
    if sides == (IMAGE_SIDE, IMAGE_SIDE):
        sides = (*sides, 1)
    height, width, channels = sides if len(sides) == 3 else (1, 1, sides[-1])
    return {"height": height, "width": width, "channels": channels}
