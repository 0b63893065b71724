"""Benchmark: compare the demo with well-known baselines, in one run on one machine.

    python -m tests.tools.benchmark                                  # everything, about ten minutes
    python -m tests.tools.benchmark --only bars visitors             # some parts; --help lists them
    python -m tests.tools.benchmark --table docs/measurements.md     # also write the table into this document

A ratio between the demo and a baseline is valid even on a busy machine, because other processes slow both of them.
Seconds and milliseconds are valid only on a machine without other work.
"""

import argparse
from pathlib import Path

from model.evaluation import readme_tables
from tests.tools.benchmark_network import runtimes, training
from tests.tools.benchmark_page import bars, start_up, visitors

TABLE = readme_tables.marks("benchmark", "python -m tests.tools.benchmark --table docs/measurements.md")
HEAD = ["what", "here", "baseline", "ratio", "target"]
PARTS = {"bars": bars, "visitors": visitors, "runtimes": runtimes, "start-up": start_up, "training": training}


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the demo and its baselines.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--table", type=Path, metavar="FILE", help="also write the table into this document")
    options = parser.parse_args()
    rows = [HEAD]
    for part in options.only:
        for measurement in PARTS[part]():
            rows.append(measurement.row())
            print("  ".join(filter(None, measurement.row())), flush=True)
    print(f"\n{readme_tables.markdown(rows)}")
    if options.table:
        readme_tables.replace(options.table, TABLE, readme_tables.markdown(rows))


if __name__ == "__main__":
    main()
