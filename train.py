"""Train a recipe and write its checkpoint and report.

python train.py                      this project's own network
python train.py --recipe softmax     one of the tutorials' models
python train.py --list               all recipes
python train.py --with-drawings FILE teach a trained network drawings that it gets wrong
"""

import argparse
import dataclasses
import shlex
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from model.errors import UserError
from model.inference import backend, checkpoint

DRY_RUN_STEPS = 3
DRY_RUN_WRITTEN = 200


def main(arguments: list[str] | None = None) -> None:
    options = parse(arguments)
    tensorflow = backend.load_tensorflow()
    from model.recipes import RECIPES
    from model.training import finetuning

    if options.list:
        print("\n".join(f"{recipe.name:<14}{recipe.summary}" for recipe in RECIPES.values()))
        return
    if options.recipe not in RECIPES:
        sys.exit(f"train: there is no recipe “{options.recipe}”; there are {', '.join(RECIPES)}.")
    if options.deterministic:
        tensorflow.config.experimental.enable_op_determinism()
    recipe = RECIPES[options.recipe]
    mistakes = UserError, UserError, UserError, OSError
    try:
        if options.with_drawings:
            run(finetune, with_options(finetuning.finetuning_recipe(recipe), options), options)
        else:
            recipe = with_options(recipe, options)
            if recipe.batch_size <= recipe.synthetic_per_batch:
                sys.exit(
                    f"train: of each batch {recipe.synthetic_per_batch} images are handwriting; give a larger --batch-size."
                )
            run(train, recipe, options)
    except UserError as error:
        sys.exit(f"train: {error}")
    except KeyboardInterrupt:
        remedy = "The same command with --resume goes on after the last complete epoch."
        sys.exit(f"\ntrain: stopped. {'Nothing was written.' if options.with_drawings or options.dry_run else remedy}")


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Train a recipe on MNIST and write its checkpoint and report.")
    parser.add_argument("--recipe", default="digits", metavar="NAME", help="which recipe (default: digits)")
    parser.add_argument("--list", action="store_true", help="say which recipes there are")
    parser.add_argument("--epochs", type=positive(int), help="instead of the recipe's own")
    parser.add_argument("--batch-size", type=positive(int), help="images a step, instead of the recipe's own")
    parser.add_argument("--learning-rate", type=positive(float), help="instead of the recipe's own")
    parser.add_argument("--seed", type=seed, default=1, help="fixes every random choice (default: 1)")
    parser.add_argument("--deterministic", action="store_true", help="repeat figures exactly on this machine; slower")
    parser.add_argument("--data", type=Path, metavar="PATH", help="mnist.npz, mnist.pkl.gz or a folder of IDX files")
    parser.add_argument("--output", type=Path, default=checkpoint.FOLDER, metavar="FOLDER", help="where to write")
    parser.add_argument("--resume", action="store_true", help="go on with a training that was stopped")
    parser.add_argument("--dry-run", action="store_true", help="a few steps through all of it; nothing is overwritten")
    parser.add_argument(
        "--with-drawings", type=Path, metavar="FILE", help="go on with a checkpoint, on drawings as well"
    )
    parser.add_argument(
        "--even-if-worse", action="store_true", help="with --with-drawings: write it whatever it became"
    )
    options = parser.parse_args(arguments)
    if options.resume and options.with_drawings:
        parser.error("--with-drawings takes minutes and is begun anew; leave --resume out.")
    if options.resume and options.dry_run:
        parser.error("a dry run leaves nothing to go on with; leave --resume out.")
    return options


def positive(kind):
    """An argparse type: a number of this kind above 0."""

    def number(text: str):
        value = kind(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return value

    number.__name__ = f"number ({kind.__name__})"
    return number


def seed(text: str) -> int:
    value = int(text)
    if not 0 <= value < 2**31:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 2³¹ − 1")
    return value


def with_options(recipe, options: argparse.Namespace):
    """The recipe with what the command line overrides."""
    given = {"epochs": options.epochs, "batch_size": options.batch_size, "learning_rate": options.learning_rate}
    if options.dry_run:
        given |= {"epochs": 1, "epoch_steps": DRY_RUN_STEPS}
        if recipe.synthetic_per_batch:
            given |= {"synthetic_digits": DRY_RUN_WRITTEN, "synthetic_non_digits": DRY_RUN_WRITTEN}
    return dataclasses.replace(recipe, **{name: value for name, value in given.items() if value is not None})


def run(work: Callable, recipe, options: argparse.Namespace) -> None:
    """Do the work (`train` or `finetune`) in the output folder; a dry run in one that is gone afterwards."""
    if not options.dry_run:
        return work(recipe, options, options.output)
    with tempfile.TemporaryDirectory() as folder:
        work(recipe, options, Path(folder))
    print("Dry run: all of it works, nothing was written.")


def finetune(recipe, options: argparse.Namespace, folder: Path) -> None:
    from model.training import finetuning

    # A few steps seldom make a network better.
    even_if_worse = options.even_if_worse or options.dry_run
    finetuning.run(recipe, options.with_drawings, folder, options.data, options.seed, even_if_worse)


def train(recipe, options: argparse.Namespace, folder: Path) -> None:
    """Data → training → calibration → the test images, read this once → checkpoint, JSON and pictures."""
    from model.data import dataset
    from model.evaluation import plots
    from model.inference.classifier import calibrate
    from model.training import trainer
    from model.training.publish import publish
    from model.training.resume import TrainingState

    if recipe.synthetic_per_batch:
        print(
            f"Writing {recipe.synthetic_digits:,} digits and {recipe.synthetic_non_digits:,} non-digits to learn from."
        )
    data = dataset.load(recipe, options.data)
    journal = TrainingState(folder / f"{recipe.name}.resume", settings(recipe, options))
    journal.open(options.resume)
    network = trainer.train(recipe, data.sources, data.all_validation, journal, options.seed)
    checkpoint.round_weights(network)

    validation = data.all_validation
    notes = {
        "recipe": recipe.name,
        **calibrate(network, recipe.augmented, validation.images, validation.labels),
        "parameters": network.count_params(),
        "seconds": round(journal.progress.seconds, 1),
        "best_epoch": journal.progress.best_epoch,
        "history": journal.progress.history,
        "settings": settings(recipe, options),
        "command": shlex.join(["python", *sys.argv]),
    }
    publish(network, notes, data, folder / f"{recipe.name}.keras")
    plots.draw_curves(journal.progress.history, folder / f"{recipe.name}-curves.svg")
    journal.remove()


def settings(recipe, options: argparse.Namespace) -> dict:
    """What must be the same for a training to be gone on with."""
    names = ("epochs", "batch_size", "learning_rate", "epoch_steps", "validation")
    if recipe.synthetic_per_batch:
        names += ("synthetic_per_batch", "synthetic_digits", "synthetic_non_digits")
    return {name: getattr(recipe, name) for name in names} | {
        "seed": options.seed,
        "deterministic": options.deterministic,
    }


if __name__ == "__main__":
    main()
