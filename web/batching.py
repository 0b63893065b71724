"""Micro-batching and load shedding: one call of the network answers all calls that arrive together.

Micro-batching saves time: one call with sixteen images takes only five times as long as one call with one image.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

MAX_BATCH = 16
"""Maximum number of calls in one batch."""
MAX_PENDING = 64
"""Maximum number of calls that wait or are in progress. The server answers about 400 calls per second. Therefore, if 64
calls are pending, the newest of these calls gets its answer after about 160 ms."""

BatchFunction = Callable[[Sequence[tuple]], Sequence[object]]
"""Maps a list of calls to a list with the result or exception of each call. A call is the tuple of its arguments."""


class Overloaded(Exception):
    """Too many calls are pending."""


class Batcher:
    """Answers calls of one function in batches, one batch at a time, in a separate thread.

    While the function answers one batch, new calls wait for the next batch.
    """

    def __init__(self, function: BatchFunction):
        self._function = function
        self._waiting: list[tuple[tuple, asyncio.Future]] = []
        self._pending = 0
        self._task: asyncio.Task | None = None
        self._thread = ThreadPoolExecutor(1, "batches")

    async def __call__(self, *arguments: object) -> object:
        """Return the result of one call, or raise its exception. If MAX_PENDING calls are pending, raise Overloaded."""
        if self._pending >= MAX_PENDING:
            raise Overloaded
        loop = asyncio.get_running_loop()
        result = loop.create_future()
        self._waiting.append((arguments, result))
        self._pending += 1
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work(loop))
        try:
            return await result
        finally:
            self._pending -= 1

    async def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
            await self._answer(loop, *zip(*batch, strict=True))

    async def _answer(self, loop: asyncio.AbstractEventLoop, calls: tuple, futures: tuple) -> None:
        try:
            results = await loop.run_in_executor(self._thread, self._function, calls)
        except Exception as error:  # Every call of this batch fails; the next batch is not affected.
            results = [error] * len(calls)
        for future, result in zip(futures, results, strict=True):
            if future.done():  # The caller has disconnected.
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
