"""A task that takes more than a moment, with its progress on show."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.privacy import UNCLASSED, classes


class Job(models.Model):
    """What the worker is doing for somebody. Progress is written outside the work's own transaction, or nobody would see it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("En attente")
        RUNNING = "running", _("En cours")
        DONE = "done", _("Terminée")
        FAILED = "failed", _("Échouée")

    kind = models.CharField(_("tâche"), max_length=40)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(_("fait"), default=0)
    total = models.PositiveIntegerField(_("total"), default=0)
    message = models.CharField(_("message"), max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name=_("demandée par"),
        related_name="jobs",
    )
    created_at = models.DateTimeField(_("demandée le"), default=timezone.now)
    moved_at = models.DateTimeField(_("dernier signe"), default=timezone.now)
    finished_at = models.DateTimeField(_("terminée le"), null=True)

    objects: ClassVar[models.Manager[Job]] = models.Manager()

    PRIVACY = classes(
        UNCLASSED,
        "id", "kind", "state", "done", "total", "message", "owner", "created_at", "moved_at", "finished_at",
    )  # fmt: skip

    PATIENCE = timedelta(hours=1)

    class Meta:
        verbose_name = _("tâche")
        verbose_name_plural = _("tâches")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}

    @property
    def is_stalled(self) -> bool:
        """Whether the worker has given no sign for so long that it must have died at it."""
        return not self.is_over and timezone.now() - self.moved_at > self.PATIENCE

    def advance(self, done: int, total: int, message: str = "") -> None:
        """Show how far the work is."""
        self.state, self.done, self.total, self.message = self.State.RUNNING, done, total, message
        self.moved_at = timezone.now()
        self.save(update_fields=["state", "done", "total", "message", "moved_at"])

    def finish(self, *, failed: bool = False, message: str = "") -> None:
        self.state = self.State.FAILED if failed else self.State.DONE
        self.message, self.finished_at = message[:500], timezone.now()
        self.moved_at = self.finished_at
        self.save(update_fields=["state", "message", "moved_at", "finished_at"])
