"""What a person keeps at hand: saved filters, and the records seen last."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.privacy import UNCLASSED, classes


if TYPE_CHECKING:
    from crm.models.user import User


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def visible_to(self, user: User) -> SavedFilterQuerySet:
        """One's own, and those that others share."""
        return self.filter(models.Q(owner=user) | models.Q(shared=True))


class SavedFilter(models.Model):
    """A list page with its filters, search and sort, under a name."""

    name = models.CharField(_("nom du filtre"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("enregistré par"),
        related_name="saved_filters",
    )
    shared = models.BooleanField(_("partagé avec l’équipe"), default=False)
    page = models.CharField(_("page"), max_length=80)
    query = models.CharField(_("filtres"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("créé le"), default=timezone.now)

    objects = SavedFilterQuerySet.as_manager()

    PRIVACY = classes(UNCLASSED, "id", "name", "owner", "shared", "page", "query", "created_at")

    class Meta:
        verbose_name = _("filtre enregistré")
        verbose_name_plural = _("filtres enregistrés")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "page", "name"],
                name="saved_filter_name_is_unique_per_owner",
                violation_error_message=_("Vous avez déjà un filtre de ce nom sur cette page."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class RecentRecord(models.Model):
    """A record somebody opened, the last time they did."""

    KEPT: ClassVar[int] = 20

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recent_records")
    model = models.CharField(max_length=60)
    record = models.CharField(max_length=40)
    seen_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[RecentRecord]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "user", "model", "record", "seen_at")

    class Meta:
        verbose_name = _("fiche vue récemment")
        verbose_name_plural = _("fiches vues récemment")
        ordering = ["-seen_at"]
        constraints = [
            models.UniqueConstraint(fields=["user", "model", "record"], name="recent_record_is_listed_once")
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.record}"
