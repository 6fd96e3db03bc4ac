"""What hangs on a contact: other names, links between organisations, interactions, files."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contacts.models.contact import Contact
from contacts.models.part_queries import PartQuerySet
from crm.folding import fold_name
from crm.models import Attachment
from crm.privacy import FREE_TEXT, NOTES, ORDINARY, PERSONAL, UNCLASSED, classes
from crm.records import Part, TrackedHistory


class AliasQuerySet(PartQuerySet["ContactAlias"]):
    """A name is seen with its record."""


class ContactAlias(Part):
    """A former name or another usual name; search finds the record by it."""

    class Kind(models.TextChoices):
        FORMER = "former", _("ancien nom")
        USUAL = "usual", _("autre nom d’usage")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="aliases", verbose_name=_("contact"))
    text = models.CharField(_("nom"), max_length=200)
    folded = models.CharField(max_length=200, editable=False, db_index=True)
    kind = models.CharField(_("nature"), max_length=8, choices=Kind, default=Kind.FORMER)

    objects = AliasQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = classes(PERSONAL, "text", "folded", rights=ORDINARY) | classes(
        UNCLASSED, "id", "contact", "kind"
    )

    class Meta:
        verbose_name = _("autre nom")
        verbose_name_plural = _("autres noms")
        ordering = ["text"]
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "folded"],
                name="contact_has_an_alias_once",
                violation_error_message=_("Ce nom est déjà noté."),
            )
        ]

    def __str__(self) -> str:
        return self.text

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold_name(self.text)[:200]
        super().save(*args, **kwargs)


class LinkQuerySet(PartQuerySet["Link"]):
    NAMED = ("contact", "other")


class Link(Part):
    """A dated link from one contact to another: partner, funder, member of …"""

    class Kind(models.TextChoices):
        PARTNER = "partner", _("partenaire de")
        FUNDER = "funder", _("financeur de")
        MEMBER = "member", _("membre de")
        OTHER = "other", _("en lien avec")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="links", verbose_name=_("contact"))
    kind = models.CharField(_("lien"), max_length=8, choices=Kind, default=Kind.PARTNER)
    other = models.ForeignKey(Contact, models.CASCADE, related_name="links_to", verbose_name=_("avec"))
    starts_on = models.DateField(_("depuis le"), null=True, blank=True)
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)
    comment = models.CharField(_("précision"), max_length=200, blank=True)

    objects = LinkQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = (
        classes(PERSONAL, "kind", "other", "starts_on", "ends_on", rights=ORDINARY)
        | classes(FREE_TEXT, "comment", rights=ORDINARY)
        | classes(UNCLASSED, "id", "contact")
    )

    class Meta:
        verbose_name = _("lien")
        verbose_name_plural = _("liens")
        ordering = [F("ends_on").desc(nulls_first=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(contact=F("other")),
                name="link_joins_two_contacts",
                violation_error_message=_("Un lien joint deux fiches différentes."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="link_ends_after_it_starts",
                violation_error_message=_("Le lien se termine avant d’avoir commencé : vérifiez les dates."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.other}"


class InteractionQuerySet(PartQuerySet["Interaction"]):
    RIGHTS = NOTES

    def to_follow_up(self) -> Self:
        return self.filter(follow_up_on__isnull=False, followed_up_on=None)


class Interaction(Part):
    """A dated exchange with a contact: a call, a meeting, a letter, and what is to follow."""

    class Kind(models.TextChoices):
        CALL = "call", _("Appel")
        MEETING = "meeting", _("Rencontre")
        EMAIL = "email", _("E-mail")
        VIDEO = "video", _("Visioconférence")
        OTHER = "other", _("Autre échange")

    contact = models.ForeignKey(
        Contact, models.CASCADE, related_name="interactions", verbose_name=_("contact")
    )
    kind = models.CharField(_("nature"), max_length=8, choices=Kind, default=Kind.CALL)
    on = models.DateField(_("date"), default=timezone.localdate)
    summary = models.TextField(_("ce qui s’est dit"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("par"),
    )
    follow_up_on = models.DateField(_("à relancer le"), null=True, blank=True)
    followed_up_on = models.DateField(_("relance faite le"), null=True, blank=True)

    objects = InteractionQuerySet.as_manager()
    history = TrackedHistory()

    PRIVACY = (
        classes(PERSONAL, "kind", "on", rights=NOTES)
        | classes(FREE_TEXT, "summary", rights=NOTES)
        | classes(UNCLASSED, "by", "follow_up_on", "followed_up_on", rights=NOTES)
        | classes(UNCLASSED, "id", "contact")
    )

    class Meta:
        verbose_name = _("échange")
        verbose_name_plural = _("échanges")
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(
                fields=["follow_up_on"], condition=Q(followed_up_on=None), name="interaction_to_follow_up"
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class FileQuerySet(PartQuerySet["ContactFile"]):
    RIGHTS = NOTES

    def visible_to(self, user: Any) -> Self:
        """Of who may open files at all."""
        return super().visible_to(user) if user.has_perm("contacts.view_contactfile") else self.none()


class ContactFile(Attachment, Part):
    """A file kept with a contact."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="files", verbose_name=_("contact"))

    objects = FileQuerySet.as_manager()

    PRIVACY = (
        classes(PERSONAL, "file", rights=NOTES)
        | classes(FREE_TEXT, "name", "description", rights=NOTES)
        | classes(UNCLASSED, "id", "contact", "added_at", "added_by")
    )

    class Meta(Attachment.Meta):
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
