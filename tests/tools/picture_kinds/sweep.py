"""Print how many generated pictures are read with other values of the constants of the picture path.

    python -m tests.tools.picture_kinds.sweep
    python -m tests.tools.picture_kinds.sweep --only rulings signs.GAP --cases 20

Each line has one constant multiplied by one factor. A constant that changes no answer may be removed. The seed differs
from the seed of the table that `tests.tools.picture_kinds` prints.
"""

import argparse
import ast
import inspect
from collections import Counter
from types import ModuleType

import numpy as np

from model.inference import touching_digits
from model.inference.classifier import Classifier
from model.preprocessing import (
    bars,
    decoding,
    enclosures,
    frames,
    ink_plane,
    paper,
    parts,
    picture,
    rulings,
    signs,
    stroke_width,
    touching,
    written_parts,
)
from tests.tools.picture_kinds.__main__ import make, rows
from tests.tools.picture_kinds.case import Outcome, outcome_of
from tests.tools.picture_kinds.writing import Writing

SEED = 1
FACTORS = (0.0, 0.7, 1.4)
MODULES = (
    *(picture, ink_plane, paper, rulings, frames, bars, written_parts, parts, signs, enclosures, stroke_width),
    *(touching, touching_digits),
)


def constants() -> dict[str, ModuleType]:
    """Return the module of each constant that is a number, by its name, such as "rulings.FINE"."""
    found = {}
    for module in MODULES:
        assigned = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.Assign)]
        names = [name.id for node in assigned for name in ast.walk(node.targets[0]) if isinstance(name, ast.Name)]
        numbers = [name for name in names if isinstance(getattr(module, name), int | float)]
        found |= {f"{module.__name__.rpartition('.')[2]}.{name}": module for name in numbers}
    return found


def set_everywhere(module: ModuleType, name: str, value: float) -> float:
    """Set a constant in its module, and in the modules that import it. Return the old value."""
    old = getattr(module, name)
    for each in MODULES:
        if getattr(each, name, None) is old:
            setattr(each, name, value)
    return old


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=10, metavar="N", help="cases of each row (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=SEED, metavar="N", help="seed (default: %(default)s)")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="only constants with one of these words in the name")
    options = parser.parse_args()
    classifier = Classifier.load()
    cases = _cases(Writing(classifier, options.seed), options.seed, options.cases)
    chosen = _answers(classifier, cases)
    _print(f"all {len(constants())} constants", 1, cases, chosen, chosen)
    for name, module in constants().items():
        if options.only and not any(word in name for word in options.only):
            continue
        for factor in FACTORS:
            constant = name.rpartition(".")[2]
            old = getattr(module, constant)
            set_everywhere(module, constant, type(old)(factor * old))
            _print(name, factor, cases, _answers(classifier, cases), chosen)
            set_everywhere(module, constant, old)


def _cases(writing: Writing, seed: int, count: int) -> list[tuple[np.ndarray, str]]:
    """Return generated pictures as pixels, uint8 (H, W, C), each with the number that it shows."""
    pictures = [row for row in rows(None) if not row[0].startswith("pad")]
    made = (make(*row, writing, seed, index) for row in pictures for index in range(count))
    return [(np.uint8(np.rint(255 * decoding.decode(source))), number) for source, number in made]


def _answers(classifier: Classifier, cases: list[tuple[np.ndarray, str]]) -> list:
    """Return the answers; None where the picture path fails, because a value is not possible."""
    found = []
    for planes, _ in cases:
        try:
            found.append(classifier.read_planes(np.float32(planes) / 255))
        except (ValueError, IndexError, ZeroDivisionError):
            found.append(None)
    return found


def _print(name: str, factor: float, cases: list, answers: list, chosen: list) -> None:
    counts = Counter(outcome_of(answer, number) for answer, (_, number) in zip(answers, cases, strict=True))
    texts = [[(each.number, each.verdict) if each else None for each in some] for some in (answers, chosen)]
    changed = sum(one != other for one, other in zip(*texts, strict=True))
    results = "".join(f"  {each}: {counts[each]}" for each in Outcome)
    print(f"{name:<30} × {factor:<4g}{results}  changed: {changed}", flush=True)


if __name__ == "__main__":
    main()
