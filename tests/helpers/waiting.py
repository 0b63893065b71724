"""Wait until a condition is true."""

import time
from collections.abc import Callable


def wait_until(
    condition: Callable[[], object], seconds: float = 60, pause: Callable[[], object] = lambda: time.sleep(0.02)
) -> None:
    """Wait until the condition is true. Fail after `seconds`. pause: a function to call between two checks."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"The condition did not become true within {seconds:g} s."
        pause()
