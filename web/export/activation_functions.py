"""Describe activation functions for the browser's engine. assets/engine/functions.js has the same functions."""

LIMITS = {"linear": (None, None), "relu": (0.0, None), "relu6": (0.0, 6.0)}
"""The lowest and the highest output of each activation that only limits numbers."""
FUNCTIONS = {
    "sigmoid": 0.0,
    "tanh": 0.0,
    "elu": 1.0,
    "selu": 0.0,
    "leaky_relu": 0.2,
    "softplus": 0.0,
    "softsign": 0.0,
    "silu": 0.0,
    "gelu": 0.0,
    "exponential": 0.0,
}
"""The other activations of Keras that the engine has, and the default value of their parameter; 0 if they have none."""
OPERATIONS = ("Relu", "Relu6", "Sigmoid", "Tanh", "Silu", "Softplus", "Softmax")
"""Operations of keras.ops with the results of the activation of the same name."""


class UnsupportedError(Exception):
    """The engine does not have a layer. The message describes the layer."""

    def __init__(self, layer, reason: str = ""):
        super().__init__(f"“{layer.name}” ({type(layer).__name__}{reason})")


def activation(layer, function) -> list[dict]:
    """Return the descriptions of an activation of Keras. layer: the layer that has it, for messages."""
    return _named(layer, getattr(function, "__name__", type(function).__name__))


def _named(layer, name: str) -> list[dict]:
    if name == "linear":
        return []
    if name in LIMITS:
        return [limits(*LIMITS[name])]
    if name == "softmax":
        return [{"type": "softmax"}]
    if name == "hard_sigmoid":
        return [{"type": "scaling", "scale": 1 / 6, "offset": 0.5}, limits(0.0, 1.0)]
    if name in FUNCTIONS:
        return [function_part(name, FUNCTIONS[name])]
    raise UnsupportedError(layer, f" with the activation {name}")


def activation_layer(call) -> list[dict]:
    """Return the descriptions of a layer, or an operation of keras.ops, that is only an activation.

    call: see `network_layers.Call`. Raises UnsupportedError for every other layer.
    """
    layer, kind = call.layer, type(call.layer).__name__
    if kind == "ReLU":
        if layer.negative_slope or layer.threshold:
            raise UnsupportedError(layer, " with a slope or a threshold")
        return [limits(0.0, layer.max_value)]
    if kind == "LeakyReLU":
        return [function_part("leaky_relu", layer.negative_slope)]
    if kind == "ELU":
        return [function_part("elu", layer.alpha)]
    if kind == "Softmax" and layer.axis not in (-1, len(call.output.shape) - 1):
        raise UnsupportedError(layer, " of another axis")
    if kind in OPERATIONS:
        return _named(layer, kind.lower())
    if kind == "Log":
        return [function_part("log", 0.0)]
    if kind == "Maximum" and len(call.numbers) == 1:
        return [limits(float(call.numbers[0]), None)]
    raise UnsupportedError(layer)


def limits(low: float | None, high: float | None) -> dict:
    """Return the description of an activation that limits numbers to a range. None means no limit."""
    return {"type": "activation", "low": low, "high": high}


def function_part(name: str, parameter: float) -> dict:
    """Return the description of a function of FUNCTIONS, or of the logarithm."""
    return {"type": "function", "name": name, "parameter": float(parameter)}
