"""Soak test: twenty visitors draw for ten minutes and close some connections early. The test looks for leaks.

    python -m tests.tools.soak
    python -m tests.tools.soak --minutes 1 --visitors 5

Prints the errors, the memory after the warm-up and at the end, the open files, and the files in Gradio's folders for
uploads and caches. Exits with 1 in each of these cases:
- There is an error, or a line in the server's log after the line with the address.
- At the end, a file is left in Gradio's folders, or the server has more open files than after the warm-up.
- Memory has grown since the warm-up by more than the fraction MAX_GROWTH.
The command works on Linux only, because it reads /proc.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.helpers.server import serving
from tests.tools.visitors import crowd

# Seconds of warm-up, before memory is measured for the first time. During the warm-up, the server starts threads, which
# need memory.
WARM_UP = 60
ABORTS = 0.05  # Fraction of the requests for which the visitor closes the connection early.
MAX_GROWTH = 0.05
SETTLE_SECONDS = 20  # Seconds to wait for requests in progress, after the last visitor has left.


def main() -> None:
    parser = argparse.ArgumentParser(description="Let many visitors draw for a long time; look for errors and leaks.")
    parser.add_argument("--minutes", type=float, default=10, help="default: 10")
    parser.add_argument("--visitors", type=int, default=20, help="default: 20")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(environment={"GRADIO_TEMP_DIR": folder}) as server:
        print(f"warming up for {WARM_UP} s", flush=True)
        asyncio.run(crowd(server.address, options.visitors, WARM_UP, ABORTS, explains=True))
        memory, handles = server.megabytes, server.open_files
        print(f"after warm-up: {memory:.0f} MB, {handles} open files; {options.minutes:g} minutes follow", flush=True)
        tally = asyncio.run(crowd(server.address, options.visitors, 60 * options.minutes, ABORTS, explains=True))
        time.sleep(SETTLE_SECONDS)
        growth, more_handles = server.megabytes / memory - 1, server.open_files - handles
        # The server locks its folder of uploads until it ends.
        files = [path for path in Path(folder).rglob("*") if path.is_file() and path.suffix != ".lock"]
        leftover = [str(path.relative_to(folder)) for path in files]
        log = server.log.read_text().splitlines()[1:]
    print(f"{len(tally.seconds):,} answers, {tally.aborted:,} connections closed during a request")
    failed = [
        report("errors", tally.errors.total(), dict(tally.errors)),
        report("lines in the server's log", len(log), log[:10]),
        report("leftover files", len(leftover), leftover[:10]),
        report("more open files than after the warm-up", max(0, more_handles), ""),
        growth > MAX_GROWTH,
    ]
    print(f"memory at the end: {memory * (1 + growth):.0f} MB, {growth:+.1%} (at most {MAX_GROWTH:.0%})")
    sys.exit(any(failed))


def report(what: str, count: int, examples: object) -> bool:
    """Print how many failures of one kind there are, and return whether there are any."""
    print(f"{count} {what}", examples if count else "")
    return count > 0


if __name__ == "__main__":
    main()
