"""Runs coroutines in tests, even where a loop runs already."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor


def finish(coroutine: Coroutine) -> object:
    """Run a coroutine to its end → what it returns.

    In a thread of its own: once a test has started a browser, Playwright keeps the main thread's loop running, in which
    no other can.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
