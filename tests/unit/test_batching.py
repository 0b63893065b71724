"""Batching: calls that arrive together are answered together. If too many calls are pending, new calls are refused."""

import asyncio
import threading

import pytest

from model.errors import InputError
from tests.helpers.coroutines import finish
from web.batching import Batcher, Overloaded


class Held:
    """A batch function that waits for `release`. It returns each number unchanged, but an InputError for 3."""

    def __init__(self):
        self.sizes: list[int] = []
        self.release = threading.Event()

    def __call__(self, calls):
        assert self.release.wait(10)
        self.sizes.append(len(calls))
        return [InputError("Not 3.") if number == 3 else number for number in calls]


async def answers_of_waiting_calls(batcher: Batcher, held: Held, count: int) -> list:
    """Call a batcher `count` times at once, with the arguments 0, 1, 2, … Set `held.release` when all calls wait.

    Return the answer or the exception of each call.
    """
    held.release.clear()
    tasks = [asyncio.ensure_future(batcher(number)) for number in range(count)]
    await asyncio.sleep(0)  # Let every task run until it waits for an answer.
    held.release.set()
    return await asyncio.gather(*tasks, return_exceptions=True)


def test_waiting_calls_are_answered_in_batches_and_each_gets_its_own_answer():
    held = Held()
    answers = finish(answers_of_waiting_calls(Batcher(held, max_batch=4), held, 8))
    assert held.sizes == [4, 4]
    assert str(answers.pop(3)) == "Not 3."
    assert answers == [0, 1, 2, 4, 5, 6, 7]


def test_calls_above_max_pending_are_refused_and_the_others_are_answered():
    held = Held()
    batcher = Batcher(held, max_pending=3)

    async def twice():
        return [await answers_of_waiting_calls(batcher, held, count) for count in (5, 3)]

    first, second = finish(twice())
    assert first[:3] == [0, 1, 2] and [type(answer) for answer in first[3:]] == [Overloaded] * 2
    assert second == [0, 1, 2]


def test_an_exception_fails_the_whole_batch_and_the_next_batch_is_answered():
    def answer(calls):
        if len(calls) > 1:
            raise ValueError("broken")
        return list(calls)

    async def three_and_one():
        batcher = Batcher(answer)
        return await asyncio.gather(*map(batcher, range(3)), return_exceptions=True), await batcher(3)

    errors, after = finish(three_and_one())
    assert [str(error) for error in errors] == ["broken"] * 3
    assert after == 3


def test_a_canceled_call_does_not_affect_other_calls():
    held = Held()

    async def one_leaves():
        batcher = Batcher(held)
        leaving, staying = (asyncio.ensure_future(batcher(number)) for number in (1, 2))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.sleep(0)
        held.release.set()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        return await staying, await batcher(4)

    assert finish(one_leaves()) == (2, 4)


def test_with_several_threads_a_slow_call_does_not_delay_another_call():
    release = threading.Event()

    def answer(calls):
        assert calls != (1,) or release.wait(10)
        return list(calls)

    async def slow_and_fast():
        batcher = Batcher(answer, max_batch=1, threads=2)
        slow = asyncio.ensure_future(batcher(1))
        fast = [await batcher(number) for number in (2, 3)]
        release.set()
        return fast, await slow

    assert finish(slow_and_fast()) == ([2, 3], 1)
