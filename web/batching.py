"""Calls that arrive together are answered together: sixteen images take the network five times as long as one."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

LARGEST = 16
# More than so many are turned away, to come again with a newer drawing: an answer that comes late is to one that is
# old. At some 400 a second the last of them waits for a sixth of a second.
MOST = 64


class Busy(Exception):
    """More is under way than can be answered soon."""


class Batches:
    """Answers calls of one kind, one batch after the other, in a thread of its own; a batch is what came meanwhile."""

    def __init__(self, answer: Callable[[Sequence[tuple]], Sequence[object]]):
        """answer: each call's arguments → each call's answer, or an exception in its place."""
        self._answer = answer
        self._waiting: list[tuple[tuple, asyncio.Future]] = []
        self._under_way = 0
        self._task: asyncio.Task | None = None
        self._thread = ThreadPoolExecutor(1, "batches")

    async def __call__(self, *arguments: object) -> object:
        """The answer to one call. Raises Busy, or the exception that stands in the answer's place."""
        if self._under_way >= MOST:
            raise Busy
        loop = asyncio.get_running_loop()
        answer = loop.create_future()
        self._waiting.append((arguments, answer))
        self._under_way += 1
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._work(loop))
        try:
            return await answer
        finally:
            self._under_way -= 1

    async def _work(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:LARGEST], self._waiting[LARGEST:]
            await self._answer_batch(loop, *zip(*batch, strict=True))

    async def _answer_batch(self, loop, calls: tuple, futures: tuple) -> None:
        try:
            answers = await loop.run_in_executor(self._thread, self._answer, calls)
        except Exception as error:  # A fault of ours: all of them have to know, and the next batch has its own chance.
            answers = [error] * len(calls)
        for future, answer in zip(futures, answers, strict=True):
            if future.done():  # Its caller has gone.
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
