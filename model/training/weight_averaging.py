"""Evaluate and store the moving average of a network's weights instead of its trained weights."""

import contextlib
from collections.abc import Iterator

import keras


@contextlib.contextmanager
def averaged_weights(network: keras.Model) -> Iterator[None]:
    """Use the moving average of the weights inside the block, if the network's optimizer keeps a moving average."""
    if not network.optimizer.use_ema:
        yield
        return
    trained = [keras.ops.convert_to_numpy(variable) for variable in network.trainable_variables]
    network.optimizer.finalize_variable_values(network.trainable_variables)
    try:
        yield
    finally:
        for variable, value in zip(network.trainable_variables, trained, strict=True):
            variable.assign(value)
