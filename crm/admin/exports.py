"""The log of exports: what left the house. Read by who took it, and by who reads the audit trail; changed by nobody."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from crm.admin.record import RecordAdmin
from crm.models import Export


@admin.register(Export)
class ExportAdmin(RecordAdmin):
    """Each line opens on its columns, its filters in words, and who was kept out."""

    record_template = "crm/exports/record.html"
    list_display = ["at", "purpose", "reason", "count", "file_format", "owner"]
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

    def record_context(self, request: HttpRequest, record: Export) -> dict[str, Any]:
        return {"list_url": _list_of(record)}


def _list_of(export: Export) -> str:
    """The list as it stands today under the filters of that day, if there is such a page."""
    app, _dot, model = export.model.partition(".")
    query = "&".join(pair for pair in export.query.split("&") if not pair.startswith("ids="))
    try:
        return f"{reverse(f'admin:{app}_{model}_changelist')}?{query}"
    except NoReverseMatch:
        return ""
