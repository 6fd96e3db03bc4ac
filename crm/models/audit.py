"""The audit trail: who did what to which record, when and to how many; never a value.

Triggers on both engines (migration 0009) refuse to change a line, and to delete one before `TERM_MONTHS`; a seal a day,
chained to the one before, makes what is done past the triggers found (`crm/sealing.py`, `docs/audit.md`).
"""

from __future__ import annotations

from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.privacy import UNCLASSED, classes


TERM_MONTHS: Final = 12
"""How long a line is kept (CNIL 2021-122: 6 to 12 months). The triggers of migration 0009 say the same."""


class Deed(models.TextChoices):
    SIGNED_IN = "signed_in", _("Connexion")
    SIGN_IN_FAILED = "sign_in_failed", _("Connexion refusée")
    ADDED = "added", _("Création")
    CHANGED = "changed", _("Modification")
    DELETED = "deleted", _("Suppression")
    IMPORTED = "imported", _("Import fait")
    IMPORT_UNDONE = "import_undone", _("Import annulé")
    EXPORTED = "exported", _("Export fait")
    MERGED = "merged", _("Fusion")
    UNMERGED = "unmerged", _("Fusion annulée")
    RESTORED = "restored", _("Restauration")
    REFUSED = "refused", _("Accès refusé")
    CONFIGURED = "configured", _("Réglage")
    SIGNED_OUT = "signed_out", _("Déconnexion")
    SESSION_ENDED = "session_ended", _("Session fermée")
    INVITED = "invited", _("Invitation")
    FACTOR_CHANGED = "factor_changed", _("Moyen de connexion modifié")
    ROLE_CHANGED = "role_changed", _("Rôle modifié")
    SHARED = "shared", _("Fiche confiée")
    UNSHARED = "unshared", _("Partage retiré")
    READ = "read", _("Lecture d’une fiche confidentielle")


class AuditEntry(models.Model):
    """One deed. The record is named by its table and number, never by its content, so erasing it erases nothing here."""

    at = models.DateTimeField(_("date"), default=timezone.now, db_index=True)
    # A line is never changed, not even when its account is deleted (those of the demonstration are): it keeps the number.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        verbose_name=_("par"),
        related_name="deeds",
    )
    deed = models.CharField(_("acte"), max_length=20, choices=Deed)
    model = models.CharField(_("objet"), max_length=60, blank=True)
    record = models.CharField(_("numéro"), max_length=40, blank=True)
    count = models.PositiveIntegerField(_("nombre"), default=1)
    fields = models.JSONField(_("champs"), default=list, blank=True)

    objects: ClassVar[models.Manager[AuditEntry]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "at", "actor", "deed", "model", "record", "count", "fields")

    class Meta:
        verbose_name = _("ligne du journal")
        verbose_name_plural = _("lignes du journal")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["model", "record"], name="audit_by_record"),
            models.Index(fields=["actor", "at"], name="audit_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.model} {self.record}".strip()


class AuditSeal(models.Model):
    """What the lines of one UTC day come to, chained to the day before; days without a line have theirs too."""

    day = models.DateField(_("jour"), unique=True)
    count = models.PositiveIntegerField(_("lignes"), default=0)
    first = models.BigIntegerField(_("première ligne"), null=True)
    last = models.BigIntegerField(_("dernière ligne"), null=True)
    rows_digest = models.CharField(max_length=64, help_text="HMAC-SHA-256 of the day's lines")
    digest = models.CharField(
        _("sceau"), max_length=64, unique=True, help_text="HMAC-SHA-256 of the above and of the seal before"
    )
    sealed_at = models.DateTimeField(_("scellé le"), default=timezone.now)

    objects: ClassVar[models.Manager[AuditSeal]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "day", "count", "first", "last", "rows_digest", "digest", "sealed_at")

    class Meta:
        verbose_name = _("sceau du journal")
        verbose_name_plural = _("sceaux du journal")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.digest}"
