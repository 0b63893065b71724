"""Print how many generated pictures are read with other values of the constants of the picture path.

    python -m tests.tools.picture_kinds.sweep
    python -m tests.tools.picture_kinds.sweep --only FINE --cases 20

Each line has one constant changed. The seed differs from the seed of the table that `tests.tools.picture_kinds` prints.
"""

import argparse
import sys
from collections import Counter

from model.inference import picture_candidates  # noqa: F401, imports the modules whose constants are changed
from model.inference.classifier import Classifier
from tests.tools.picture_kinds.__main__ import rows, run
from tests.tools.picture_kinds.case import Outcome
from tests.tools.picture_kinds.writing import Writing

SEED = 1
VALUES = {
    "MIN_CONTRAST": (0.04, 0.06, 0.08),
    "MIN_SHARE": (0.08, 0.12, 0.18),
    "LONG": (0.2, 0.3, 0.45),
    "SLIM": (7, 10, 14),
    "FINE": (0.5, 0.65, 0.8),
    "PALE": (0.45, 0.6, 0.75),
    "LONG_OVERSHOOT": (0.12, 0.2, 0.3),
    "LEAST_WRITING": (0.3, 0.6, 1.0),
    "ATTACHED": (0.05, 0.15, 0.3),
    "BORDER_SHARE": (0.03, 0.1, 0.2),
    "BORDER_WEIGHT": (2.0, 4.0, 6.0),
    "MIN_PEN_WIDTH": (0.5, 0.75, 0.9, 1.0),
    "MIN_SHARPNESS": (0.4, 0.5, 0.6),
    "EDGE_SHARE": (0.04, 0.08, 0.12),
}


def set_everywhere(name: str, value: float) -> float:
    """Set a constant in every module of `model.preprocessing` that has it. Return the old value."""
    modules = [module for key, module in sys.modules.items() if key.startswith("model.preprocessing")]
    owners = [module for module in modules if hasattr(module, name)]
    old = getattr(owners[0], name)
    for module in owners:
        setattr(module, name, value)
    return old


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cases", type=int, default=10, metavar="N", help="cases of each row (default: %(default)s)")
    parser.add_argument("--only", nargs="+", default=list(VALUES), choices=VALUES, metavar="NAME", help="constants")
    options = parser.parse_args()
    classifier = Classifier.load()
    writing = Writing(classifier, SEED)
    pictures = [row for row in rows(None) if not row[0].startswith("pad")]
    for name in options.only:
        for value in VALUES[name]:
            old = set_everywhere(name, value)
            counts = sum((run(classifier, writing, *row, options.cases, SEED) for row in pictures), Counter())
            set_everywhere(name, old)
            chosen = "  (chosen)" if value == old else ""
            print(
                f"{name:<16} {value:<6g}" + "".join(f" {each}: {counts[each]}" for each in Outcome) + chosen, flush=True
            )


if __name__ == "__main__":
    main()
