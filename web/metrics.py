"""Counters for operators, in the format of Prometheus. Until `enable` is called, no call has an effect.

With several processes behind one port, set the variable PROMETHEUS_MULTIPROC_DIR to an empty folder. Otherwise each
process reports its own counters.
"""

import os

from model.errors import UserError

BATCH_SIZES = (1, 2, 4, 8, 16)


class Metrics:
    """All counters of this process."""

    def __init__(self):
        # Loaded here, because few servers count.
        from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, multiprocess

        disable_created_metrics()
        self.registry = CollectorRegistry()
        folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
        several = bool(folder)
        if several:
            if not os.access(folder, os.W_OK):
                raise UserError(f"PROMETHEUS_MULTIPROC_DIR is {folder}; expected a folder that can be written.")
            multiprocess.MultiProcessCollector(self.registry)
        own = {"registry": None if several else self.registry}
        labels = ["method", "route", "status"]
        self.requests = Counter("http_requests", "Requests, by method, route and status.", labels, **own)
        self.batches = Histogram(
            "batch_size", "Calls that one batch answers.", ["endpoint"], buckets=BATCH_SIZES, **own
        )
        self.restarts = Counter("picture_worker_restarts", "Processes for pictures that were replaced.", **own)


_metrics: Metrics | None = None


def enable() -> None:
    """Start to count. Further calls have no effect."""
    global _metrics
    _metrics = _metrics or Metrics()


def count_request(method: str, route: str, status: int) -> None:
    """Count an answered request. route: the result of `RouteNames`."""
    if _metrics:
        _metrics.requests.labels(method, route, status).inc()


def count_batch(endpoint: str, size: int) -> None:
    """Count a batch of calls of an endpoint."""
    if _metrics:
        _metrics.batches.labels(endpoint).observe(size)


def count_picture_worker_restart() -> None:
    """Count that a process for pictures was replaced after a failure."""
    if _metrics:
        _metrics.restarts.inc()


def render() -> bytes | None:
    """Return all counters in the text format of Prometheus, or None if nothing is counted."""
    if _metrics is None:
        return None
    from prometheus_client import generate_latest

    return generate_latest(_metrics.registry)
