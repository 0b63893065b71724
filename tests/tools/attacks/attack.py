"""The list of attacks, and what an attack reports."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.helpers.server import Server


@dataclass(frozen=True)
class Outcome:
    """What an attack did to the server.

    before, after: what was measured before the attack, and during or after it, as texts with units.
    holds: whether the server withstood the attack.
    """

    before: str
    after: str
    holds: bool


@dataclass(frozen=True)
class Attack:
    """One attack.

    number: the number of the row in the list of attacks.
    title: what the attacker does.
    perform: performs the attack on a running server that nothing else uses, and measures.
    environment: environment variables of the server.
    """

    number: int
    title: str
    perform: Callable[[Server], Outcome]
    environment: dict[str, str]


ATTACKS: list[Attack] = []


def attack(number: int, title: str, **environment: str) -> Callable:
    """Return a decorator that adds a function to ATTACKS."""

    def register(function: Callable[[Server], Outcome]) -> Callable[[Server], Outcome]:
        ATTACKS.append(Attack(number, title, function, environment))
        return function

    return register
