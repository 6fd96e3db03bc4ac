"""What the ground floor lets go of each morning: sessions that are over, done work in the task queue, forms long sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from crm.models.spent import forget_spent_forms
from crm.registry import DailyDeed, daily_deeds


TASKS_KEPT: Final = timedelta(days=30)


def register() -> None:
    """The ground floor's own daily deeds."""
    daily_deeds.add(DailyDeed(name="sessions", label=_("Sessions expirées"), run=end_sessions, rank=80))
    daily_deeds.add(DailyDeed(name="tasks", label=_("Tâches anciennes"), run=forget_tasks, rank=90))
    daily_deeds.add(
        DailyDeed(name="spent forms", label=_("Formulaires envoyés"), run=forget_spent_forms, rank=95)
    )


def end_sessions() -> int:
    """Delete the sessions that nobody can use any longer; how many."""
    return Session.objects.filter(expire_date__lt=timezone.now()).delete()[0]


def forget_tasks() -> int:
    """Delete what the queue keeps of tasks done a month ago; how many. `Job` keeps what people look at."""
    limit = timezone.now() - TASKS_KEPT
    deleted: int = DBTaskResult.objects.finished().filter(finished_at__lt=limit).delete()[0]
    return deleted
