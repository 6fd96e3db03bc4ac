"""Files that came in: the list, and the page of each."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from crm.admin.record import RecordAdmin, RecordList
from crm.models import ImportBatch
from crm.pages import import_report, imports
from crm.registry import importers


class ImportList(RecordList):
    """The rows of the list, ready to be shown."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        """Their counts, not their reports: that of a long file weighs megabytes."""
        said = {f"said_{name}": F(f"report__{name}") for name in import_report.COUNTS}
        rows: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        counted: QuerySet[Any] = rows.annotate(**said).defer("report", "preview")
        return counted

    @property
    def is_narrowed(self) -> bool:
        return bool(self.query or self.has_active_filters)

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [import_report.row(batch, importers[batch.kind]) for batch in self.result_list]

    def get_filters_params(self, params: Any = None) -> dict[str, Any]:
        """« Tous les états » is no filter."""
        return {
            name: value
            for name, value in super().get_filters_params(params).items()
            if value not in ("", [""])
        }

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.full_result_count = self.result_count  # what the frame's own header would repeat in other words


@admin.register(ImportBatch)
class ImportBatchAdmin(RecordAdmin):
    """Each file that came in, of the kinds this account may bring in: what it became, and the way to bring in another."""

    record_template = "crm/imports/report.html"
    change_list_template = "crm/imports/list.html"
    list_filter = ["state"]
    search_fields = ["name"]
    search_help_text = _("Nom du fichier")
    ordering = ["-received_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        kinds = [importer.kind for importer in imports.allowed_importers(request)]
        return super().get_queryset(request).filter(kind__in=kinds).select_related("owner", "job")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ImportList]:
        return ImportList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a file comes in by its own pages

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_import = request.user.has_perm(imports.IMPORT) and bool(imports.allowed_importers(request))
        context = {
            "title": _("Imports"),
            "may_import": may_import,
            "states": ImportBatch.State.choices,
            "state": request.GET.get("state__exact", ""),
        }
        page: HttpResponse = super().changelist_view(request, context | (extra_context or {}))
        return page

    # --- pages ----------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        pages = [
            path("nouveau/", wrap(imports.upload), name="crm_importbatch_upload"),
            path("modele/<slug:kind>/", wrap(imports.model_file), name="crm_importbatch_model"),
            path("<int:pk>/deja-importe/", wrap(imports.known), name="crm_importbatch_known"),
            path("<int:pk>/lire/", wrap(imports.read), name="crm_importbatch_read"),
            path("<int:pk>/colonnes/", wrap(imports.columns), name="crm_importbatch_columns"),
            path("<int:pk>/apercu/", wrap(imports.preview), name="crm_importbatch_preview"),
            path("<int:pk>/importer/", wrap(imports.confirm), name="crm_importbatch_confirm"),
            path("<int:pk>/abandonner/", wrap(imports.cancel), name="crm_importbatch_cancel"),
            path("<int:pk>/progression/", wrap(imports.progress), name="crm_importbatch_progress"),
            path("<int:pk>/annuler/", wrap(imports.undo), name="crm_importbatch_undo"),
            path("<int:pk>/a-corriger/", wrap(imports.rejected), name="crm_importbatch_rejected"),
            path("<int:pk>/fichier/", wrap(imports.original), name="crm_importbatch_file"),
        ]
        return [*pages, *super().get_urls()]

    def record_view(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """The report; a file still to be prepared is shown where it stands."""
        batch = self.get_object(request, str(object_id))
        here = imports.url("record", batch) if batch is not None else ""
        if batch is not None and self.has_view_permission(request, batch) and imports.place_of(batch) != here:
            return redirect(imports.place_of(batch))
        return super().record_view(request, object_id)

    def record_context(self, request: HttpRequest, record: ImportBatch) -> dict[str, Any]:
        may_import = request.user.has_perm(imports.IMPORT)
        return {
            "batch": record,
            "may_import": may_import,
            **import_report.context(record, importers[record.kind], asked=request.GET, user=request.user),
        }
