"""Describe a Keras network for the engine of the static site: its layers as JSON, and its weights.

assets/engine/network.js builds the network from the description. It has the layers that `describe` accepts.
"""

import math
from collections.abc import Sequence

import numpy as np

from model.errors import InputError, UserError
from model.inference import backend
from model.preprocessing.normalization import IMAGE_SIDE
from web.export.activation_functions import UnsupportedError, activation, activation_layer
from web.export.arrays import ArrayFile

WITHOUT_EFFECT = (
    "InputLayer",
    "Identity",
    "ConvertToTensor",
    "Dropout",
    "AlphaDropout",
    "SpatialDropout2D",
    "GaussianNoise",
    "GaussianDropout",
    "ActivityRegularization",
    "RandomFlip",
    "RandomRotation",
    "RandomTranslation",
    "RandomZoom",
    "RandomContrast",
    "RandomBrightness",
)
"""Keras's classes of layers that change nothing outside of training."""
EXPECTED = "docs/deployment.md lists the layers that it has"


def describe(network, name: str, file: ArrayFile) -> tuple[list[dict], list[int]]:
    """Return the descriptions of a network's layers, and append their weights to a file.

    The second value holds, for each call of a layer (`network_layers.record`), the index of the description with the
    same output.

    network: a Keras model from images (N, 28, 28) to logits. name: of the checkpoint, for messages.
    Raises UserError, which names the layer, if the engine does not have a layer of the network.
    """
    try:
        parts, ends, reshaping = [], [], []
        for call in _chain(network):
            for part in _parts(call, file):
                if part["type"] == "reshape":
                    reshaping = [part]
                    continue
                # A dense layer reads the numbers of an image in the same order as those of a vector.
                parts += [part] if part["type"] == "dense" else [*reshaping, part]
                reshaping = []
            ends.append(len(parts) - 1)
        return parts, ends
    except UnsupportedError as error:
        raise UserError(
            f"{name} cannot be exported, because the browser's engine does not have its layer {error}; {EXPECTED}."
        ) from None
    except InputError:
        raise UserError(f"{name} cannot be exported, because it is not a Sequential or functional model.") from None


def _chain(network) -> list:
    """Return the calls of the layers, as `network_layers.Call`. Refuse a layer that reads more than the one before."""
    from model.inference import network_layers  # It imports Keras.

    image = backend.load_tensorflow().zeros((1, IMAGE_SIDE, IMAGE_SIDE))
    _, calls = network_layers.record(network, image)
    tensor = image
    for call in calls:
        if call.output is None or [id(each) for each in call.inputs] != [id(tensor)]:
            raise UnsupportedError(call.layer, ", which does not only read the layer before it")
        tensor = call.output
    return calls


def _parts(call, file: ArrayFile) -> list[dict]:
    """Return the descriptions of one call of a layer: the layer, and its activation."""
    kind = type(call.layer).__name__
    if kind in WITHOUT_EFFECT:
        return []
    if kind in ("Reshape", "Flatten"):
        return _reshaped(call)
    output = {"output": _shape(call.output)}
    if kind not in _DESCRIPTIONS:
        return [each | output for each in activation_layer(call)]
    return [output | each for each in _DESCRIPTIONS[kind](call, file)]


def _reshaped(call) -> list[dict]:
    """Return the description of a reshaping, unless only a side of 1 is added to an image or removed."""
    before, after = call.inputs[0].shape[1:], call.output.shape[1:]
    if _shape(call.inputs[0]) == _shape(call.output):
        return []
    if len(after) == 2 and after != (IMAGE_SIDE, IMAGE_SIDE) or len(before) == 2 and before != (IMAGE_SIDE, IMAGE_SIDE):
        raise UnsupportedError(call.layer, f" from the shape {tuple(before)} to the shape {tuple(after)}")
    return [{"type": "reshape", "output": _shape(call.output)}]


def _convolution(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    _check_convolution(layer)
    if layer.groups != 1:
        raise UnsupportedError(layer, " with groups")
    return [
        {
            "type": "convolution",
            "kernel": file.add(layer.kernel.numpy()),
            "bias": file.add(layer.bias.numpy()) if layer.use_bias else None,
            "stride": list(layer.strides),
            "padding": _padding(call, layer.kernel_size),
        },
        *activation(layer, layer.activation),
    ]


def _depthwise(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    _check_convolution(layer)
    bias = file.add(layer.bias.numpy()) if layer.use_bias else None
    return [_depthwise_part(call, layer.kernel, bias, file), *activation(layer, layer.activation)]


def _separable(call, file: ArrayFile) -> list[dict]:
    """Return a depthwise convolution without a bias, and a convolution of single pixels."""
    layer = call.layer
    _check_convolution(layer)
    kernel = layer.pointwise_kernel
    between = _shape(call.output) | {"channels": int(kernel.shape[2])}
    return [
        _depthwise_part(call, layer.depthwise_kernel, None, file) | {"output": between},
        {
            "type": "convolution",
            "kernel": file.add(kernel.numpy()),
            "bias": file.add(layer.bias.numpy()) if layer.use_bias else None,
            "stride": [1, 1],
            "padding": {"top": 0, "left": 0, "bottom": 0, "right": 0},
        },
        *activation(layer, layer.activation),
    ]


def _depthwise_part(call, kernel, bias: dict | None, file: ArrayFile) -> dict:
    return {
        "type": "depthwise",
        "kernel": file.add(kernel.numpy()),
        "bias": bias,
        "stride": list(call.layer.strides),
        "padding": _padding(call, call.layer.kernel_size),
    }


def _check_convolution(layer) -> None:
    if any(rate != 1 for rate in layer.dilation_rate) or layer.data_format != "channels_last":
        raise UnsupportedError(layer, " with dilation or channels first")


def _padding(call, window: Sequence[int]) -> dict:
    """Return the number of rows and columns of zeros around the input. window: the sides of the kernel."""
    top, bottom = _pads(call, 0, window)
    left, right = _pads(call, 1, window)
    return {"top": top, "left": left, "bottom": bottom, "right": right}


def _pads(call, axis: int, window: Sequence[int]) -> tuple[int, int]:
    if call.layer.padding == "valid":
        return 0, 0
    side, stride, kernel = call.inputs[0].shape[1 + axis], call.layer.strides[axis], window[axis]
    total = max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2


def _dense(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if len(call.inputs[0].shape) != 2:
        raise UnsupportedError(layer, " of an image")
    bias = file.add(layer.bias.numpy()) if layer.use_bias else None
    return [
        {"type": "dense", "kernel": file.add(layer.kernel.numpy()), "bias": bias},
        *activation(layer, layer.activation),
    ]


def _pooling(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if layer.data_format != "channels_last":
        raise UnsupportedError(layer, " with channels first")
    padding = _padding(call, layer.pool_size)
    start = [padding["top"], padding["left"]]
    return [{"type": _pooled(layer), "size": list(layer.pool_size), "stride": list(layer.strides), "start": start}]


def _global_pooling(call, file: ArrayFile) -> list[dict]:
    layer, shape = call.layer, call.inputs[0].shape
    if layer.data_format != "channels_last":
        raise UnsupportedError(layer, " with channels first")
    return [{"type": _pooled(layer), "size": list(shape[1:3]), "stride": [1, 1], "start": [0, 0]}]


def _pooled(layer) -> str:
    return "maximum" if "Max" in type(layer).__name__ else "mean"


def _zeros(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if layer.data_format != "channels_last":
        raise UnsupportedError(layer, " with channels first")
    (top, _), (left, _) = layer.padding
    return [{"type": "zeros", "start": [top, left]}]


def _normalization(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if layer.axis not in (-1, len(call.inputs[0].shape) - 1):
        raise UnsupportedError(layer, " of another axis")
    mean, variance = layer.moving_mean.numpy(), layer.moving_variance.numpy()
    gamma = layer.gamma.numpy() if layer.scale else np.ones_like(mean)
    beta = layer.beta.numpy() if layer.center else np.zeros_like(mean)
    statistics = [file.add(array) for array in (gamma, beta, mean, variance)]
    return [{"type": "normalization", "statistics": statistics, "epsilon": layer.epsilon}]


def _rescaling(call, file: ArrayFile) -> list[dict]:
    layer = call.layer
    if not all(isinstance(value, int | float) for value in (layer.scale, layer.offset)):
        raise UnsupportedError(layer, " with several factors")
    return [{"type": "scaling", "scale": float(layer.scale), "offset": float(layer.offset)}]


_DESCRIPTIONS = {
    "Conv2D": _convolution,
    "DepthwiseConv2D": _depthwise,
    "SeparableConv2D": _separable,
    "Dense": _dense,
    "MaxPooling2D": _pooling,
    "AveragePooling2D": _pooling,
    "GlobalMaxPooling2D": _global_pooling,
    "GlobalAveragePooling2D": _global_pooling,
    "ZeroPadding2D": _zeros,
    "BatchNormalization": _normalization,
    "Rescaling": _rescaling,
    "Activation": lambda call, file: activation(call.layer, call.layer.activation),
}


def _shape(tensor) -> dict:
    """Return height, width and channels of a layer's output. A vector has a height and a width of 1."""
    sides = tensor.shape[1:]
    if sides == (IMAGE_SIDE, IMAGE_SIDE):
        sides = (*sides, 1)
    height, width, channels = sides if len(sides) == 3 else (1, 1, sides[-1])
    return {"height": height, "width": width, "channels": channels}
