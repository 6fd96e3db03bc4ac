"""Démarches territoriales: ASV, CLS, CLSM …, where, led by whom, coordinated by whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact
from contacts.models.deriving import derive
from contacts.models.part_queries import PartQuerySet, contacts
from contacts.models.territory import Territory
from contacts.models.vocabulary import SchemeType, Service
from crm.folding import fold
from crm.privacy import FREE_TEXT, NOTES, ORDINARY, PERSONAL, UNCLASSED, classes
from crm.records import Part, Record, TrackedHistory


class SchemeQuerySet(models.QuerySet["Scheme"]):
    def running(self) -> Self:
        return self.filter(state__in=[Scheme.State.RUNNING, Scheme.State.RENEWING])

    def mentioning(self, word: str, user: Any) -> Self:
        """Schemes whose title, lead organisation (one that this account sees) or territory holds this folded word."""
        led = Q(lead__in=contacts().visible_to(user).filter(kind="organisation", sort_name__contains=word))
        return self.filter(Q(folded__contains=word) | led | Q(territories__folded__contains=word))

    def visible_to(self, user: object) -> Self:
        return self.all() if user.has_perm("contacts.view_scheme") else self.none()  # type: ignore[attr-defined]


class Scheme(Record):
    """A territorial scheme; its coordinators take its territories when they have none of their own."""

    class State(models.TextChoices):
        PLANNED = "planned", _("En projet")
        RUNNING = "running", _("En activité")
        RENEWING = "renewing", _("En renouvellement")
        SUSPENDED = "suspended", _("Suspendue")
        ENDED = "ended", _("Terminée")

    type = models.ForeignKey(SchemeType, models.PROTECT, related_name="schemes", verbose_name=_("type"))
    name = models.CharField(_("intitulé"), max_length=200)
    folded = models.CharField(max_length=200, editable=False, default="", db_index=True)
    territories = models.ManyToManyField(
        Territory, blank=True, related_name="schemes", verbose_name=_("territoires")
    )
    lead = models.ForeignKey(
        Contact,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_schemes",
        verbose_name=_("structure porteuse"),
        limit_choices_to={"kind": "organisation"},
    )
    service = models.ForeignKey(
        Service, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("service")
    )
    email = models.EmailField(_("e-mail de la démarche"), blank=True)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.RUNNING)
    starts_on = models.DateField(_("début"), null=True, blank=True)
    ends_on = models.DateField(_("fin"), null=True, blank=True)
    elected_official = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="schemes_followed",
        verbose_name=_("élu·e référent·e"),
        limit_choices_to={"kind": "person"},
    )
    notes = models.TextField(_("notes internes"), blank=True)
    batch = models.ForeignKey(
        "crm.ImportBatch", models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )

    objects = SchemeQuerySet.as_manager()
    history = TrackedHistory(m2m_fields=[territories])

    PRIVACY = (
        classes(PERSONAL, "email", "elected_official", rights=ORDINARY)
        | classes(FREE_TEXT, "notes", rights=NOTES)
        | classes(
            UNCLASSED,
            "id", "type", "name", "folded", "territories", "lead", "service", "state", "starts_on", "ends_on", "batch", "version",
            "created_at", "updated_at",
        )
    )  # fmt: skip

    class Meta:
        verbose_name = _("démarche")
        verbose_name_plural = _("démarches")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="scheme_ends_after_it_starts",
                violation_error_message=_(
                    "La démarche se termine avant d’avoir commencé : vérifiez les dates."
                ),
            ),
        ]
        permissions = [("import_scheme", "Can import schemes"), ("export_scheme", "Can export schemes")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(self.name)[:200]
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Those who coordinated it no longer stand on its territories."""
        people = list(self.coordinations.values_list("person_id", flat=True))
        gone = super().delete(*args, **kwargs)
        derive(people, followers=False)
        return gone

    @classmethod
    def after_writes(cls, pks: Collection[int]) -> None:
        derive(
            Coordination.objects.filter(scheme__in=pks).values_list("person_id", flat=True), followers=False
        )


class CoordinationQuerySet(PartQuerySet["Coordination"]):
    NAMED = ("person",)

    def visible_to(self, user: Any) -> Self:
        """Of who may see schemes."""
        rows = super().visible_to(user)
        return rows if user.has_perm("contacts.view_scheme") else rows.none()

    def current(self, on: date | None = None) -> Self:
        day = on or timezone.localdate()
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day)).filter(
            Q(ends_on=None) | Q(ends_on__gte=day)
        )


class Coordination(Part):
    """Who coordinates a scheme, with what share of their time, from when to when."""

    class Share(models.TextChoices):
        FULL = "full", _("Temps plein")
        HALF_OR_MORE = "half_or_more", _("Mi-temps et plus")
        UNDER_HALF = "under_half", _("Moins d’un mi-temps")
        UNKNOWN = "unknown", _("Non connu")

    scheme = models.ForeignKey(
        Scheme, models.CASCADE, related_name="coordinations", verbose_name=_("démarche")
    )
    person = models.ForeignKey(
        Contact,
        models.CASCADE,
        related_name="coordinations",
        verbose_name=_("personne"),
        limit_choices_to={"kind": "person"},
    )
    share = models.CharField(_("temps de coordination"), max_length=12, choices=Share, default=Share.UNKNOWN)
    starts_on = models.DateField(_("depuis le"), null=True, blank=True)
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)

    ROOT = "scheme"
    TOUCHES = ("person",)
    objects = CoordinationQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = classes(PERSONAL, "person", "share", "starts_on", "ends_on", rights=ORDINARY) | classes(
        UNCLASSED, "id", "scheme"
    )

    class Meta:
        verbose_name = _("coordination")
        verbose_name_plural = _("coordinations")
        ordering = [F("ends_on").desc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="coordination_ends_after_it_starts",
                violation_error_message=_(
                    "La coordination se termine avant d’avoir commencé : vérifiez les dates."
                ),
            ),
            models.UniqueConstraint(
                fields=["scheme", "person"],
                condition=Q(ends_on=None),
                name="person_coordinates_a_scheme_once_at_a_time",
                violation_error_message=_("Cette personne coordonne déjà cette démarche."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.scheme}"

    @property
    def is_current(self) -> bool:
        today = timezone.localdate()
        return (self.starts_on is None or self.starts_on <= today) and (
            self.ends_on is None or self.ends_on >= today
        )
