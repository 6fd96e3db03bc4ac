"""The journal: who did what, read and never written by hand."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _, gettext_lazy
from unfold.views import ChangeList

from crm import sealing
from crm.admin.record import RecordAdmin, RecordList
from crm.journal import lines
from crm.models import AuditEntry
from crm.pages.account_trace import account_trace


class JournalList(RecordList):
    """The page of lines in words, which the template shows: a table that becomes cards on a phone."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.lines = lines(self.result_list, reader=request.user)  # type: ignore[arg-type]


@admin.register(AuditEntry)
class AuditEntryAdmin(RecordAdmin):
    """Each deed by its French words: no table, no column is named as the base does."""

    change_list_template = "crm/journal/list.html"
    list_display = ["at", "actor", "deed", "model", "record", "count"]
    list_display_links = None
    list_filter = ["deed", "actor"]
    list_select_related = ["actor"]
    date_hierarchy = "at"
    empty_words = gettext_lazy(
        "Rien encore. Chaque création, modification, import ou export s’inscrit ici, avec qui et quand."
    )

    def get_urls(self) -> list[URLPattern]:
        page = path("compte/", self.admin_site.admin_view(account_trace), name="crm_auditentry_account")
        return [page, *super().get_urls()]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return JournalList

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        return super().changelist_view(
            request, {"title": _("Journal"), "seal": sealing.head(), **(extra_context or {})}
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A line of the journal has no page of its own."""
        raise Http404
