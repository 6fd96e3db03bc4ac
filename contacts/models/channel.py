"""Channels: the e-mail addresses and phone numbers of a contact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.utils.translation import gettext_lazy as _

from contacts.models.consent import Opposition
from contacts.models.contact import Contact
from contacts.models.part_queries import PartQuerySet
from contacts.models.position import Position
from contacts.phones import normal_phone, shown_phone
from crm.privacy import ORDINARY, PERSONAL, PRIVATE_CHANNEL, UNCLASSED, classes
from crm.records import Part, TrackedHistory, one_act
from crm.seeing import sees


if TYPE_CHECKING:
    from crm.models import User


class ChannelQuerySet(PartQuerySet["Channel"]):
    def visible_to(self, user: User | Any) -> Self:
        """Private ones are of a rights class of their own."""
        rows = super().visible_to(user)
        return rows if sees(user, PRIVATE_CHANNEL) else rows.open()

    def emails(self) -> Self:
        return self.filter(kind=Channel.Kind.EMAIL)

    def in_use(self) -> Self:
        """Still good to write to or to call."""
        return self.filter(state=Channel.State.ACTIVE)

    def open(self) -> Self:
        return self.filter(is_private=False)


class Channel(Part):
    """Coordonnée. `key` is what two writings of one address share: the lower-case e-mail, the E.164 number."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("téléphone")

    class State(models.TextChoices):
        ACTIVE = "active", _("en service")
        RETIRED = "retired", _("ancienne")
        BOUNCED = "bounced", _("en erreur")

    class Nature(models.TextChoices):
        PROFESSIONAL = "professional", _("professionnelle")
        ROLE = "role", _("boîte partagée ou générique")
        PERSONAL = "personal", _("personnelle")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="channels", verbose_name=_("contact"))
    position = models.ForeignKey(
        Position,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="channels",
        verbose_name=_("liée à la fonction"),
    )
    kind = models.CharField(_("type"), max_length=5, choices=Kind, default=Kind.EMAIL)
    value = models.CharField(_("coordonnée"), max_length=254)
    key = models.CharField(max_length=254, editable=False, db_index=True)
    nature = models.CharField(_("nature"), max_length=12, choices=Nature, default=Nature.PROFESSIONAL)
    is_private = models.BooleanField(
        _("privée"), default=False, help_text=_("Seule l’équipe la voit ; elle n’est jamais communiquée.")
    )
    is_main = models.BooleanField(_("principale"), default=False)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.ACTIVE)
    comment = models.CharField(_("précision"), max_length=100, blank=True)

    objects = ChannelQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = classes(PERSONAL, "value", "key", "comment", rights=ORDINARY) | classes(
        UNCLASSED, "id", "contact", "position", "kind", "nature", "is_private", "is_main", "state"
    )

    class Meta:
        verbose_name = _("coordonnée")
        verbose_name_plural = _("coordonnées")
        ordering = ["kind", "-is_main", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "kind", "key"],
                name="contact_has_a_channel_once",
                violation_error_message=_("Cette coordonnée est déjà sur la fiche."),
            ),
            models.CheckConstraint(
                condition=models.Q(key__gt=""),
                name="channel_is_not_empty",
                violation_error_message=_("Indiquez une adresse ou un numéro."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Of one kind, one channel is the main one, and it is in use. A new address meets the refusals known of it."""
        self.normalise()
        if self.state != self.State.ACTIVE:
            self.is_main = False
        is_new_address = self.kind == self.Kind.EMAIL and self.key != getattr(self, "_read_key", "")
        with one_act():
            if self.is_main:
                for other in Channel.objects.filter(
                    contact=self.contact_id, kind=self.kind, is_main=True
                ).exclude(pk=self.pk):
                    other.is_main = False
                    other.save()
            super().save(*args, **kwargs)
            if is_new_address:
                Opposition.follow(self.contact_id, self.key)
        self._read_key = self.key

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        row._read_key = row.__dict__.get("key", "")
        return row

    def clean(self) -> None:
        """An address that cannot be one is refused here; a number without a country is taken as French."""
        super().clean()
        self.value = self.value.strip()
        if self.kind == self.Kind.EMAIL:
            try:
                validate_email(self.value)
            except ValidationError:
                raise ValidationError(
                    {"value": _("Cette adresse e-mail n’est pas complète ou contient un caractère interdit.")}
                ) from None
        elif not normal_phone(self.value):
            raise ValidationError(
                {"value": _("Ce numéro de téléphone n’existe pas : vérifiez le nombre de chiffres.")}
            )
        self.normalise()

    def normalise(self) -> None:
        """Set `key` and the shown form from what was typed."""
        if self.kind == self.Kind.EMAIL:
            self.value = self.key = self.value.strip().lower()
        else:
            self.key = normal_phone(self.value)
            self.value = shown_phone(self.key) if self.key else self.value
