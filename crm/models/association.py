"""The association's own row: what its documents, exports and pages say of it."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.privacy import UNCLASSED, classes


class Association(models.Model):
    """One row, always number 1: there is one association a base."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("nom"), max_length=200, blank=True)
    short_name = models.CharField(_("nom court ou sigle"), max_length=40, blank=True)
    address = models.TextField(_("adresse postale"), blank=True)
    logo = models.FileField(
        _("logo"),
        upload_to="association/",
        blank=True,
        help_text=_("Une image PNG ou JPEG, de préférence sur fond clair."),
    )
    siret = models.CharField(
        _("SIRET"),
        max_length=14,
        blank=True,
        validators=[RegexValidator(r"^\d{14}$", _("Un SIRET compte 14 chiffres, sans espace."))],
    )
    sender_name = models.CharField(_("nom d’expéditeur"), max_length=120, blank=True)
    sender_email = models.EmailField(_("adresse d’expéditeur"), blank=True)
    legal_notice = models.TextField(
        _("mention d’information"),
        blank=True,
        help_text=_("Ce que l’on dit aux personnes de l’usage de leurs données (RGPD, articles 13 et 14)."),
    )
    verification_months = models.PositiveSmallIntegerField(
        _("une fiche reste vérifiée pendant (mois)"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text=_("Passé ce délai, la fiche est à vérifier et ne compte plus comme contact qualifié."),
    )
    started_with_demo = models.BooleanField(_("base de démonstration"), default=False, editable=False)
    started_at = models.DateTimeField(_("ouverte le"), null=True, editable=False)

    objects: ClassVar[models.Manager[Association]] = models.Manager()

    PRIVACY = classes(
        UNCLASSED,
        "id", "name", "short_name", "address", "logo", "siret", "sender_name", "sender_email",
        "legal_notice", "verification_months", "started_with_demo", "started_at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("association")
        verbose_name_plural = _("association")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1),
                name="there_is_one_association",
                violation_error_message=_("Il n’y a qu’une association par base."),
            )
        ]

    def __str__(self) -> str:
        return self.short_name or self.name or str(_("Votre association"))

    @classmethod
    def own(cls) -> Association:
        """The row of this base, made empty if it is not there yet."""
        return cls.objects.get_or_create(pk=1)[0]
