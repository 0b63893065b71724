"""Train a recipe's network: batches, two training loops, validation after each epoch.

The random numbers of a batch depend only on the seed and the number of the step. The random numbers of dropout are
seeded again for each epoch. Therefore, a resumed training uses the same random numbers as an uninterrupted training.
"""

import sys
import time
from collections.abc import Callable, Sequence

import keras
import numpy as np
import tensorflow as tf

from model.data.dataset import Split
from model.inference.forward_pass import ForwardPass
from model.preprocessing import augmentation
from model.recipes import SQUARED_ERROR, Recipe
from model.training.resume import TrainingState
from model.training.weight_averaging import averaged_weights


def train(recipe: Recipe, sources: Sequence[Split], validation: Split, state: TrainingState, seed: int) -> keras.Model:
    """Train the network of a recipe. Return the network with the weights of the best epoch.

    Training ends after `recipe.epochs` epochs, or after `recipe.patience` epochs without a better validation result.

    sources: MNIST and, if `recipe.synthetic_per_batch` is not 0, synthetic images.
    state: the stored state of the training, after the call `state.open`. An interrupted training continues after the
        last complete epoch.
    """
    keras.utils.set_random_seed(seed)
    steps = recipe.epoch_steps or -(-len(sources[0].labels) // (recipe.batch_size - recipe.synthetic_per_batch))
    network = recipe.network()
    optimizer = recipe.optimizer(recipe.learning_rate, steps, recipe.epochs)
    network.compile(optimizer, loss_function(recipe), metrics=["accuracy"], jit_compile=False)
    optimizer.build(network.trainable_variables)
    state.restore(network)
    batches = training_batches(sources, recipe, seed, first_step=state.progress.epoch * steps)
    callback = ValidationCallback(network, recipe, validation, state, seed)
    if not callback.finished():
        loop = _explicit_loop if recipe.explicit_loop else _fit
        loop(network, recipe, batches, steps, callback)
    state.restore_best(network)
    return network


def loss_function(recipe: Recipe) -> Callable:
    """Return the loss function of a recipe. Its arguments are labels (N,) and logits (N, K).

    The function returns N losses for squared error, and the mean loss for cross-entropy.
    """
    if recipe.loss == SQUARED_ERROR:
        return squared_error
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def squared_error(labels, outputs):
    """Return the squared distance (N,) between outputs (N, K) and the one-hot vectors of the labels (N,)."""
    targets = keras.ops.one_hot(keras.ops.reshape(labels, (-1,)), outputs.shape[-1])
    return keras.ops.sum(keras.ops.square(outputs - targets), axis=-1)


# Batches


def training_batches(sources: Sequence[Split], recipe: Recipe, seed: int, first_step: int = 0) -> tf.data.Dataset:
    """Return endless batches of images (B, 28, 28) and int32 labels (B,), starting with the batch of `first_step`.

    Each pass over a source takes the images in a new random order. If `recipe.augmented` is true, images are augmented.
    A batch depends only on the seed and the number of the step.
    """
    sizes = (recipe.batch_size - recipe.synthetic_per_batch, recipe.synthetic_per_batch)
    images = [tf.constant(source.images) for source in sources]
    labels = [tf.constant(source.labels, tf.int32) for source in sources]
    indices = [
        _shuffled_indices(len(source.labels), size, seed + number, first_step)
        for number, (source, size) in enumerate(zip(sources, sizes, strict=False))
    ]

    def batch(step, indices):
        batch_images = tf.concat([tf.gather(*pair) for pair in zip(images, indices, strict=True)], 0)
        if recipe.augmented:
            shape = (tf.shape(batch_images)[0], augmentation.RANDOM_NUMBERS)
            random_numbers = tf.random.stateless_uniform(shape, [seed, step], -1, 1)
            batch_images = augmentation.augment(batch_images, random_numbers)
        return batch_images, tf.concat([tf.gather(*pair) for pair in zip(labels, indices, strict=True)], 0)

    batches = tf.data.Dataset.zip(tuple(indices)).enumerate(first_step)
    return batches.map(batch, num_parallel_calls=2, deterministic=True).prefetch(4)


def _shuffled_indices(count: int, size: int, seed: int, first_step: int) -> tf.data.Dataset:
    """Return endless batches of `size` indices, starting with the batch of `first_step`.

    Each pass takes the indices 0, 1, … below `count` in a new random order. The last batch of a pass can be smaller.
    """
    pass_steps = -(-count // size)

    def one_pass(number):
        order = tf.random.experimental.stateless_shuffle(tf.range(count), [seed, tf.cast(number, tf.int32)])
        return tf.data.Dataset.from_tensor_slices(order).batch(size)

    passes = tf.data.Dataset.range(first_step // pass_steps, np.iinfo(np.int64).max)
    return passes.flat_map(one_pass).skip(first_step % pass_steps)


# Loops


def _fit(
    network: keras.Model, recipe: Recipe, batches: tf.data.Dataset, steps: int, callback: "ValidationCallback"
) -> None:
    # If the output goes to a file, omit the progress bar, because the bar would fill a thousand lines. The bar is the
    # first callback, so that it ends before `ValidationCallback` prints a line.
    bar = [keras.callbacks.ProgbarLogger()] if sys.stdout.isatty() else []
    network.fit(
        batches,
        shuffle=False,  # The batches are shuffled already.
        steps_per_epoch=steps,
        epochs=recipe.epochs,
        initial_epoch=callback.state.progress.epoch,
        verbose=len(bar),
        callbacks=[*bar, callback],
    )


def _explicit_loop(
    network: keras.Model, recipe: Recipe, batches: tf.data.Dataset, steps: int, callback: "ValidationCallback"
) -> None:
    """Train like `_fit`, but with explicit steps: forward pass, loss, gradients, update and metrics."""
    loss_of, optimizer = loss_function(recipe), network.optimizer

    @tf.function
    def step(images, labels):
        with tf.GradientTape() as tape:
            outputs = network(images, training=True)
            loss = tf.reduce_mean(loss_of(labels, outputs))
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
        correct = tf.equal(tf.argmax(outputs, axis=1, output_type=tf.int32), labels)
        return loss, tf.reduce_mean(tf.cast(correct, tf.float32))

    batches = iter(batches)
    while not callback.finished():
        epoch = callback.state.progress.epoch
        callback.on_epoch_begin(epoch)
        bar = keras.utils.Progbar(steps, verbose=int(sys.stdout.isatty()))
        sums = np.zeros(2)
        for number in range(1, steps + 1):
            values = [float(value) for value in step(*next(batches))]
            bar.update(number, list(zip(("loss", "accuracy"), values, strict=True)))
            sums += values
        callback.on_epoch_end(epoch, {"loss": sums[0] / steps, "accuracy": sums[1] / steps})


class ValidationCallback(keras.callbacks.Callback):
    """After each epoch, validate the network, store the training state, print one line, and stop if `finished`."""

    def __init__(self, network: keras.Model, recipe: Recipe, validation: Split, state: TrainingState, seed: int):
        super().__init__()
        self.network, self.recipe, self.validation, self.state, self.seed = network, recipe, validation, state, seed
        self.forward = ForwardPass(network)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        seed_dropout(self.network, self.seed, epoch)
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        with averaged_weights(self.network):
            outputs = self.forward(self.validation.images)
        labels = self.validation.labels
        logs["validation_loss"] = float(tf.reduce_mean(loss_function(self.recipe)(labels, outputs)))
        logs["validation_accuracy"] = float(np.mean(outputs.argmax(axis=1) == labels))
        self.state.progress.seconds += time.monotonic() - self.started
        self.state.write(self.network, {name: float(value) for name, value in logs.items()})
        print(self._epoch_summary(), flush=True)
        if self.model is not None:
            self.model.stop_training = self.finished()

    def _epoch_summary(self) -> str:
        progress = self.state.progress
        last = progress.history[-1]
        seconds_left = (self.recipe.epochs - progress.epoch) * progress.seconds / progress.epoch
        return (
            f"epoch {progress.epoch:>2} of {self.recipe.epochs}: "
            f"loss {last['loss']:.4f}, accuracy {last['accuracy']:.2%}; "
            f"validation loss {last['validation_loss']:.4f}, accuracy {last['validation_accuracy']:.2%}"
            f"{' (best)' if progress.best_epoch == progress.epoch else ''}; {seconds_left / 60:.1f} minutes left"
        )

    def finished(self) -> bool:
        """Return whether all epochs are done, or `recipe.patience` epochs passed without a better validation result."""
        progress = self.state.progress
        impatient = self.recipe.patience is not None and progress.epoch - progress.best_epoch >= self.recipe.patience
        return impatient or progress.epoch >= self.recipe.epochs


def seed_dropout(network: keras.Model, seed: int, epoch: int) -> None:
    """Seed the dropout layers for an epoch, so that a resumed training drops the same units as an uninterrupted one.

    This is necessary because stored weights do not include the state of random generators.
    """
    for index, variable in enumerate(network.non_trainable_variables):
        if "seed_generator_state" in variable.path:
            variable.assign(np.array([seed ^ (index << 24), epoch << 20], np.uint32))
