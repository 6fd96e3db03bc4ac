"""What the ground floor lets go of each morning: sessions that are over, done work in the task queue, forms long sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from crm.models.spent import forget_spent_forms
from crm.registry import DailyDeed, daily_deeds


TASKS_KEPT: Final = timedelta(days=30)


def register() -> None:
    """The ground floor's own daily deeds."""
    daily_deeds.add(DailyDeed(name="sessions", label=_("Sessions expirées"), run=end_sessions, rank=80))
    daily_deeds.add(DailyDeed(name="tries", label=_("Tentatives oubliées"), run=forget_tries, rank=85))
    daily_deeds.add(DailyDeed(name="tasks", label=_("Tâches anciennes"), run=forget_tasks, rank=90))
    daily_deeds.add(
        DailyDeed(name="spent forms", label=_("Formulaires envoyés"), run=forget_spent_forms, rank=95)
    )


def end_sessions() -> int:
    """Delete the sessions that nobody can use any longer, and where they were open; how many."""
    ended = Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return ended


def forget_tries() -> int:
    """Delete what the limits counted and no longer hold to, network addresses with it; how many rows."""
    shared = caches["default"]
    if not isinstance(shared, DatabaseCache):
        return 0  # every other cache forgets by itself
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(shared._table)  # type: ignore[attr-defined]
        moment = connection.ops.adapt_datetimefield_value(timezone.now().replace(microsecond=0))
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [moment])  # noqa: S608 -- our own table's name
        return int(cursor.rowcount)


def forget_tasks() -> int:
    """Delete what the queue keeps of tasks done a month ago; how many. `Job` keeps what people look at."""
    limit = timezone.now() - TASKS_KEPT
    deleted: int = DBTaskResult.objects.finished().filter(finished_at__lt=limit).delete()[0]
    return deleted
