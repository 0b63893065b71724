"""Gradio keeps a limited number of sessions and of answers that nobody fetches."""

from types import SimpleNamespace

import pytest
from gradio.queueing import EventQueue

from tests.helpers.unloaded_page import unloaded_page
from web.admission import Overloaded
from web.security.sessions import (
    MAX_QUEUE,
    MAX_SESSIONS,
    MAX_UNFETCHED,
    MAX_UNFETCHED_OF_SESSION,
    limit_sessions,
    make_room,
)


def page_with(calls: dict[str, int], running: set[str] = frozenset()) -> SimpleNamespace:
    """Return a page whose queue keeps answers. calls: the number of unfetched answers of each session."""
    queue = SimpleNamespace(
        pending_messages_per_session={session: [] for session in calls},
        pending_event_ids_session={session: {f"{session} {i}" for i in range(calls[session])} for session in calls},
        event_ids_to_events={f"{session} 0": None for session in running},
    )
    return SimpleNamespace(_queue=queue)


def kept(page) -> list[str]:
    """Return the sessions whose answers are kept."""
    assert list(page._queue.pending_messages_per_session) == list(page._queue.pending_event_ids_session)
    return list(page._queue.pending_messages_per_session)


def test_the_sessions_with_the_oldest_answers_are_discarded():
    sessions = [str(i) for i in range(MAX_SESSIONS + 5)]
    page = page_with(dict.fromkeys(sessions, 0))
    make_room(page, "new")
    assert kept(page) == sessions[6:]


def test_answers_are_discarded_until_few_are_left():
    page = page_with({"old": 1, "many": MAX_UNFETCHED, "new": 1})
    make_room(page, "new")
    assert kept(page) == ["new"]


def test_a_session_whose_call_is_in_progress_is_kept():
    page = page_with({"running": 1, "many": MAX_UNFETCHED}, running={"running"})
    make_room(page, None)
    assert kept(page) == ["running"]


def test_a_session_that_never_fetches_its_answers_is_refused():
    page = page_with({"full": MAX_UNFETCHED_OF_SESSION, "other": 1})
    with pytest.raises(Overloaded):
        make_room(page, "full")
    for session in ("other", None, ["full"]):
        make_room(page, session)


def test_gradio_has_the_fields_that_the_limits_use():
    page = unloaded_page()
    limit_sessions(page)
    assert page._queue.max_size == MAX_QUEUE
    assert page.app.state_holder.capacity == MAX_SESSIONS
    for name, kind in vars(page_with({})._queue).items():
        assert isinstance(getattr(page._queue, name), type(kind))
    assert {"ANALYTICS_MAX_EVENTS", "ANAYLTICS_CACHE_FREQUENCY", "event_analytics"} <= set(vars(page._queue))
    make_room(page, "new")


def test_an_empty_queue_sleeps_longer_than_a_queue_with_calls():
    page = unloaded_page()
    own = page._queue.sleep_when_free
    limit_sessions(page)
    queue = page._queue
    assert queue.sleep_when_free > 5 * own
    queue.event_queue_per_concurrency_id["predict"] = EventQueue("predict", 1)
    queue.event_queue_per_concurrency_id["predict"].queue.append("call")
    assert len(queue) == 1 and queue.sleep_when_free == own
