"""Limit what Gradio keeps in memory for its clients: sessions, queued calls, and answers that nobody fetches.

Gradio keeps the answer to a queued call until the client fetches it. Without these limits, calls whose clients never
come back fill the memory.
"""

import sys

import gradio as gr

from web.admission import Overloaded

MAX_QUEUE = 16
"""Maximum number of calls in Gradio's queue. A call in the queue may hold a drawing of 256 kB."""
MAX_SESSIONS = 100
"""Maximum number of sessions. A session takes 340 kB. It has no state of its own, so Gradio can create it again."""
MAX_UNFETCHED = 100
"""Maximum number of calls whose answers were not fetched. An answer takes up to 180 kB."""
MAX_UNFETCHED_OF_SESSION = 32
"""Maximum number of calls of one session whose answers were not fetched. Clients fetch answers at once."""


def limit_sessions(page: gr.Blocks) -> None:
    """Limit the number of sessions and queued calls of a page that is not served yet."""
    page.state_session_capacity = MAX_SESSIONS  # `launch` has an argument for this, `mount_gradio_app` has not.
    page.queue(max_size=MAX_QUEUE)
    # Gradio would summarize the durations of the last 10,000 calls after every call, for a page that is off here.
    page._queue.ANALYTICS_MAX_EVENTS = 1
    page._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize


def make_room(page: gr.Blocks, session: object) -> None:
    """Make room for a new call of a session: discard the oldest answers that nobody has fetched.

    A client that fetches a discarded answer gets Gradio's error for an unknown session.
    Raises Overloaded if the session has too many calls whose answers were not fetched.
    """
    queue = page._queue
    messages, calls = queue.pending_messages_per_session, queue.pending_event_ids_session
    if isinstance(session, str) and len(calls.get(session, ())) >= MAX_UNFETCHED_OF_SESSION:
        raise Overloaded
    unfetched = sum(map(len, calls.values()))
    for session in [*dict.fromkeys([*calls, *messages])]:
        if max(len(messages), len(calls)) < MAX_SESSIONS and unfetched < MAX_UNFETCHED:
            return
        ids = calls.get(session, set())
        if any(id in queue.event_ids_to_events for id in ids):  # The call waits or is in progress.
            continue
        unfetched -= len(ids)
        messages.pop(session, None)
        calls.pop(session, None)
