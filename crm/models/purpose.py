"""Why somebody is written to, and on what legal ground their data are kept: closed lists of the law, not of taste."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """Finalité (RGPD art. 5-1-b). Every one but `INTERNAL` can be refused."""

    NEWSLETTER = "newsletter", _("Newsletter")
    INVITATIONS = "invitations", _("Invitations")
    SURVEYS = "surveys", _("Appels et enquêtes")
    REFERRALS = "referrals", _("Mise en relation")
    ASSOCIATION = "association", _("Vie associative")
    INTERNAL = "internal", _("Usage interne (aucun envoi)")

    @classmethod
    def refusable(cls) -> list[tuple[str, Any]]:
        return [(value, label) for value, label in cls.choices if value != cls.INTERNAL]


class LegalBasis(models.TextChoices):
    """Base légale (RGPD art. 6-1)."""

    LEGITIMATE_INTEREST = "legitimate_interest", _("Intérêt légitime")
    CONSENT = "consent", _("Consentement")
    CONTRACT = "contract", _("Contrat (adhésion)")
    LEGAL_OBLIGATION = "legal_obligation", _("Obligation légale")
