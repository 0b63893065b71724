"""A recipe and its data → a trained network: batches, two loops, the choice by validation, going on after a kill.

Every random choice follows from the seed and the step, not from what ran before: a training that was interrupted goes
on with the very batches that it would have seen.
"""

import sys
import time
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from model.data.dataset import Split
from model.inference.forward_pass import ForwardPass
from model.preprocessing import augmentation
from model.recipes import SQUARED_ERROR, Recipe
from model.training.resume import TrainingState, averaged_weights


def train(recipe: Recipe, sources: Sequence[Split], validation: Split, state: TrainingState, seed: int) -> keras.Model:
    """Train until the recipe's epochs are over or validation has stopped improving → the network of the best epoch.

    `sources` is MNIST and, for a recipe with `written` images in its batches, handwriting.
    """
    keras.utils.set_random_seed(seed)
    steps = recipe.epoch_steps or -(-len(sources[0].labels) // (recipe.batch_size - recipe.synthetic_per_batch))
    network = recipe.network()
    optimizer = recipe.optimizer(recipe.learning_rate, steps, recipe.epochs)
    network.compile(optimizer, loss_of(recipe), metrics=["accuracy"], jit_compile=False)
    optimizer.build(network.trainable_variables)
    state.restore(network)
    batches = stream(sources, recipe, seed, first_step=state.progress.epoch * steps)
    watch = Watch(network, recipe, validation, state, seed)
    if not watch.finished():
        loop = _tape_loop if recipe.explicit_loop else _fit
        loop(network, recipe, batches, steps, watch)
    state.restore_best(network)
    return network


def loss_of(recipe: Recipe):
    """(labels (N,), logits (N, classes)) → a scalar, the mean over the batch."""
    if recipe.loss == SQUARED_ERROR:
        return squared_error
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def squared_error(labels, outputs):
    """Sum over the ten classes of the squared distance to the one-hot target, per image."""
    targets = keras.ops.one_hot(keras.ops.reshape(labels, (-1,)), 10)
    return keras.ops.sum(keras.ops.square(outputs - targets), axis=-1)


def stream(sources: Sequence[Split], recipe: Recipe, seed: int, first_step: int = 0) -> tf.data.Dataset:
    """Endless batches (images, labels) from step `first_step` on: shuffled anew each pass, augmented if it says so.

    Which images come at a step, and how they are augmented, depends on the seed and the step alone.
    """
    shares = (recipe.batch_size - recipe.synthetic_per_batch, recipe.synthetic_per_batch)
    images = [tf.constant(source.images) for source in sources]
    labels = [tf.constant(source.labels, tf.int32) for source in sources]
    chosen = [
        _order(len(source.labels), share, seed + place, first_step)
        for place, (source, share) in enumerate(zip(sources, shares, strict=False))
    ]

    def batch(step, chosen):
        taken = tf.concat([tf.gather(*pair) for pair in zip(images, chosen, strict=True)], 0)
        if recipe.augmented:
            shape = (tf.shape(taken)[0], augmentation.RANDOM_NUMBERS)
            taken = augmentation.augment(taken, tf.random.stateless_uniform(shape, [seed, step], -1, 1))
        return taken, tf.concat([tf.gather(*pair) for pair in zip(labels, chosen, strict=True)], 0)

    batches = tf.data.Dataset.zip(tuple(chosen)).enumerate(first_step)
    return batches.map(batch, num_parallel_calls=2, deterministic=True).prefetch(4)


def _order(count: int, share: int, seed: int, first_step: int) -> tf.data.Dataset:
    """Endless batches of `share` places among `count`, each pass in another order, from step `first_step` on."""
    pass_steps = -(-count // share)

    def one_pass(number):
        order = tf.random.experimental.stateless_shuffle(tf.range(count), [seed, tf.cast(number, tf.int32)])
        return tf.data.Dataset.from_tensor_slices(order).batch(share)

    passes = tf.data.Dataset.range(first_step // pass_steps, np.iinfo(np.int64).max)
    return passes.flat_map(one_pass).skip(first_step % pass_steps)


class Watch(keras.callbacks.Callback):
    """At the end of each epoch: validate, write the state, and stop when patience is at its end."""

    def __init__(self, network: keras.Model, recipe: Recipe, validation: Split, state: TrainingState, seed: int):
        super().__init__()
        self.network, self.recipe, self.validation, self.state, self.seed = network, recipe, validation, state, seed
        self.forward = ForwardPass(network)

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        reseed(self.network, self.seed, epoch)
        self.started = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        with averaged_weights(self.network):
            outputs = self.forward(self.validation.images)
        labels = self.validation.labels
        logs["validation_loss"] = float(tf.reduce_mean(loss_of(self.recipe)(labels, outputs)))
        logs["validation_accuracy"] = float(np.mean(outputs.argmax(axis=1) == labels))
        self.state.progress.seconds += time.monotonic() - self.started
        self.state.write(self.network, {name: float(value) for name, value in logs.items()})
        print(self._line(), flush=True)
        if self.model is not None:
            self.model.stop_training = self.finished()

    def _line(self) -> str:
        progress = self.state.progress
        last = progress.history[-1]
        left = (self.recipe.epochs - progress.epoch) * progress.seconds / progress.epoch
        return (
            f"epoch {progress.epoch:>2} of {self.recipe.epochs}: "
            f"loss {last['loss']:.4f}, accuracy {last['accuracy']:.2%}; "
            f"validation loss {last['validation_loss']:.4f}, accuracy {last['validation_accuracy']:.2%}"
            f"{' (best)' if progress.best_epoch == progress.epoch else ''}; {left / 60:.1f} minutes left"
        )

    def finished(self) -> bool:
        progress = self.state.progress
        impatient = self.recipe.patience is not None and progress.epoch - progress.best_epoch >= self.recipe.patience
        return impatient or progress.epoch >= self.recipe.epochs


def _fit(network: keras.Model, recipe: Recipe, batches: tf.data.Dataset, steps: int, watch: Watch) -> None:
    network.fit(
        batches,
        shuffle=False,  # They are, already.
        steps_per_epoch=steps,
        epochs=recipe.epochs,
        initial_epoch=watch.state.progress.epoch,
        # In a file, a bar is a thousand lines: there the watch's line per epoch is enough.
        verbose=int(sys.stdout.isatty()),
        callbacks=[watch],
    )


def _tape_loop(network: keras.Model, recipe: Recipe, batches: tf.data.Dataset, steps: int, watch: Watch) -> None:
    """What `fit` does, written out: forward, loss, gradients, step; figures per epoch."""
    loss_function, optimizer = loss_of(recipe), network.optimizer

    @tf.function
    def step(images, labels):
        with tf.GradientTape() as tape:
            outputs = network(images, training=True)
            loss = tf.reduce_mean(loss_function(labels, outputs))
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
        hits = tf.equal(tf.argmax(outputs, axis=1, output_type=tf.int32), labels)
        return loss, tf.reduce_mean(tf.cast(hits, tf.float32))

    batches = iter(batches)
    while not watch.finished():
        epoch = watch.state.progress.epoch
        watch.on_epoch_begin(epoch)
        bar = keras.utils.Progbar(steps, verbose=int(sys.stdout.isatty()))
        sums = np.zeros(2)
        for number in range(1, steps + 1):
            figures = [float(value) for value in step(*next(batches))]
            bar.update(number, list(zip(("loss", "accuracy"), figures, strict=True)))
            sums += figures
        watch.on_epoch_end(epoch, {"loss": sums[0] / steps, "accuracy": sums[1] / steps})


def reseed(network: keras.Model, seed: int, epoch: int) -> None:
    """Give dropout the random state that belongs to this epoch: Keras does not keep it with the weights."""
    for place, variable in enumerate(network.non_trainable_variables):
        if "seed_generator_state" in variable.path:
            variable.assign(np.array([seed ^ (place << 24), epoch << 20], np.uint32))
