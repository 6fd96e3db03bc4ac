"""What the house does by itself once a day: rooms register deeds, one pass runs them all and writes down what it did.

    daily_deeds.add(DailyDeed(name="trash", label=_("Corbeille vidée"), rank=10, run=empty_trash))   # run() -> int

The worker calls `run_when_due()` between two tasks: each morning, and at start when the last morning was missed. Who
serves with another task back-end runs `manage.py daily` from a scheduler. A deed answers how many rows it changed, does
nothing the second time, and keeps its own transaction; one that fails stops no other.
"""

from __future__ import annotations

import logging
import traceback
from datetime import datetime, time, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone

from crm.models import DailyPass
from crm.registry import DailyDeed, daily_deeds


MORNING: Final = time(5)  # of TIME_ZONE: before anybody is at work, after the nightly copies
KEPT: Final = timedelta(days=400)
log = logging.getLogger(__name__)


class AlreadyRunningError(Exception):
    """Another process is at it."""


def last_pass() -> DailyPass | None:
    """The last pass that went to its end."""
    return DailyPass.objects.exclude(finished_at=None).order_by("-started_at").first()


def days_since(now: datetime | None = None) -> int | None:
    """Whole days since the last pass began; None when there was none."""
    last = last_pass()
    return None if last is None else ((now or timezone.now()) - last.started_at).days


def is_due(now: datetime | None = None) -> bool:
    """Whether no pass has gone to its end since this morning's hour, or since yesterday's while it is still night."""
    now = timezone.localtime(now)
    morning = timezone.make_aware(datetime.combine(now.date(), MORNING))
    if now < morning:
        morning = timezone.make_aware(datetime.combine(now.date() - timedelta(days=1), MORNING))
    return not DailyPass.objects.filter(started_at__gte=morning).exclude(finished_at=None).exists()


def run_when_due() -> DailyPass | None:
    """Run the pass if this day has had none and nobody is at it; answer it, or None."""
    if not is_due():
        return None
    try:
        return run(only_when_due=True)
    except AlreadyRunningError:
        return None


def run(*, only_when_due: bool = False) -> DailyPass | None:
    """Run every deed now; None when it was due no longer.

    Raises:
        AlreadyRunningError: another process is at it.
    """
    begun = _begin(only_when_due=only_when_due)
    if begun is None:
        return None
    try:
        for deed in daily_deeds:
            _do(deed, begun)
        begun.finished_at = timezone.now()
    finally:
        begun.is_running = False
        begun.save()
    DailyPass.objects.filter(started_at__lt=begun.started_at - KEPT).delete()
    return begun


def give_up_interrupted() -> int:
    """A pass that a stopped machine left running is not finished: it is due again. How many there were."""
    return DailyPass.objects.filter(is_running=True).update(is_running=False)


def _begin(*, only_when_due: bool) -> DailyPass | None:
    """The row that says we are at it; a worker that died at it gives way after a while."""
    try:
        with transaction.atomic():
            dead = timezone.now() - DailyPass.PATIENCE
            DailyPass.objects.filter(is_running=True, started_at__lt=dead).update(is_running=False)
            begun = DailyPass.objects.create()
    except IntegrityError as taken:
        raise AlreadyRunningError from taken
    if (
        only_when_due and not is_due()
    ):  # another worker has just finished: the row is ours, so this answer holds
        begun.delete()
        return None
    return begun


def _do(deed: DailyDeed, begun: DailyPass) -> None:
    try:
        begun.counts[deed.name] = deed.run()
    except Exception as error:
        begun.failed.append(deed.name)
        # Without the error's message: it may hold somebody's name or address.
        trace = "".join(traceback.format_tb(error.__traceback__))
        log.error("daily deed %s: %s\n%s", deed.name, type(error).__name__, trace)
