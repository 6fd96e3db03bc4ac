"""Positions: who works where, as what, from when to when."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact
from contacts.models.part_queries import PartQuerySet, contacts
from contacts.models.vocabulary import Function, Service
from crm.privacy import ORDINARY, PERSONAL, UNCLASSED, classes
from crm.records import Part, TrackedHistory, one_act


class PositionQuerySet(PartQuerySet["Position"]):
    NAMED = ("person", "organisation")

    def current(self, on: date | None = None) -> Self:
        """Held on that day, today by default: the end day is still one of them."""
        day = on or timezone.localdate()
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day)).filter(
            Q(ends_on=None) | Q(ends_on__gte=day)
        )

    def told_to_all(self) -> Self:
        """But for those in a confidential organisation, which give nothing to the lists and filters that everybody has."""
        confidential = contacts().filter(is_confidential=True).order_by().values("pk")
        return self.exclude(organisation__in=confidential)

    def former(self) -> Self:
        return self.filter(ends_on__lt=timezone.localdate())


class Position(Part):
    """A person's post in an organisation, or a function without one. One current position is the main one."""

    person = models.ForeignKey(
        Contact,
        models.CASCADE,
        related_name="positions",
        verbose_name=_("personne"),
        limit_choices_to={"kind": "person"},
    )
    organisation = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("structure"),
        limit_choices_to={"kind": "organisation"},
    )
    title = models.CharField(
        _("intitulé exact"), max_length=250, blank=True, help_text=_("Comme la personne l’écrit.")
    )
    function = models.ForeignKey(
        Function, models.PROTECT, null=True, blank=True, related_name="positions", verbose_name=_("fonction")
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="positions", verbose_name=_("service")
    )
    starts_on = models.DateField(_("depuis le"), null=True, blank=True)
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)
    is_main = models.BooleanField(_("fonction principale"), default=False)

    ROOT = "person"
    objects = PositionQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = classes(
        PERSONAL, "title", "organisation", "function", "service", "starts_on", "ends_on", rights=ORDINARY
    ) | classes(UNCLASSED, "id", "person", "is_main")

    class Meta:
        verbose_name = _("fonction exercée")
        verbose_name_plural = _("fonctions exercées")
        ordering = [
            "-is_main",
            F("ends_on").desc(nulls_first=True),
            F("starts_on").desc(nulls_last=True),
            "pk",
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="position_ends_after_it_starts",
                violation_error_message=_(
                    "La fonction se termine avant d’avoir commencé : vérifiez les dates."
                ),
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(is_main=True),
                name="person_has_one_main_position",
                violation_error_message=_("Une seule fonction est la principale."),
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(title__gt="") | Q(function__isnull=False),
                name="position_says_something",
                violation_error_message=_("Indiquez une structure, un intitulé ou une fonction."),
            ),
        ]

    def __str__(self) -> str:
        what = self.title or (str(self.function) if self.function else "")
        where = str(self.organisation) if self.organisation else ""
        return ", ".join(part for part in [what, where] if part)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A person has one main post, and a post that has ended is not it."""
        if self.has_ended:
            self.is_main = False
        with one_act():
            if self.is_main:
                for other in Position.objects.filter(person=self.person_id, is_main=True).exclude(pk=self.pk):
                    other.is_main = False
                    other.save()
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """The addresses of the post stay, tied to none; the history says so."""
        with one_act():
            for channel in self.channels.all():
                channel.position = None
                channel.save()
            return super().delete(*args, **kwargs)

    @property
    def has_ended(self) -> bool:
        return self.ends_on is not None and self.ends_on < timezone.localdate()

    @property
    def is_current(self) -> bool:
        today = timezone.localdate()
        return (self.starts_on is None or self.starts_on <= today) and (
            self.ends_on is None or self.ends_on >= today
        )
