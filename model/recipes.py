"""Every named recipe: network, loss, optimizer, schedule, data.

Six are the models of well-known tutorials, kept as they were taught; `digits` and `quick` are this project's own. Every
network takes normalized images (N, 28, 28) and gives ten logits; `digits` an eleventh, for what is no digit. Where a
tutorial ends in a softmax layer, here the loss holds the softmax, which is the same model in safer arithmetic.
Importing this module imports Keras.
"""

from collections.abc import Callable
from dataclasses import dataclass

import keras
from keras import layers, optimizers

CROSS_ENTROPY = "cross-entropy"
SQUARED_ERROR = "squared error"


@dataclass(frozen=True)
class Recipe:
    """All that decides what a training does; each field can be overridden on the command line where it says so.

    optimizer: (learning rate, steps per epoch, epochs) → optimizer.
    epoch_steps: batches in what is called an epoch; None: as many as MNIST's training images give.
    synthetic_per_batch: of each batch, how many images are handwriting by program; the others are MNIST's.
    synthetic_digits, synthetic_non_digits: how many different ones there are.
    patience: epochs without a better validation accuracy before training stops; None: never.
    explicit_loop: trained by a written-out GradientTape loop instead of `fit`.
    """

    name: str
    summary: str
    network: Callable[[], keras.Model]
    optimizer: Callable[[float, int, int], optimizers.Optimizer]
    learning_rate: float
    batch_size: int
    epochs: int
    epoch_steps: int | None = None
    validation: int = 5_000
    loss: str = CROSS_ENTROPY
    synthetic_per_batch: int = 0
    synthetic_digits: int = 0
    synthetic_non_digits: int = 0
    augmented: bool = False
    explicit_loop: bool = False
    patience: int | None = None


# Networks


def softmax_network() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(10, kernel_initializer="zeros"),
        ]
    )


def dense_network() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(512, activation="relu6"),
            layers.Dropout(0.2),
            layers.Dense(10),
        ]
    )


def dense_ema_network() -> keras.Model:
    # The tutorial adds 1e-4 · ½‖w‖² for each kernel (TensorFlow's l2_loss); Keras's L2 leaves the half out.
    decay = keras.regularizers.L2(0.5e-4)
    # Its initial weights and biases, too: with ReLU and a learning rate of 0.8 they matter.
    small = keras.initializers.TruncatedNormal(stddev=0.1)
    settings = {"kernel_initializer": small, "bias_initializer": keras.initializers.Constant(0.1)}
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(500, activation="relu", kernel_regularizer=decay, **settings),
            layers.Dense(10, kernel_regularizer=decay, **settings),
        ]
    )


def dense_mse_network() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Flatten(),
            layers.Dense(512, activation="relu"),
            layers.Dense(256, activation="relu"),
            layers.Dense(10),
        ]
    )


def deep_mnist_network() -> keras.Model:
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(32, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(1024, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10),
        ]
    )


def digits_network() -> keras.Model:
    """A stem that halves the field at once, three blocks at 14×14, two at 7×7, and a linear reading of where what is.

    On two cores time is what is short, and at 14×14 a convolution costs a quarter of what it costs at 28×28.

    The eleventh output is for what is no digit. The other way, ten outputs that are taught to be unsure of it (outlier
    exposure: Hendrycks, Mazeika, Dietterich 2019), validated worse. Each was tuned for two epochs from the same
    ten-output network, on letters, shapes and scribbles, and validated on signs and doodles, which neither had seen:
    with 99 % of the digits accepted, the eleventh output refused 89.4 % of those, the other 85.4 %; MNIST's validation
    images were read at 99.58 % and 99.44 %.
    """
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Reshape((28, 28, 1)),
            *_block(32, kernel=5, strides=2),
            *_block(64),
            *_block(64),
            *_block(64),
            layers.MaxPooling2D(),
            *_block(128),
            *_block(128),
            layers.Flatten(),
            layers.Dropout(0.4),
            layers.Dense(11),
        ]
    )


def quick_network() -> keras.Model:
    """Little arithmetic: 1.0 million multiplications an image, two fifths of what the usual two 3×3 convolutions take.

    As in `digits_network` the first convolution halves the field; the others go without padding.
    """
    # So few steps that a mean over the last hundred, as the momentum of 0.99 is, would be out of date.
    settings = {"padding": "valid", "momentum": 0.9}
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            layers.Reshape((28, 28, 1)),
            *_block(16, kernel=5, strides=2, momentum=0.9),
            *_block(32, pool=2, **settings),
            *_block(64, **settings),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def _block(
    filters: int, kernel: int = 3, strides: int = 1, padding: str = "same", pool: int = 1, momentum: float = 0.99
) -> list[layers.Layer]:
    # The bias of a convolution in front of a batch normalization is lost in its mean.
    return [
        layers.Conv2D(filters, kernel, strides=strides, padding=padding, use_bias=False),
        *([layers.MaxPooling2D(pool)] if pool > 1 else []),
        layers.BatchNormalization(momentum=momentum),
        layers.ReLU(),
    ]


# Optimizers


def adam(learning_rate: float, steps: int, epochs: int) -> optimizers.Optimizer:
    return optimizers.Adam(learning_rate)


def sgd(learning_rate: float, steps: int, epochs: int) -> optimizers.Optimizer:
    return optimizers.SGD(learning_rate)


def averaged_sgd(learning_rate: float, steps: int, epochs: int) -> optimizers.Optimizer:
    """SGD × 0.99 with each pass over 55,000 images; what is validated and kept is the moving average of the weights."""
    schedule = optimizers.schedules.ExponentialDecay(learning_rate, decay_steps=550, decay_rate=0.99, staircase=True)
    return optimizers.SGD(schedule, use_ema=True, ema_momentum=0.99)


def cosine_adamw(learning_rate: float, steps: int, epochs: int, weight_decay: float = 0.02) -> optimizers.Optimizer:
    """AdamW (Loshchilov, Hutter 2019): one epoch of warm-up, then a cosine to nought.

    What is validated and kept is the average of the weights, by and large over the last thousand steps.
    """
    total = steps * epochs
    warm_up = min(steps, total // 4)
    schedule = optimizers.schedules.CosineDecay(
        0.0, decay_steps=max(1, total - warm_up), warmup_target=learning_rate, warmup_steps=warm_up
    )
    return optimizers.AdamW(schedule, weight_decay=weight_decay, use_ema=True, ema_momentum=0.999)


def one_cycle_adam(learning_rate: float, steps: int, epochs: int) -> optimizers.Optimizer:
    """One rise, over a fifth of the steps, and one fall to nought (Smith, Topin 2019), with a short memory."""
    total = steps * epochs
    rise = max(1, total // 5)
    schedule = optimizers.schedules.CosineDecay(
        0.0, decay_steps=max(1, total - rise), warmup_target=learning_rate, warmup_steps=rise
    )
    return optimizers.Adam(schedule, beta_2=0.99)


_ALL = (
    Recipe(
        name="digits",
        summary="this project's network: six convolutions, MNIST and handwriting by program, augmentation, refusal",
        network=digits_network,
        optimizer=cosine_adamw,
        learning_rate=3e-3,
        batch_size=128,
        epochs=36,
        synthetic_per_batch=44,
        synthetic_digits=60_000,
        synthetic_non_digits=30_000,
        augmented=True,
    ),
    Recipe(
        name="quick",
        summary="99 % of MNIST in seconds: three small convolutions, each image seen once or twice",
        network=quick_network,
        optimizer=one_cycle_adam,
        # High, because it is soon over: with 1e-2 and with batches of 256 it came out at 99 % less surely.
        learning_rate=2e-2,
        batch_size=128,
        epochs=2,
        epoch_steps=270,
    ),
    Recipe(
        name="softmax",
        summary="one linear layer, zero-initialised, Adam, batches of 100",
        network=softmax_network,
        optimizer=adam,
        learning_rate=1e-3,
        batch_size=100,
        epochs=20,
        patience=5,
    ),
    Recipe(
        name="softmax-tape",
        summary="the same linear layer, trained by an explicit GradientTape loop",
        network=softmax_network,
        optimizer=adam,
        learning_rate=1e-3,
        batch_size=100,
        epochs=20,
        validation=10_000,
        explicit_loop=True,
        patience=5,
    ),
    Recipe(
        name="dense",
        summary="one hidden layer of 512 (ReLU6), dropout 0.2, Adam, 5 epochs",
        network=dense_network,
        optimizer=adam,
        # The tutorial leaves both at their defaults; these validated best of (32, 64, 128) and (1e-3, 2e-3).
        learning_rate=2e-3,
        batch_size=128,
        epochs=5,
    ),
    Recipe(
        name="dense-ema",
        summary="one hidden layer of 500, L2, decaying SGD, moving average of the weights, 20,000 steps",
        network=dense_ema_network,
        optimizer=averaged_sgd,
        learning_rate=0.8,
        batch_size=100,
        epochs=40,
        epoch_steps=500,
    ),
    Recipe(
        name="dense-mse",
        summary="two hidden layers (512, 256), squared error on one-hot targets, SGD, an explicit loop",
        network=dense_mse_network,
        optimizer=sgd,
        learning_rate=1e-3,
        batch_size=200,
        epochs=30,
        loss=SQUARED_ERROR,
        explicit_loop=True,
    ),
    Recipe(
        name="deep-mnist",
        summary="two 5×5 convolutions with pooling, dense 1024, dropout 0.5, Adam 1e-4, 10,000 steps of 50",
        network=deep_mnist_network,
        optimizer=adam,
        learning_rate=1e-4,
        batch_size=50,
        epochs=10,
        epoch_steps=1_000,
    ),
)

RECIPES = {recipe.name: recipe for recipe in _ALL}
