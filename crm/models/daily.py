"""What the house did by itself each morning: one row a pass, numbers only."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.privacy import UNCLASSED, classes


class DailyPass(models.Model):
    """One run of every daily deed. The constraint lets one run at a time, however many workers there are."""

    started_at = models.DateTimeField(_("commencée le"), default=timezone.now, db_index=True)
    finished_at = models.DateTimeField(_("terminée le"), null=True)
    is_running = models.BooleanField(_("en cours"), default=True)
    counts = models.JSONField(
        _("nombres"), default=dict, help_text="what each deed did, by its name: a number"
    )
    failed = models.JSONField(_("échecs"), default=list, help_text="the names of the deeds that failed")

    objects: ClassVar[models.Manager[DailyPass]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "started_at", "finished_at", "is_running", "counts", "failed")

    PATIENCE = timedelta(hours=3)

    class Meta:
        verbose_name = _("passage quotidien")
        verbose_name_plural = _("passages quotidiens")
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_running"],
                condition=models.Q(is_running=True),
                name="one_daily_pass_at_a_time",
                violation_error_message=_("Un passage quotidien est déjà en cours."),
            )
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.started_at):%d/%m/%Y %H:%M}"
