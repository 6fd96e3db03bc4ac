"""A record's timeline: what each room knows of it, the latest first."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils import timezone

from crm.registry import TimelineEvent, timeline_sources


if TYPE_CHECKING:
    from crm.models import User

SHOWN = 100


def timeline_of(record: Model, user: User | Any, limit: int = SHOWN) -> list[TimelineEvent]:
    """At most `limit` events about this record, from the sources that this account may read."""
    events = [
        event
        for source in timeline_sources
        if source.model == record._meta.label_lower and user.has_perm(source.permission)
        for event in source.events(record, user, limit)
    ]
    return sorted(events, key=lambda event: _moment(event.day), reverse=True)[:limit]


def _moment(day: date | datetime) -> datetime:
    if isinstance(day, datetime):
        return day
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001
