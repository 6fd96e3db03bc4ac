"""Files in and files out: what came, what it became, what left and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.models.attachment import random_name
from crm.models.confidential import models_with_hidden_records
from crm.models.purpose import Purpose
from crm.privacy import FREE_TEXT, NOTES, ORDINARY, PERSONAL, UNCLASSED, classes


if TYPE_CHECKING:
    from crm.models.user import User


class ImportBatchQuerySet(models.QuerySet["ImportBatch"]):
    def visible_to(self, user: User | Any) -> Self:
        """One's own files, and those of others that wrote no confidential record out of this account's scope."""
        if not user.has_perm("crm.view_importbatch"):
            return self.none()
        wrote_hidden: Any = models.Q()
        for model in models_with_hidden_records():
            hidden = model._default_manager.all().hidden_from(user).order_by().values("pk")
            rows = ImportChange.objects.filter(
                batch=models.OuterRef("pk"), model=model._meta.label_lower, record__in=hidden
            )
            wrote_hidden |= models.Exists(rows)
        return self.filter(models.Q(owner=user.pk) | ~wrote_hidden) if wrote_hidden else self


class ImportBatch(models.Model):
    """One file received. Its bytes are stored before anything is read from them, so that nothing is ever lost."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Reçu")
        UNREADABLE = "unreadable", _("Illisible")
        PLANNED = "planned", _("À confirmer")
        RUNNING = "running", _("En cours")
        APPLIED = "applied", _("Importé")
        FAILED = "failed", _("Échoué")
        CANCELLED = "cancelled", _("Abandonné")
        UNDONE = "undone", _("Annulé")

    kind = models.CharField(_("contenu"), max_length=40)
    file = models.FileField(_("fichier"), upload_to=random_name)
    name = models.CharField(_("nom du fichier"), max_length=200)
    digest = models.CharField(_("empreinte du fichier"), max_length=64, db_index=True, help_text="SHA-256")
    state = models.CharField(_("état"), max_length=12, choices=State, default=State.RECEIVED)
    sheet = models.CharField(_("feuille"), max_length=120, blank=True)
    columns = models.JSONField(_("colonnes"), default=dict, blank=True)
    choices = models.JSONField(_("choix"), default=dict, blank=True)
    plan_digest = models.CharField(_("empreinte de l’aperçu"), max_length=64, blank=True)
    report = models.JSONField(_("rapport"), default=dict, blank=True)
    preview = models.JSONField(
        default=dict,
        blank=True,
        editable=False,
        help_text="headings, unknown terms and counts of the last plan, for the workbench",
    )
    message = models.CharField(_("message"), max_length=500, blank=True)
    received_at = models.DateTimeField(_("reçu le"), default=timezone.now)
    applied_at = models.DateTimeField(_("importé le"), null=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name=_("importé par"),
        related_name="import_batches",
    )
    job = models.ForeignKey("crm.Job", models.SET_NULL, null=True, related_name="+")

    objects = ImportBatchQuerySet.as_manager()

    PRIVACY = classes(PERSONAL, "file", "report", "preview", rights=NOTES) | classes(
        UNCLASSED,
        "id", "kind", "name", "digest", "state", "sheet", "columns", "choices", "plan_digest", "message",
        "received_at", "applied_at", "owner", "job",
    )  # fmt: skip

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-received_at"]
        permissions = [("import_file", "Can import a file")]

    def __str__(self) -> str:
        return self.name


class ImportLineQuerySet(models.QuerySet["ImportLine"]):
    def visible_to(self, user: User | Any) -> Self:
        """The lines that did not become a confidential record out of this account's scope."""
        rows = self
        for model in models_with_hidden_records():
            hidden = model._default_manager.all().hidden_from(user).order_by().values("pk")
            wrote = ImportChange.objects.filter(
                batch=models.OuterRef("batch"),
                line=models.OuterRef("number"),
                model=model._meta.label_lower,
                record__in=hidden,
            )
            rows = rows.exclude(models.Exists(wrote))
        return rows

    def grouped(self, name: str) -> Self:
        """The lines behind one count of the workbench, in the order of the file."""
        return self.filter(group=name).order_by("number", "pk")


class ImportLine(models.Model):
    """What the last preview said of one line of the file, under one of its counts: an outcome, or something to be told.

    Kept so that the workbench opens at once and turns its pages in the database, however long the file. Every preview
    writes them again; they go with the batch, or when it is left or taken back.
    """

    class Group(models.TextChoices):
        CREATED = "created", _("À créer")
        UPDATED = "updated", _("À mettre à jour")
        UNCHANGED = "unchanged", _("Inchangées")
        MERGED = "merged", _("Fusionnées")
        REJECTED = "rejected", _("Mises de côté")
        NOT_DATA = "not_data", _("Lignes qui ne sont pas des données")
        CONFLICT = "conflict", _("Valeurs différentes")
        WARNING = "warning", _("À savoir")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="lines")
    group = models.CharField(max_length=10, choices=Group)
    number = models.PositiveIntegerField(default=0, help_text="line of the file; 0 is the whole file")
    label = models.CharField(max_length=300, blank=True)
    column = models.CharField(max_length=120, blank=True)
    details = models.JSONField(default=dict, blank=True)

    objects = ImportLineQuerySet.as_manager()

    PRIVACY = classes(PERSONAL, "label", "details", rights=NOTES) | classes(
        UNCLASSED, "id", "batch", "group", "number", "column"
    )

    class Meta:
        verbose_name = _("ligne d’un fichier")
        verbose_name_plural = _("lignes d’un fichier")
        indexes = [models.Index(fields=["batch", "group", "number"], name="import_line_by_group")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"


class ImportChange(models.Model):
    """One row that a batch made or changed, and its state after: what undoing needs to know."""

    class Kind(models.TextChoices):
        CREATED = "created", _("créée")
        UPDATED = "updated", _("mise à jour")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind)
    model = models.CharField(max_length=60)
    record = models.BigIntegerField()
    line = models.PositiveIntegerField(null=True)
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField(
        default=0, help_text="version of the root record when the batch had written it"
    )

    objects: ClassVar[models.Manager[ImportChange]] = models.Manager()

    PRIVACY = classes(PERSONAL, "before", rights=NOTES) | classes(
        UNCLASSED, "id", "batch", "kind", "model", "record", "line", "version"
    )

    class Meta:
        verbose_name = _("ligne importée")
        verbose_name_plural = _("lignes importées")
        indexes = [models.Index(fields=["batch", "model", "record"], name="import_change_by_record")]

    def __str__(self) -> str:
        return f"{self.model} {self.record}"


class ImportMapping(models.Model):
    """What a heading unknown to us means in the association's own files: asked once, kept."""

    kind = models.CharField(_("contenu"), max_length=40)
    heading = models.CharField(_("en-tête"), max_length=200, help_text="folded")
    column = models.CharField(_("colonne"), max_length=60, blank=True, help_text="empty: ignored")

    objects: ClassVar[models.Manager[ImportMapping]] = models.Manager()

    PRIVACY = classes(UNCLASSED, "id", "kind", "heading", "column")

    class Meta:
        verbose_name = _("correspondance de colonne")
        verbose_name_plural = _("correspondances de colonnes")
        constraints = [models.UniqueConstraint(fields=["kind", "heading"], name="a_heading_means_one_column")]

    def __str__(self) -> str:
        return f"{self.heading} → {self.column}"


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: User) -> Self:
        """One's own exports; everybody's for who reads the audit trail."""
        return self.all() if user.has_perm("crm.view_auditentry") else self.filter(owner=user)


class Export(models.Model):
    """A list that left the house: why, who took it, when, how many rows, which columns (RGPD art. 5-2)."""

    LONGEST_QUERY: ClassVar[int] = 2_000

    purpose = models.CharField(_("finalité"), max_length=20, choices=Purpose)
    reason = models.CharField(_("motif"), max_length=300)
    model = models.CharField(_("objet"), max_length=60)
    query = models.CharField(_("filtres"), max_length=LONGEST_QUERY, blank=True)
    criteria = models.JSONField(_("filtres en clair"), default=list, blank=True)
    columns = models.JSONField(_("colonnes"), default=list)
    file_format = models.CharField(_("format"), max_length=10)
    count = models.PositiveIntegerField(_("lignes"), default=0)
    excluded = models.JSONField(_("écartées"), default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name=_("exporté par"),
        related_name="exports",
    )
    at = models.DateTimeField(_("exporté le"), default=timezone.now)

    objects = ExportQuerySet.as_manager()

    PRIVACY = classes(FREE_TEXT, "reason", rights=ORDINARY) | classes(
        UNCLASSED,
        "id", "purpose", "model", "query", "criteria", "columns", "file_format", "count", "excluded", "owner", "at",
    )  # fmt: skip

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.count})"
