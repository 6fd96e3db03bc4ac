"""Likely doubles: the pairs somebody has judged, and the merges that can be taken back."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact
from contacts.models.part_queries import PartQuerySet
from crm.privacy import NOTES, PERSONAL, UNCLASSED, classes


class PairQuerySet(PartQuerySet["DoublePair"]):
    NAMED = ("first", "second")


class DoublePair(models.Model):
    """Two records that may be one; the lower number is always the first. A judgement is remembered for good."""

    class Verdict(models.TextChoices):
        OPEN = "open", _("à examiner")
        DIFFERENT = "different", _("deux contacts différents")
        MERGED = "merged", _("fusionnées")

    first = models.ForeignKey(Contact, models.CASCADE, related_name="+", verbose_name=_("première fiche"))
    second = models.ForeignKey(Contact, models.CASCADE, related_name="+", verbose_name=_("seconde fiche"))
    why = models.CharField(_("pourquoi"), max_length=200, blank=True)
    verdict = models.CharField(_("avis"), max_length=10, choices=Verdict, default=Verdict.OPEN)
    batch = models.ForeignKey("crm.ImportBatch", models.SET_NULL, null=True, related_name="+")
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    objects = PairQuerySet.as_manager()

    PRIVACY = classes(UNCLASSED, "id", "first", "second", "why", "verdict", "batch", "judged_by", "judged_at")

    class Meta:
        verbose_name = _("paire de fiches proches")
        verbose_name_plural = _("paires de fiches proches")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_is_judged_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="a_pair_is_written_one_way"),
        ]

    def __str__(self) -> str:
        return f"{self.first} / {self.second}"


class MergeQuerySet(models.QuerySet["Merge"]):
    def visible_to(self, user: Any) -> Self:
        """Those of which this account may know both records; the absorbed one is no longer there to be seen."""
        if not user.has_perm("contacts.view_contact"):
            known = Contact.objects.in_scope(user).order_by().values("pk")
            return self.filter(kept__in=known, absorbed__in=known)
        hidden = Contact.objects.hidden_from(user).order_by().values("pk")
        return self.exclude(kept__in=hidden).exclude(absorbed__in=hidden)


class Merge(models.Model):
    """A merge that was made: what moved, what was chosen, what the absorbed record held. Enough to take it back."""

    kept = models.ForeignKey(Contact, models.CASCADE, related_name="merges", verbose_name=_("fiche gardée"))
    absorbed = models.ForeignKey(Contact, models.CASCADE, related_name="+", verbose_name=_("fiche absorbée"))
    moves = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    at = models.DateTimeField(_("faite le"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("par")
    )
    undone_at = models.DateTimeField(_("annulée le"), null=True)

    objects = MergeQuerySet.as_manager()

    PRIVACY = classes(PERSONAL, "moves", "before", rights=NOTES) | classes(
        UNCLASSED, "id", "kept", "absorbed", "at", "by", "undone_at"
    )

    class Meta:
        verbose_name = _("fusion")
        verbose_name_plural = _("fusions")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.absorbed} → {self.kept}"
