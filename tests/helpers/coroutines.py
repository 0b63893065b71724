"""Run coroutines in tests, even while an event loop is running."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor


def finish(coroutine: Coroutine) -> object:
    """Run a coroutine in a separate thread, and return the result of the coroutine.

    Once a test has started a browser, Playwright keeps an event loop running in the main thread. A thread can run only
    one event loop at a time. Therefore the coroutine needs a thread of its own.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()
