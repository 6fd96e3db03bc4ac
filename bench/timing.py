"""How long, how many statements, how heavy: the same way for our pages, the plain admin's and the floors."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


WARM_UPS, RUNS = 3, 20


def once(work: Callable[[], Any]) -> float:
    """Seconds of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def median(work: Callable[[], Any], runs: int = RUNS) -> float:
    """Median seconds of several runs, after some that do not count."""
    for _ in range(WARM_UPS):
        work()
    return statistics.median(once(work) for _ in range(runs))


def page(client: Client, url: str) -> dict[str, Any]:
    """A page asked of the running code: median seconds, statements, kilobytes."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}")
    queries = len(captured)  # now: the next request empties the log
    return {
        "seconds": median(lambda: client.get(url)),
        "queries": queries,
        "kB": round(len(response.content) / 1000),
    }
