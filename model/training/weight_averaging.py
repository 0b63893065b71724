"""Set the weights of a network to their moving average for a short time, to evaluate or store the averaged network."""

import contextlib
from collections.abc import Iterator

import keras


@contextlib.contextmanager
def averaged_weights(network: keras.Model) -> Iterator[None]:
    """Set the weights to their moving average inside the block, if the optimizer keeps a moving average.

    After the block, the network has the trained weights again.
    """
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
