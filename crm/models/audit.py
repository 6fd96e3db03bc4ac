"""The audit trail: who did what to which record, when and to how many; never a value."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.privacy import UNCLASSED, classes


class Deed(models.TextChoices):
    SIGNED_IN = "signed_in", _("Connexion")
    SIGN_IN_FAILED = "sign_in_failed", _("Connexion refusée")
    ADDED = "added", _("Création")
    CHANGED = "changed", _("Modification")
    DELETED = "deleted", _("Suppression")
    IMPORTED = "imported", _("Import")
    IMPORT_UNDONE = "import_undone", _("Import annulé")
    EXPORTED = "exported", _("Export")
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
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, verbose_name=_("par"), related_name="deeds"
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
        verbose_name_plural = _("journal")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["model", "record"], name="audit_by_record")]

    def __str__(self) -> str:
        return f"{self.get_deed_display()} {self.model} {self.record}".strip()
