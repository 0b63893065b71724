"""Admission control: one limit for the work of all calls together. A call above the limit is refused.

Each call has a cost. A call of the endpoint `predict` costs 1; this is about 2 ms of processor time.
"""

import contextlib
from collections.abc import Iterator

CAPACITY = 64
"""Maximum cost of all calls that wait or are in progress. The server answers about 400 drawings per second. Therefore,
if 64 drawings wait, the newest of them gets its answer after about 160 ms."""
COSTLY_CAPACITY = CAPACITY // 2
"""Maximum cost of all calls that cost more than 1. The rest of CAPACITY is for drawings, so that slow calls, such as
those with pictures, cannot stop the page."""
BACKGROUND_CAPACITY = 12
"""Maximum cost of all calls together when a background call is admitted. Under load, background calls are therefore
refused first: an occlusion, which costs 8, if five drawings wait. Background calls take no room of CAPACITY, so that
they never cause the refusal of a drawing."""


class Overloaded(Exception):
    """The work of the pending calls is at its limit. The message is a sentence for the caller. retry_after: seconds."""

    retry_after = 1

    def __init__(self):
        super().__init__("Many people are drawing at once; try again in a moment.")


class Admission:
    """Counts the cost of the calls that wait or are in progress."""

    def __init__(self, capacity: int = CAPACITY, costly_capacity: int = COSTLY_CAPACITY):
        self._capacity, self._costly_capacity = capacity, costly_capacity
        self._pending = self._costly = self._background = 0

    @contextlib.contextmanager
    def admit(self, cost: int, background: bool = False) -> Iterator[None]:
        """Count a call while the context is open. Raises Overloaded if the call would exceed a limit.

        background: whether the call is about something that the visitor can do without for a moment.
        """
        if background:
            if self._pending + self._background + cost > BACKGROUND_CAPACITY:
                raise Overloaded
            self._background += cost
            try:
                yield
            finally:
                self._background -= cost
            return
        costly = cost if cost > 1 else 0
        if self._pending + cost > self._capacity or self._costly + costly > self._costly_capacity:
            raise Overloaded
        self._pending, self._costly = self._pending + cost, self._costly + costly
        try:
            yield
        finally:
            self._pending, self._costly = self._pending - cost, self._costly - costly
