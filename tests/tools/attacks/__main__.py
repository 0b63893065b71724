"""Perform attacks, each on a new server, and print what each attack did.

    python -m tests.tools.attacks
    python -m tests.tools.attacks --only 1 4

Exits with 1 if the server does not withstand an attack. The command works on Linux only, because it reads /proc.
"""

import argparse
import importlib
import pkgutil
import sys

from tests.helpers.server import serving
from tests.tools import attacks
from tests.tools.attacks.attack import ATTACKS, Attack


def main() -> None:
    parser = argparse.ArgumentParser(description="Attack the page's server, and check that it withstands the attacks.")
    parser.add_argument("--only", type=int, nargs="+", metavar="N", help="perform only the attacks with these numbers")
    options = parser.parse_args()
    for module in pkgutil.iter_modules(attacks.__path__):
        if module.name != "__main__":
            importlib.import_module(f"{attacks.__name__}.{module.name}")
    chosen = sorted(ATTACKS, key=lambda each: each.number)
    held = [perform(each) for each in chosen if not options.only or each.number in options.only]
    print(f"{sum(held)} of {len(held)} attacks were withstood")
    sys.exit(not all(held))


def perform(each: Attack) -> bool:
    """Perform an attack on a new server, print its outcome, and return whether the server withstood it."""
    with serving(environment=each.environment) as server:
        outcome = each.perform(server)
    print(f"{each.number:>2} {each.title}", flush=True)
    print(f"   before: {outcome.before}\n   after:  {outcome.after}", flush=True)
    print(f"   {'withstood' if outcome.holds else 'NOT WITHSTOOD'}", flush=True)
    return outcome.holds


if __name__ == "__main__":
    main()
