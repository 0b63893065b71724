"""Micro-batching and load shedding: one call of the network answers all calls that arrive together.

Micro-batching saves time: one call with sixteen images takes only five times as long as one call with one image.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

MAX_BATCH = 16
"""Maximum number of calls in one batch."""
MAX_PENDING = 64
"""Maximum number of calls of an endpoint that wait or are in progress. The server answers about 400 calls per second.
Therefore, if 64 calls are pending, the newest of these calls gets its answer after about 160 ms."""

BatchFunction = Callable[[Sequence], Sequence[object]]
"""Maps the arguments of several calls to a list with the result of each call."""


class Overloaded(Exception):
    """Too many calls are pending. The message is a sentence for the caller. retry_after: seconds."""

    retry_after = 1

    def __init__(self):
        super().__init__("Many people are drawing at once; try again in a moment.")


class Batcher:
    """Answers calls of one function in batches, in separate threads: one batch at a time in each thread.

    While all threads answer a batch, new calls wait for the next batch.
    """

    def __init__(
        self, function: BatchFunction, max_batch: int = MAX_BATCH, max_pending: int = MAX_PENDING, threads: int = 1
    ):
        self._function, self._max_batch, self._max_pending = function, max_batch, max_pending
        self._waiting: list[tuple[object, asyncio.Future]] = []
        self._pending = 0
        self._tasks: list[asyncio.Task] = []
        self._max_tasks, self._threads = threads, ThreadPoolExecutor(threads, "batches")

    async def __call__(self, argument: object) -> object:
        """Return the result of one call, or raise its exception. If too many calls are pending, raise Overloaded."""
        if self._pending >= self._max_pending:
            raise Overloaded
        loop = asyncio.get_running_loop()
        result = loop.create_future()
        self._waiting.append((argument, result))
        self._pending += 1
        self._tasks = [task for task in self._tasks if not task.done()]
        if len(self._tasks) < self._max_tasks:
            self._tasks.append(loop.create_task(self._work(loop)))
        try:
            return await result
        finally:
            self._pending -= 1

    async def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[: self._max_batch], self._waiting[self._max_batch :]
            await self._answer(loop, *zip(*batch, strict=True))

    async def _answer(self, loop: asyncio.AbstractEventLoop, arguments: tuple, futures: tuple) -> None:
        try:
            results = await loop.run_in_executor(self._threads, self._function, arguments)
        except Exception as error:  # Every call of this batch fails; the next batch is not affected.
            results = [error] * len(arguments)
        for future, result in zip(futures, results, strict=True):
            if future.done():  # The caller has disconnected.
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)
