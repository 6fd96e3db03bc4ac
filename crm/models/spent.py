"""Which forms were sent already: what makes a second press, a retry or the back button harmless."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.privacy import ORDINARY, PERSONAL, UNCLASSED, classes


class SpentForm(models.Model):
    """One form that one account sent, as it was filled in: the print is of all of that, and says nothing of it.

    The row is written in the transaction of what the form does, so that one is there exactly when the other is.
    """

    KEPT: ClassVar = timedelta(days=2)

    print = models.CharField(_("empreinte"), max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("compte"))
    at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)
    led_to = models.TextField(_("a mené à"), blank=True)
    made = models.CharField(_("a fait"), max_length=40, blank=True)

    objects: ClassVar[models.Manager[SpentForm]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "print", "user", "at", "made") | classes(
        PERSONAL, "led_to", rights=ORDINARY
    )

    class Meta:
        verbose_name = _("formulaire envoyé")
        verbose_name_plural = _("formulaires envoyés")

    def __str__(self) -> str:
        return f"{self.at:%d/%m/%Y %H:%M}"

    @property
    def is_settled(self) -> bool:
        """Whether it is known where the form led; until then its work is under way, or was cut."""
        return bool(self.led_to)


def forget_spent_forms() -> int:
    """Nobody presses a button again after two days. Answers how many rows went."""
    return SpentForm.objects.filter(at__lt=timezone.now() - SpentForm.KEPT).delete()[0]
