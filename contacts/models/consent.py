"""Consent and opposition per purpose: who said yes, who said no, since when, and the proof."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from contacts.models.contact import Contact
from contacts.models.part_queries import PartQuerySet
from crm.models import Purpose
from crm.privacy import FREE_TEXT, ORDINARY, PERSONAL, UNCLASSED, classes
from crm.records import Part, TrackedHistory


class Decision(Part):
    """What somebody answered for one purpose, with its date, its source and its proof (RGPD art. 7-1, 21)."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="%(class)ss", verbose_name=_("contact"))
    purpose = models.CharField(_("finalité"), max_length=20, choices=Purpose.refusable())
    since = models.DateField(_("depuis le"), default=timezone.localdate)
    source = models.CharField(_("dit où, à qui"), max_length=200, blank=True)
    proof = models.TextField(_("preuve ou texte présenté"), blank=True)

    class Meta:
        abstract = True
        ordering = ["purpose", "-since"]

    def __str__(self) -> str:
        return str(self.get_purpose_display())


_DECISION_PRIVACY = (
    classes(PERSONAL, "since", "purpose", rights=ORDINARY)
    | classes(FREE_TEXT, "source", "proof", rights=ORDINARY)
    | classes(UNCLASSED, "id", "contact")
)


class DecisionQuerySet[M: Decision](PartQuerySet[M]):
    def visible_to(self, user: Any) -> Self:
        """Of who may read what people answered."""
        right = f"contacts.view_{self.model._meta.model_name}"
        return super().visible_to(user) if user.has_perm(right) else self.none()


class ConsentQuerySet(DecisionQuerySet["Consent"]):
    def in_force(self) -> Self:
        """Neither withdrawn, nor overruled by an opposition to the same purpose."""
        refused = Opposition.objects.filter(
            contact=models.OuterRef("contact"), purpose=models.OuterRef("purpose")
        )
        return self.filter(withdrawn_on=None).exclude(models.Exists(refused))


class Consent(Decision):
    """Yes to a purpose."""

    withdrawn_on = models.DateField(_("retiré le"), null=True, blank=True)

    objects = ConsentQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = _DECISION_PRIVACY | classes(PERSONAL, "withdrawn_on", rights=ORDINARY)

    class Meta(Decision.Meta):
        verbose_name = _("consentement")
        verbose_name_plural = _("consentements")
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "purpose"],
                condition=models.Q(withdrawn_on=None),
                name="contact_consents_to_a_purpose_once",
                violation_error_message=_("Le consentement à cette finalité est déjà noté."),
            )
        ]


class OppositionQuerySet(DecisionQuerySet["Opposition"]):
    """What people refused."""


class Opposition(Decision):
    """No to a purpose. Nothing but the person lifts it: no import, no consent noted the same day, no merge."""

    objects = OppositionQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = _DECISION_PRIVACY

    class Meta(Decision.Meta):
        verbose_name = _("opposition")
        verbose_name_plural = _("oppositions")
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "purpose"],
                name="contact_opposes_a_purpose_once",
                violation_error_message=_("L’opposition à cette finalité est déjà notée."),
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        SuppressedAddress.remember((address, self.purpose) for address in self.addresses())

    def addresses(self) -> list[str]:
        """The e-mail addresses of who refused, former ones included."""
        return list(self.contact.channels.filter(kind="email").values_list("key", flat=True))

    @classmethod
    def follow(cls, contact: int, address: str) -> list[str]:
        """A contact is given this address: each takes over the refusals of the other. Answers those the contact had not."""
        own = set(cls.objects.filter(contact=contact).values_list("purpose", flat=True))
        known = SuppressedAddress.refused_by([address]).get(address, set())
        SuppressedAddress.remember((address, purpose) for purpose in own - known)
        for purpose in sorted(known - own):
            cls.objects.create(
                contact_id=contact, purpose=purpose, source=gettext("Refus déjà connu pour cette adresse")
            )
        return sorted(known - own)

    def lift(self) -> None:
        """The person takes the refusal back: their addresses are free again, but for those of another who refuses."""
        addresses = self.addresses()
        others = Opposition.objects.filter(purpose=self.purpose).exclude(pk=self.pk)
        kept = set(
            others.filter(contact__channels__key__in=addresses).values_list(
                "contact__channels__key", flat=True
            )
        )
        self.delete()
        SuppressedAddress.forget([address for address in addresses if address not in kept], self.purpose)


KEY_ID = "1"


def fingerprint(address: str) -> str:
    """A keyed fingerprint of an address: the address cannot be read or guessed back without the key, kept outside the base."""
    normal = address.strip().lower().encode()
    return hmac.new(settings.OPPOSITION_KEY.encode(), normal, hashlib.sha256).hexdigest()


class SuppressedAddress(models.Model):
    """An address that said no to a purpose: outlives the contact, and meets whoever comes back with that address."""

    fingerprint = models.CharField(max_length=64)
    key_id = models.CharField(max_length=8, default=KEY_ID)
    purpose = models.CharField(_("finalité"), max_length=20, choices=Purpose.refusable())
    since = models.DateField(_("depuis le"), default=timezone.localdate)

    objects: ClassVar[models.Manager[SuppressedAddress]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "fingerprint", "key_id", "purpose", "since")

    class Meta:
        verbose_name = _("adresse opposée")
        verbose_name_plural = _("adresses opposées")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint", "purpose", "key_id"], name="an_address_refuses_a_purpose_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_purpose_display())

    @classmethod
    def remember(cls, refusals: Iterable[tuple[str, str]]) -> None:
        """Keep `(address, purpose)` pairs; those already known stay as they were."""
        rows = [cls(fingerprint=fingerprint(address), purpose=purpose) for address, purpose in refusals]
        cls.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1_000)

    @classmethod
    def forget(cls, addresses: Iterable[str], purpose: str) -> None:
        """These addresses no longer refuse that purpose."""
        prints = [fingerprint(address) for address in addresses]
        cls.objects.filter(fingerprint__in=prints, purpose=purpose).delete()

    @classmethod
    def kept_of(cls, addresses: Iterable[str]) -> set[int]:
        """The rows kept of these addresses."""
        prints = [fingerprint(address) for address in addresses]
        return set(cls.objects.filter(fingerprint__in=prints).values_list("pk", flat=True))

    @classmethod
    def refused_by(cls, addresses: Iterable[str]) -> dict[str, set[str]]:
        """`{address: purposes it has refused}` for those of these addresses that refused something."""
        by_print = {fingerprint(address): address for address in addresses}
        prints = list(by_print)
        found: dict[str, set[str]] = {}
        for start in range(0, len(prints), 1_000):
            rows = cls.objects.filter(fingerprint__in=prints[start : start + 1_000], key_id=KEY_ID)
            for mark, purpose in rows.values_list("fingerprint", "purpose"):
                found.setdefault(by_print[mark], set()).add(purpose)
        return found
