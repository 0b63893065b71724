"""Count and export corrections. A correction is a drawing that the network read wrong, with the correct label.

The export divides the drawing of a number into its digits where the division is certain.

python -m model.corrections --database FILE                  count the corrections with each label
python -m model.corrections --database FILE --export FILE    write the corrections to a file of labeled drawings (.npz)
"""

import argparse
import os
from pathlib import Path

from model.classes import DIGIT_LABELS, LABEL_NOT_DIGIT
from model.corrections.export import export_drawings
from model.corrections.store import CorrectionStore
from model.errors import UserError, exit_on_error

LABELS_BY_OPTION = {"digits": DIGIT_LABELS, "non-digits": (LABEL_NOT_DIGIT,), None: None}


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m model.corrections", description="Count corrections or export them."
    )
    database = os.environ.get("CORRECTIONS")
    parser.add_argument(
        "--database", type=Path, metavar="FILE", default=database, help="file of corrections (default: $CORRECTIONS)"
    )
    parser.add_argument("--export", type=Path, metavar="FILE", help="write the corrections to FILE as drawings (.npz)")
    parser.add_argument("--only", choices=("digits", "non-digits"), help="export only digits or only non-digits")
    options = parser.parse_args(arguments)
    if not options.database:
        parser.error("no database. Give --database FILE, or set CORRECTIONS.")
    with exit_on_error(f"corrections: {options.database}"):
        _run(options.database, options.export, LABELS_BY_OPTION[options.only])


def _run(database: Path, export: Path | None, labels: tuple[str, ...] | None) -> None:
    if not database.is_file():
        raise UserError("The file does not exist.")
    store = CorrectionStore(database, read_only=True)
    print(f"{database}: {_summary(store.count())}")
    if export:
        try:
            exported = export_drawings(store, export, labels)
        except OSError as error:
            raise UserError(f"{export} cannot be written ({error.strerror}).") from None
        print(f"{export}: {exported.drawings:,} drawings written.")
        if exported.divided or exported.undivided:
            print(f"Numbers: {exported.divided:,} divided into digits, {exported.undivided:,} not divided.")


def _summary(counts: dict[str, int]) -> str:
    by_label = ", ".join(f"{label}: {count:,}" for label, count in counts.items())
    return f"{sum(counts.values()):,} stored" + (f" ({by_label})." if counts else ".")


if __name__ == "__main__":
    main()
