"""Twenty visitors who draw for ten minutes, and often leave in the middle of a request: what is left of it?

    python tests/soak.py
    python tests/soak.py --minutes 1 --visitors 5

Prints errors, memory after the warm-up and at the end, open files, and what lies in Gradio's folder for uploads and
what it caches. Exits 1 when a target is missed: any error, MAX_GROWTH, any file left. Linux only, for /proc.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from browser import serving
from visitors import crowd

WARM_UP = 60  # Seconds: TensorFlow and Python take memory for every thread that they start.
ABORTS = 0.05  # Of all requests: so many of a visitor's end with a closed connection.
MAX_GROWTH = 0.05
SETTLES_WITHIN = 20  # Seconds, after the last visitor, for what is under way.


def main() -> None:
    parser = argparse.ArgumentParser(description="Let many visitors draw for long, and see what is left of it.")
    parser.add_argument("--minutes", type=float, default=10, help="default: 10")
    parser.add_argument("--visitors", type=int, default=20, help="default: 20")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(environment={"GRADIO_TEMP_DIR": folder}) as server:
        print(f"warming up for {WARM_UP} s", flush=True)
        asyncio.run(crowd(server.address, options.visitors, WARM_UP, ABORTS, wonders=True))
        memory, handles = server.megabytes, server.open_files
        print(
            f"after warm-up: {memory:.0f} MB, {handles} open files; {options.minutes:g} minutes from now on", flush=True
        )
        tally = asyncio.run(crowd(server.address, options.visitors, 60 * options.minutes, ABORTS, wonders=True))
        time.sleep(SETTLES_WITHIN)
        growth, more = server.megabytes / memory - 1, server.open_files - handles
        left = [str(path.relative_to(folder)) for path in Path(folder).rglob("*") if path.is_file()]
        log = server.log.read_text().splitlines()[1:]
    print(f"{len(tally.seconds):,} answers, {tally.aborted:,} connections closed in the middle of a request")
    missed = [
        told("errors", tally.errors.total(), dict(tally.errors)),
        told("lines in the server's log", len(log), log[:10]),
        told("files left", len(left), left[:10]),
        told("open files more than after the warm-up", max(0, more), ""),
        growth > MAX_GROWTH,
    ]
    print(f"memory at the end: {memory * (1 + growth):.0f} MB, {growth:+.1%} (at most {MAX_GROWTH:.0%})")
    sys.exit(any(missed))


def told(what: str, count: int, which: object) -> bool:
    """Print what should not be; True when it is."""
    print(f"{count} {what}", which if count else "")
    return count > 0


if __name__ == "__main__":
    main()
