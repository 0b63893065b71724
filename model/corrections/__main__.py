"""Count and export corrections.

python -m model.corrections --database FILE                  count them by label
python -m model.corrections --database FILE --export FILE    write them as drawings, to measure on and to learn from
"""

import argparse
import os
import sys
from pathlib import Path

from model.classes import DIGIT_LABELS, LABEL_NOT_DIGIT, LABELS
from model.corrections.store import CorrectionStore
from model.errors import reported


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m model.corrections", description="What visitors taught.")
    parser.add_argument("--database", type=Path, metavar="FILE", default=os.environ.get("CORRECTIONS"))
    parser.add_argument("--export", type=Path, metavar="FILE", help="write them as drawings (an .npz)")
    parser.add_argument("--only", choices=("digits", "others"), help="export these alone (default: all)")
    options = parser.parse_args(arguments)
    if not options.database:
        parser.error("which file of corrections? Give --database FILE, or set CORRECTIONS.")
    if not Path(options.database).is_file():
        sys.exit(f"corrections: {options.database} does not exist.")
    labels = {"digits": DIGIT_LABELS, "others": (LABEL_NOT_DIGIT,), None: LABELS}[options.only]
    with reported(f"corrections: {options.database}"):
        store = CorrectionStore(options.database)
        print(f"{options.database}: {_in_words(store.count())}")
        if options.export:
            print(f"{options.export}: {store.export(options.export, labels):,} drawings written.")


def _in_words(counts: dict[str, int]) -> str:
    per_label = ", ".join(f"{label}: {count:,}" for label, count in counts.items())
    return f"{sum(counts.values()):,} kept" + (f" ({per_label})." if counts else ".")


if __name__ == "__main__":
    main()
