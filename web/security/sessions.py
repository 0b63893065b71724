"""Limit what Gradio keeps in memory for its clients: sessions, queued calls, and answers that nobody fetches.

Gradio keeps the answer to a queued call until the client fetches it. Without these limits, calls whose clients never
come back fill the memory.
"""

import sys

import gradio as gr
from gradio.queueing import Queue

from web.admission import Overloaded

MAX_QUEUE = 16
"""Maximum number of calls in Gradio's queue. A call in the queue may hold a drawing of 256 kB."""
MAX_SESSIONS = 100
"""Maximum number of sessions. A session takes 340 kB. It has no state of its own, so Gradio can create it again."""
MAX_UNFETCHED = 100
"""Maximum number of calls whose answers were not fetched. An answer takes up to 180 kB."""
MAX_UNFETCHED_OF_SESSION = 32
"""Maximum number of calls of one session whose answers were not fetched. Clients fetch answers at once."""


class RestingQueue(Queue):
    """Gradio's queue, which looks for calls less often while it is empty.

    Gradio's own queue looks a thousand times a second, and needs 4 % of a core while nobody calls.
    """

    @property
    def sleep_when_free(self) -> float:
        """Seconds until the queue looks for a call again. Waiting calls start as soon as in Gradio's own queue."""
        return 0.001 if len(self) else 0.01

    @sleep_when_free.setter
    def sleep_when_free(self, seconds: float) -> None:
        """Ignore Gradio's own value."""


def limit_sessions(page: gr.Blocks) -> None:
    """Limit the sessions and queued calls of a page that is not served yet, and the work of an empty queue."""
    page.state_session_capacity = MAX_SESSIONS  # `launch` has an argument for this, `mount_gradio_app` has not.
    page.queue(max_size=MAX_QUEUE)
    page._queue.__class__ = RestingQueue  # `queue` has no argument for this.
    page._queue.progress_update_sleep_when_free = 0.1  # No function of the page reports its progress.
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
