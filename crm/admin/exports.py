"""The log of exports: what left the house. Read by who took it, and by who reads the audit trail; changed by nobody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from crm.admin.record import RecordAdmin
from crm.models import Export
from crm.templatetags.french import grouped


FORMATS = {"csv": "CSV", "xlsx": "XLSX", "vcf": "vCard"}


@admin.register(Export)
class ExportAdmin(RecordAdmin):
    """Each line opens on its columns, its filters in words, and who was kept out."""

    record_template = "crm/exports/record.html"
    list_display = ["when", "purpose", "reason", "how_many", "shown_format", "owner"]
    list_display_links = ["when"]
    empty_words = _(
        "Rien encore. Chaque liste exportée s’inscrit ici, avec qui, quand, pour quoi et combien de contacts."
    )
    list_filter = ["purpose", "file_format"]
    list_select_related = ["owner"]
    search_fields = ["reason"]
    search_help_text = _("Motif")
    ordering = ["-at", "-pk"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("exporté le"), ordering="at")
    def when(self, export: Export) -> str:
        moment = localtime(export.at)
        return f"{date_format(moment, 'd/m/Y')} {date_format(moment, 'H:i').replace(':', ' h ')}"

    @admin.display(description=_("lignes"), ordering="count")
    def how_many(self, export: Export) -> str:
        return grouped(export.count)

    @admin.display(description=_("format"), ordering="file_format")
    def shown_format(self, export: Export) -> str:
        return FORMATS.get(export.file_format, export.file_format)

    def record_context(self, request: HttpRequest, record: Export) -> dict[str, Any]:
        return {"list_url": _list_of(record), "format": FORMATS.get(record.file_format, record.file_format)}


def _list_of(export: Export) -> str:
    """The list as it stands today under the filters of that day, if there is such a page."""
    app, _dot, model = export.model.partition(".")
    query = "&".join(pair for pair in export.query.split("&") if not pair.startswith("ids="))
    try:
        return f"{reverse(f'admin:{app}_{model}_changelist')}?{query}"
    except NoReverseMatch:
        return ""
