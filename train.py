"""Train a recipe, fine-tune the trained network of a recipe, or import a model. Write the checkpoint and the metrics.

python train.py                       train `digits`, this project's own network
python train.py --recipe softmax      train another recipe
python train.py --list                list all recipes
python train.py --with-drawings FILE  fine-tune a trained network on labeled drawings
python train.py --import FILE         import a Keras model that was trained elsewhere
"""

from model.interrupts import exit_while_importing, interruptible

if __name__ == "__main__":
    exit_while_importing("train")

import argparse
import dataclasses
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from model.errors import UserError, exit_on_error
from model.inference import backend, checkpoint

DRY_RUN_STEPS = 3
DRY_RUN_SYNTHETIC = 200


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    options = parse(arguments)
    try:
        with exit_on_error("train"):
            run(options)
    except KeyboardInterrupt:
        lost = options.with_drawings or options.dry_run or options.model_file
        remedy = "Nothing was written." if lost else "The same command with --resume continues after the last epoch."
        sys.exit(f"\ntrain: interrupted. {remedy}")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Return the command line's options."""
    parser = argparse.ArgumentParser(description="Train a recipe on MNIST and write its checkpoint with its metrics.")
    parser.add_argument("--recipe", default="digits", metavar="NAME", help="name of the recipe (default: digits)")
    parser.add_argument("--list", action="store_true", help="list the recipes and exit")
    parser.add_argument("--epochs", type=positive(int), metavar="N", help="number of epochs (default: the recipe's)")
    parser.add_argument("--batch-size", type=positive(int), metavar="N", help="images per step (default: the recipe's)")
    parser.add_argument(
        "--learning-rate", type=positive(float), metavar="RATE", help="learning rate (default: the recipe's)"
    )
    parser.add_argument("--seed", type=seed, default=1, metavar="N", help="seed of all random numbers (default: 1)")
    parser.add_argument(
        "--deterministic", action="store_true", help="give the same result in every run on this machine; slower"
    )
    parser.add_argument(
        "--data", type=Path, metavar="PATH", help="mnist.npz, mnist.pkl.gz or IDX folder (default: download)"
    )
    parser.add_argument(
        "--output",
        type=Path,
        default=checkpoint.FOLDER,
        metavar="FOLDER",
        help="where to write (default: model/checkpoints)",
    )
    parser.add_argument("--resume", action="store_true", help="continue an interrupted training after its last epoch")
    parser.add_argument("--dry-run", action="store_true", help="try every stage with a few steps; write nothing")
    parser.add_argument(
        "--with-drawings",
        type=Path,
        metavar="FILE",
        help="fine-tune the recipe's checkpoint on labeled drawings: a file, or a folder of pictures",
    )
    parser.add_argument(
        "--even-if-worse", action="store_true", help="with --with-drawings: write the checkpoint even if it is worse"
    )
    parser.add_argument(
        "--import", dest="model_file", type=Path, metavar="FILE", help="import a Keras model, a .keras or .h5 file"
    )
    parser.add_argument(
        "--name", metavar="NAME", help="with --import: the checkpoint's name (default: the file's name)"
    )
    options = parser.parse_args(arguments)
    if options.model_file and (options.resume or options.with_drawings):
        parser.error("--import takes seconds and trains nothing; omit --resume and --with-drawings.")
    if options.name and not options.model_file:
        parser.error("--name needs --import: the checkpoint of a recipe has the recipe's name.")
    if options.resume and options.with_drawings:
        parser.error("--with-drawings takes only minutes and cannot be resumed; omit --resume.")
    if options.resume and options.dry_run:
        parser.error("a dry run cannot be resumed; omit --resume.")
    return options


def positive(kind: type) -> Callable:
    """Return an argparse type that accepts finite numbers above 0. kind: the type of the number, int or float."""

    def number(text: str):
        value = kind(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    number.__name__ = f"number ({kind.__name__})"
    return number


def seed(text: str) -> int:
    """Convert the text of an option to a seed that TensorFlow accepts."""
    value = int(text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 2³¹ − 1")
    return value


def run(options: argparse.Namespace) -> None:
    """Train, fine-tune, import, or list recipes, depending on the options. Raises UserError."""
    tensorflow = backend.load_tensorflow()
    from model.recipes import RECIPES

    if options.list:
        print("\n".join(f"{recipe.name:<14}{recipe.summary}" for recipe in RECIPES.values()))
        return
    if options.recipe not in RECIPES:
        raise UserError(f"there is no recipe “{options.recipe}”; the recipes are {', '.join(RECIPES)}.")
    if options.deterministic:
        tensorflow.config.experimental.enable_op_determinism()
    work = import_model if options.model_file else finetune if options.with_drawings else train
    recipe = RECIPES[options.recipe]
    if not options.dry_run:
        path = work(recipe, options, options.output)
        print(f"Next: {shlex.join(['python', 'demo.py', '--checkpoint', shown(path)])}")
        return
    with tempfile.TemporaryDirectory() as folder:
        work(recipe, options, Path(folder))
    print("Dry run: every stage works, nothing was written.")


def shown(path: Path) -> str:
    """Return the path as a user types it: relative to the current folder, if the file is in or below this folder."""
    folder = Path.cwd()
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def import_model(recipe, options: argparse.Namespace, folder: Path) -> Path:
    """Import a model. Write its checkpoint to `folder`, and return the checkpoint's path. `recipe` is not used."""
    from model.training import importing

    name = options.model_file.stem if options.name is None else options.name
    return importing.run(options.model_file, name, folder, options.data)


def finetune(recipe, options: argparse.Namespace, folder: Path) -> Path:
    """Fine-tune the recipe's checkpoint on drawings. Write the new checkpoint to `folder`, and return its path."""
    from model.training import finetuning

    recipe = with_options(finetuning.finetuning_recipe(recipe), options)
    # Without `even_if_worse`, a checkpoint is written only if the network is better. The few steps of a dry run seldom
    # make the network better, but the dry run must also try to write a checkpoint.
    even_if_worse = options.even_if_worse or options.dry_run
    return finetuning.run(recipe, options.with_drawings, folder, options.data, options.seed, even_if_worse)


def train(recipe, options: argparse.Namespace, folder: Path) -> Path:
    """Train and calibrate the recipe's network. Write checkpoint, metrics and figures to `folder`. Return the path."""
    from model.data import dataset
    from model.evaluation import plots
    from model.inference.classifier import Classifier, calibrate
    from model.inference.forward_pass import ForwardPass
    from model.training import trainer
    from model.training.publish import publish
    from model.training.resume import TrainingState

    recipe = with_options(recipe, options)
    if recipe.batch_size <= recipe.synthetic_per_batch:
        raise UserError(
            f"a batch holds {recipe.synthetic_per_batch} synthetic images; --batch-size must be larger than that."
        )
    if recipe.synthetic_per_batch:
        print(
            f"Generating {recipe.synthetic_digits:,} digits, {recipe.synthetic_non_digits:,} non-digits and "
            f"{recipe.synthetic_numbers:,} numbers.",
            flush=True,
        )
    data = dataset.load(recipe, options.data)
    state = TrainingState(folder / f"{recipe.name}.resume", settings(recipe, options))
    state.open(options.resume)
    network = trainer.train(recipe, data.sources, data.all_validation, state, options.seed)
    checkpoint.round_weights(network)

    forward, validation = ForwardPass(network, recipe.test_time_augmentation), data.all_validation
    notes = {
        "recipe": recipe.name,
        **calibrate(forward, validation.images, validation.labels),
        "parameters": network.count_params(),
        "seconds": round(state.progress.seconds, 1),
        "best_epoch": state.progress.best_epoch,
        "history": state.progress.history,
        "settings": settings(recipe, options),
        "command": shlex.join(["python", *sys.argv]),
    }
    path = folder / f"{recipe.name}.keras"
    publish(Classifier(network, notes, recipe.name, forward), data.validation, data.test, path)
    plots.draw_curves(state.progress.history, folder / f"{recipe.name}-curves.svg")
    state.remove()
    return path


def with_options(recipe, options: argparse.Namespace):
    """Return a copy of the recipe with the command line's options. A dry run has fewer steps and synthetic images."""
    given = {"epochs": options.epochs, "batch_size": options.batch_size, "learning_rate": options.learning_rate}
    if options.dry_run:
        given |= {"epochs": 1, "epoch_steps": DRY_RUN_STEPS}
        if recipe.synthetic_per_batch:
            kinds = ("synthetic_digits", "synthetic_non_digits", "synthetic_numbers")
            given |= {kind: min(DRY_RUN_SYNTHETIC, getattr(recipe, kind)) for kind in kinds}
    return dataclasses.replace(recipe, **{name: value for name, value in given.items() if value is not None})


def settings(recipe, options: argparse.Namespace) -> dict:
    """Return the settings for the checkpoint's JSON. Resuming a training needs the settings with which it started."""
    names = ("epochs", "batch_size", "learning_rate", "epoch_steps", "validation")
    if recipe.synthetic_per_batch:
        names += ("synthetic_per_batch", "synthetic_digits", "synthetic_non_digits", "synthetic_numbers")
    return {name: getattr(recipe, name) for name in names} | {
        "seed": options.seed,
        "deterministic": options.deterministic,
    }


if __name__ == "__main__":
    with interruptible("train"):
        main()
